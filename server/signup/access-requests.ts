// Asking for access where sign-up is not open. The answer never tells whether the address is known; a request waits until
// an operator decides, and of any number of decisions one counts. Approval and its invite are one transaction.

import { recordAudit } from "../audit/log";
import { emailsOf } from "../auth/account/names";
import { signupInviteMail } from "../auth/emails";
import { addressHash } from "../auth/session/device";
import type { SignedInCaller } from "../auth/sign-in/password-prompt";
import { findAccount } from "../auth/users";
import { requireCaptcha } from "../platform/captcha";
import { now } from "../platform/clock";
import { config } from "../platform/config";
import { sha256 } from "../platform/crypto";
import { db } from "../platform/db";
import { AppError, notFound } from "../platform/errors";
import { onTheBeat } from "../platform/even-time";
import { newId } from "../platform/ids";
import { queueMail } from "../platform/mailer";
import { signupAttemptsTotal, signupBlockedTotal } from "../platform/metrics";
import type { AccessRequest, Prisma } from "../platform/prisma/client";
import type { RequestInfo } from "../request";
import { isTrapped } from "./bot-trap";
import type { ListAccessRequests, RequestAccess } from "./contract";
import { issueInvite } from "./invites";
import {
  ACCESS_PENDING_PER_IP,
  INVITE_VALID_DAYS,
  TEXT_DECIDED_ALREADY,
  TEXT_HAS_ACCOUNT,
  TEXT_SIGNUP_IS_OPEN,
  TEXT_TOO_MANY_WAITING,
} from "./terms";

const RETRY_AFTER_SECONDS = 3_600;

/**
 * Notes a request. Returns alike for known, waiting and new addresses. Throws `conflict` where sign-up is open,
 * `over_limit` while three requests from this network address wait.
 */
export async function requestAccess(input: RequestAccess, request: RequestInfo): Promise<void> {
  const policy = config().signupAccessPolicy;
  if (policy === "public") throw new AppError("conflict", TEXT_SIGNUP_IS_OPEN);
  await requireCaptcha(input.captchaToken, "request_access", request);
  if (isTrapped(input, request)) return;
  await onTheBeat(() => db().$transaction((tx) => addRequest(tx, input, request)));
  signupAttemptsTotal.inc({ result: "requested", policy });
}

/** A page of requests in one state, newest first. */
export async function listAccessRequests({ status, page, pageSize }: ListAccessRequests) {
  const where = { status };
  const [total, rows] = await db().$transaction([
    db().accessRequest.count({ where }),
    db().accessRequest.findMany({
      where,
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      skip: (page - 1) * pageSize,
      take: pageSize,
    }),
  ]);
  const people = await emailsOf(rows.map(({ decidedBy }) => decidedBy));
  const items = rows.map((row) => itemOf(row, people));
  return { items, total, page, pageSize, pages: Math.ceil(total / pageSize) };
}

/** Lets an address in: its invite is mailed. Throws `conflict` when it was decided already or has an account. */
export async function approveRequest(caller: SignedInCaller, requestId: string): Promise<void> {
  await db().$transaction(async (tx) => {
    const decided = await decide(tx, requestId, { status: "approved", decidedBy: caller.session.userId });
    const account = await findAccount(decided.email, tx);
    if (account?.emailVerifiedAt) throw new AppError("conflict", TEXT_HAS_ACCOUNT);
    const by = { type: "operator" as const, id: caller.session.userId };
    const invite = { email: decided.email, note: `Requested by ${decided.fullName}` };
    const { id, token } = await issueInvite(tx, invite, { by, request: caller.request });
    await tx.accessRequest.update({ where: { id: requestId }, data: { inviteId: id } });
    await queueMail(tx, { to: decided.email, ...signupInviteMail(token, INVITE_VALID_DAYS) });
    await audit(tx, caller, { action: "access_request.approve", requestId, metadata: { inviteId: id } });
  });
}

/** Turns a request down. Nobody is mailed. Throws `conflict` when it was decided already. */
export async function rejectRequest(
  caller: SignedInCaller,
  { requestId, reason }: { requestId: string; reason: string },
): Promise<void> {
  const decidedBy = caller.session.userId;
  await db().$transaction(async (tx) => {
    await decide(tx, requestId, { status: "rejected", decidedBy, decisionReason: reason });
    await audit(tx, caller, { action: "access_request.reject", requestId, metadata: { reason } });
  });
}

async function addRequest(
  tx: Prisma.TransactionClient,
  input: RequestAccess,
  request: RequestInfo,
): Promise<void> {
  const ipHash = addressHash(request.ip);
  // Requests of one address take turns, so that no number of them at once gets past the count.
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`access|${ipHash}`}, 0))::text`;
  const waiting = await tx.accessRequest.count({ where: { ipHash, status: "pending" } });
  if (waiting >= ACCESS_PENDING_PER_IP) throw tooManyWaiting();
  const { email, fullName, organisation, message } = input;
  const fingerprint = sha256(request.userAgent).toString("hex");
  const facts = { email, fullName, organisation, message: message || null, ipHash, fingerprint };
  const id = newId();
  // An address that waits already keeps its place.
  const { count } = await tx.accessRequest.createMany({
    data: { id, ...facts, createdAt: now() },
    skipDuplicates: true,
  });
  await recordAudit(tx, {
    tenantId: null,
    actor: { type: "user", id: null },
    action: "access_request.create",
    category: "signup",
    target: { type: "access_request", id },
    metadata: { isNew: count === 1 },
    request,
  });
}

function tooManyWaiting(): AppError {
  signupBlockedTotal.inc({ reason: "pending_requests" });
  return new AppError("over_limit", TEXT_TOO_MANY_WAITING, {
    reason: "rate_limited",
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}

// One statement decides: of any number of decisions at once exactly one finds the request waiting.
async function decide(
  tx: Prisma.TransactionClient,
  id: string,
  decision: Pick<Prisma.AccessRequestUpdateManyMutationInput, "status"> & {
    decidedBy: string;
    decisionReason?: string;
  },
): Promise<AccessRequest> {
  const { count } = await tx.accessRequest.updateMany({
    where: { id, status: "pending" },
    data: { ...decision, decidedAt: now() },
  });
  const row = await tx.accessRequest.findUnique({ where: { id } });
  if (!row) throw notFound("Request");
  if (count === 0) throw new AppError("conflict", TEXT_DECIDED_ALREADY);
  return row;
}

async function audit(
  tx: Prisma.TransactionClient,
  { session, request }: SignedInCaller,
  act: { action: string; requestId: string; metadata: Record<string, string> },
): Promise<void> {
  await recordAudit(tx, {
    tenantId: null,
    actor: { type: "operator", id: session.userId },
    action: act.action,
    category: "signup",
    target: { type: "access_request", id: act.requestId },
    metadata: act.metadata,
    request,
  });
}

function itemOf(row: AccessRequest, people: Map<string, string>) {
  const { id, email, fullName, organisation, message, status, decisionReason, inviteId } = row;
  return {
    ...{ id, email, fullName, organisation, message, status, decisionReason, inviteId },
    createdAt: row.createdAt.toISOString(),
    decidedAt: row.decidedAt?.toISOString() ?? null,
    decidedBy: row.decidedBy && (people.get(row.decidedBy) ?? row.decidedBy),
  };
}

export type AccessRequestItem = ReturnType<typeof itemOf>;
