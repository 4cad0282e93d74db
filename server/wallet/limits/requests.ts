// A member asks the workspace's admins for more: once a month, with an amount and a word why. Accepting raises whatever cap
// stands in the way by that amount, and no more; both answers reach the person by mail.

import { recordAudit } from "../../audit/log";
import { displayNamesOf } from "../../auth/account/names";
import { now } from "../../platform/clock";
import { AppError, notFound } from "../../platform/errors";
import { newId } from "../../platform/ids";
import { queueMail } from "../../platform/mailer";
import type { LimitRequest } from "../../platform/prisma/client";
import { type TenantDb, withTenant } from "../../platform/tenant-db";
import type { Scope } from "../../tenants/scope";
import type { AskForMore, DecideRequest } from "../contract";
import { askedForMoreMail, requestDecidedMail } from "../emails";
import { lockAccount } from "../reserve/lock";
import { TEXT_ASKED_FOR_MORE, TEXT_RAISE_YOURSELF, TEXT_REQUEST_DECIDED } from "../terms";
import { type Cap, saveCap } from "./caps";
import { readMonth, type SpendingMonth } from "./month";

export interface OwnRequest {
  id: string;
  extraNano: string;
  state: "pending" | "accepted" | "declined";
  createdAt: string;
}

export interface RequestItem {
  id: string;
  userId: string;
  name: string;
  extraNano: string;
  note: string | null;
  createdAt: string;
  /** What accepting sets; null for a cap that stays as it is. */
  raised: { tenantCapNano: string | null; memberCapNano: string | null };
}

const REQUESTS_SHOWN_MAX = 50;

/**
 * Asks for more. Throws `conflict` for a second request in the same month, `invalid` for those who can raise the limits
 * themselves.
 */
export async function askForMore(scope: Scope, { extraNano, note }: AskForMore): Promise<OwnRequest> {
  if (scope.permissions.has("billing.manage")) throw new AppError("invalid", TEXT_RAISE_YOURSELF);
  const { tenantId, userId } = scope;
  const { startAt } = await readMonth(scope);
  const asked = { tenantId, id: newId(), userId, periodStartAt: startAt, extraNano, note: note || null };
  const row = { ...asked, state: "pending" as const, createdAt: now(), decidedAt: null };
  await withTenant(scope, async (db) => {
    const { count } = await db.limitRequest.createMany({ data: [row], skipDuplicates: true });
    if (count === 0) throw new AppError("conflict", TEXT_ASKED_FOR_MORE);
    await tellAdmins(db, scope, row);
    await audit(db, scope, row, "ask");
  });
  return ownOf(row);
}

/** Accepts or declines a request of this month. Throws `conflict` once it is decided or its month is over. */
export async function decideRequest(scope: Scope, { requestId: id, decision }: DecideRequest): Promise<void> {
  const { tenantId } = scope;
  const asked = await withTenant(scope, (db) => db.limitRequest.findFirst({ where: { tenantId, id } }));
  if (!asked) throw notFound("Request");
  const read = await readMonth(scope, asked.userId);
  await withTenant(scope, async (db) => {
    await lockAccount(db, tenantId);
    const month = await withPresentCaps(db, scope, { month: read, userId: asked.userId });
    const { count } = await db.limitRequest.updateMany({
      where: { tenantId, id, state: "pending", periodStartAt: month.startAt },
      data: { state: decision === "accept" ? "accepted" : "declined", decidedAt: now() },
    });
    if (count === 0) throw new AppError("conflict", TEXT_REQUEST_DECIDED);
    const caps = decision === "accept" ? raisedCaps(scope, asked, month) : [];
    await tellAsker(db, scope, { asked, decision });
    for (const cap of caps) await saveCap(db, scope, cap);
    await audit(db, scope, asked, decision);
  });
}

/** What somebody has asked for in this month. */
export async function findOwnRequest(scope: Scope, { startAt }: SpendingMonth): Promise<OwnRequest | null> {
  const { tenantId, userId } = scope;
  const where = { tenantId, userId, periodStartAt: startAt };
  const row = await withTenant(scope, (db) => db.limitRequest.findFirst({ where }));
  return row && ownOf(row);
}

/** The requests of this month that wait for an answer, oldest first. */
export async function listRequests(scope: Scope, { startAt }: SpendingMonth): Promise<RequestItem[]> {
  const where = { tenantId: scope.tenantId, periodStartAt: startAt, state: "pending" as const };
  const { rows, names } = await withTenant(scope, async (db) => {
    const found = await db.limitRequest.findMany({
      where,
      orderBy: [{ createdAt: "asc" }, { id: "asc" }],
      take: REQUESTS_SHOWN_MAX,
    });
    const ids = found.map(({ userId }) => userId);
    return { rows: found, names: await displayNamesOf(ids, db) };
  });
  return Promise.all(rows.map(async (row) => itemOf(scope, row, names.get(row.userId) ?? "A former member")));
}

async function itemOf(scope: Scope, row: LimitRequest, name: string): Promise<RequestItem> {
  const caps = raisedCaps(scope, row, await readMonth(scope, row.userId));
  const capOf = (whose: Cap["spender"]) =>
    caps.find(({ spender }) => spender === whose)?.capNano.toString() ?? null;
  return {
    id: row.id,
    userId: row.userId,
    name,
    extraNano: row.extraNano.toString(),
    note: row.note,
    createdAt: row.createdAt.toISOString(),
    raised: { tenantCapNano: capOf("tenant"), memberCapNano: capOf("member") },
  };
}

/** The caps that must move so that the person can spend what they asked for: none beyond that. */
function raisedCaps(scope: Scope, { userId, extraNano }: LimitRequest, month: SpendingMonth): Cap[] {
  const { tenant, member } = month;
  const caps: Cap[] = [];
  const used = tenant.spentNano + tenant.heldNano;
  const whole = tenant.capNano > 0n && tenant.capNano < used + extraNano ? used + extraNano : tenant.capNano;
  if (whole !== tenant.capNano)
    caps.push({
      spender: "tenant",
      spenderId: scope.tenantId,
      capNano: whole,
      isHardStop: tenant.isHardStop,
    });
  const ownUsed = member.spentNano + member.heldNano;
  if (member.capNano === 0n || member.capNano >= ownUsed + extraNano) return caps;
  const wanted = ownUsed + extraNano;
  const capNano = whole > 0n && wanted > whole ? whole : wanted;
  return [...caps, { spender: "member", spenderId: userId, capNano, isHardStop: true }];
}

// Under the lock a cap stands as it is saved; one that was raised since the month was read is not lowered.
async function withPresentCaps(
  db: TenantDb,
  { tenantId }: Scope,
  { month, userId }: { month: SpendingMonth; userId: string },
): Promise<SpendingMonth> {
  const rows = await db.spendLimit.findMany({ where: { tenantId, spenderId: { in: [tenantId, userId] } } });
  const present = (whose: "tenant" | "member") => {
    const row = rows.find(({ spender }) => spender === whose);
    return { ...month[whose], capNano: row?.capNano ?? 0n, isHardStop: row?.isHardStop ?? true };
  };
  return { ...month, tenant: present("tenant"), member: present("member") };
}

async function tellAdmins(db: TenantDb, scope: Scope, asked: LimitRequest): Promise<void> {
  const { tenantId, userId, tenant } = scope;
  const admins = await db.tenantMember.findMany({
    where: { tenantId, role: { in: ["owner", "admin"] } },
    select: { userId: true, user: { select: { email: true } } },
  });
  const names = await displayNamesOf([userId], db);
  const mail = askedForMoreMail(tenant, { ...asked, name: names.get(userId) ?? "A member" });
  for (const { userId: to, user } of admins)
    await queueMail(db, { ...mail, to: user.email, dedupeKey: `limit-request:${asked.id}:${to}` });
}

async function tellAsker(
  db: TenantDb,
  { tenant }: Scope,
  { asked, decision }: { asked: LimitRequest; decision: DecideRequest["decision"] },
): Promise<void> {
  const person = await db.user.findUnique({ where: { id: asked.userId }, select: { email: true } });
  if (!person) return;
  const dedupeKey = `limit-request-decided:${asked.id}`;
  await queueMail(db, { ...requestDecidedMail(tenant, asked, decision), to: person.email, dedupeKey });
}

async function audit(
  db: TenantDb,
  scope: Scope,
  { id, userId, extraNano }: LimitRequest,
  deed: "ask" | DecideRequest["decision"],
): Promise<void> {
  await recordAudit(db, {
    tenantId: scope.tenantId,
    actor: scope.actor,
    action: `limit_request.${deed}`,
    category: "billing",
    target: { type: "user", id: userId },
    metadata: { requestId: id, extraNano: extraNano.toString() },
    request: scope.request,
  });
}

function ownOf({ id, extraNano, state, createdAt }: LimitRequest): OwnRequest {
  return { id, extraNano: extraNano.toString(), state, createdAt: createdAt.toISOString() };
}
