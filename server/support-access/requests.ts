// An operator asks a workspace for access, and takes the question or the access back. A question says why; it reaches the
// workspace's admins and owners by mail and stands in their audit log, whatever becomes of it.

import { recordAudit } from "../audit/log";
import { announceStanding } from "../auth/session/standing";
import type { SessionState } from "../auth/sessions";
import { fromNow, now } from "../platform/clock";
import { isId } from "../platform/contract";
import { platformDb } from "../platform/db";
import { AppError, notFound } from "../platform/errors";
import { newId } from "../platform/ids";
import { queueMail } from "../platform/mailer";
import type { Prisma } from "../platform/prisma/client";
import type { RequestInfo } from "../request";
import { grantedTenantId } from "../tenants/scope";
import type { AskSupportAccess, NameGrant } from "./contract";
import { askedMail } from "./emails";
import {
  SUPPORT_REQUEST_VALID_DAYS,
  SUPPORT_REQUESTS_PER_DAY_MAX,
  TEXT_ASKED_ALREADY,
  TEXT_ASKED_TOO_OFTEN,
  TEXT_NO_SUCH_TENANT,
  TEXT_NOT_LIVE,
} from "./terms";

const DAY_MS = 86_400_000;

export interface Asker {
  session: Pick<SessionState, "userId" | "displayName">;
  request: RequestInfo;
}

/**
 * Asks for access; the platform role writes, since the operator is no member. Throws `invalid` for an unknown workspace,
 * `conflict` while an earlier question of the same operator waits, `over_limit` past so many to a workspace in a day.
 */
export async function askForAccess(asker: Asker, input: AskSupportAccess): Promise<{ grantId: string }> {
  const tenant = await findTenant(input.tenant);
  if (!tenant) {
    throw new AppError("invalid", TEXT_NO_SUCH_TENANT, { fields: { tenant: TEXT_NO_SUCH_TENANT } });
  }
  const grantId = newId();
  await platformDb().$transaction(async (tx) => {
    await addRequest(tx, { ...input, tenantId: tenant.id, grantId, operatorId: asker.session.userId });
    await requireFewQuestions(tx, tenant.id);
    await mailDeciders(tx, tenant, { ...input, operatorName: asker.session.displayName });
    const metadata = { scope: input.scope, hours: input.hours, reason: input.reason };
    await audit(tx, asker, { tenantId: tenant.id, action: "support_access.ask", grantId, metadata });
  });
  return { grantId };
}

/** Takes back an own question, or ends an own access early. Throws `conflict` when neither is open any more. */
export async function withdrawAccess(asker: Asker, { grantId }: NameGrant): Promise<void> {
  const operatorId = asker.session.userId;
  await platformDb().$transaction(async (tx) => {
    const grant = await tx.supportGrant.findFirst({ where: { id: grantId, operatorId } });
    if (!grant) throw notFound("Request");
    const { tenantId } = grant;
    const open = { tenantId, id: grantId, operatorId };
    const ending = { endedAt: now(), endedBy: operatorId };
    const taken = await tx.supportGrant.updateMany({
      where: { ...open, state: "pending" },
      data: { state: "withdrawn", ...ending },
    });
    const ended = await tx.supportGrant.updateMany({
      where: { ...open, state: "live", expiresAt: { gt: now() } },
      data: { state: "ended", ...ending },
    });
    if (taken.count + ended.count === 0) throw new AppError("conflict", TEXT_NOT_LIVE);
    const action = taken.count === 1 ? "support_access.withdraw" : "support_access.leave";
    await audit(tx, asker, { tenantId, action, grantId, metadata: {} });
  });
  announceStanding(operatorId);
}

interface Found {
  id: string;
  slug: string;
  name: string;
}

function findTenant(named: string): Promise<Found | null> {
  const where = { ...(isId(named) ? { id: named } : { slug: named }), deletedAt: null };
  return platformDb().tenant.findFirst({ where, select: { id: true, slug: true, name: true } });
}

// Every question is a mail to each admin, so that asking and taking back over and over must end somewhere.
async function requireFewQuestions(tx: Prisma.TransactionClient, tenantId: string): Promise<void> {
  const asked = await tx.supportGrant.count({ where: { tenantId, createdAt: { gt: fromNow(-DAY_MS) } } });
  if (asked <= SUPPORT_REQUESTS_PER_DAY_MAX) return;
  throw new AppError("over_limit", TEXT_ASKED_TOO_OFTEN, { reason: "rate_limited" });
}

type NewRequest = AskSupportAccess & { tenantId: string; grantId: string; operatorId: string };

// The partial unique index decides: of any number of questions at once, one is asked.
async function addRequest(tx: Prisma.TransactionClient, request: NewRequest): Promise<void> {
  const { tenantId, grantId, operatorId, reason, scope, hours } = request;
  await tx.supportGrant.updateMany({
    where: {
      ...{ tenantId, operatorId, state: "pending" },
      createdAt: { lte: fromNow(-SUPPORT_REQUEST_VALID_DAYS * DAY_MS) },
    },
    data: { state: "lapsed" },
  });
  const { count } = await tx.supportGrant.createMany({
    data: [
      {
        ...{ tenantId, operatorId, reason, id: grantId, createdAt: now() },
        ...{ wantedScope: scope, wantedHours: hours },
      },
    ],
    skipDuplicates: true,
  });
  if (count === 0) throw new AppError("conflict", TEXT_ASKED_ALREADY);
}

async function mailDeciders(
  tx: Prisma.TransactionClient,
  tenant: Found,
  request: AskSupportAccess & { operatorName: string },
): Promise<void> {
  const deciders = await tx.tenantMember.findMany({
    where: { tenantId: tenant.id, role: { in: ["owner", "admin"] } },
    select: { user: { select: { email: true } } },
  });
  for (const { user } of deciders) await queueMail(tx, { to: user.email, ...askedMail(tenant, request) });
}

interface Noted {
  tenantId: string;
  action: string;
  grantId: string;
  metadata: Record<string, string | number>;
}

function audit(
  tx: Prisma.TransactionClient,
  { session, request }: Asker,
  { tenantId, action, grantId, metadata }: Noted,
): Promise<void> {
  return recordAudit(tx, {
    tenantId: grantedTenantId(tenantId),
    actor: { type: "operator", id: session.userId },
    action,
    category: "tenant",
    target: { type: "support_grant", id: grantId },
    metadata,
    request,
  });
}
