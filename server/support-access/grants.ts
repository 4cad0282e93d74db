// What a workspace grants: its admins approve, decline and end; everybody in it sees what is live. Each change is one
// conditional statement, so that of any number at once one counts, and each stands in the workspace's audit log.

import { recordAudit } from "../audit/log";
import { announceStanding } from "../auth/session/standing";
import { fromNow, now } from "../platform/clock";
import { AppError, notFound } from "../platform/errors";
import { queueMail } from "../platform/mailer";
import type { SupportGrant } from "../platform/prisma/client";
import { queryTenant, type TenantDb, withTenant } from "../platform/tenant-db";
import type { Scope } from "../tenants/scope";
import type { ApproveGrant, NameGrant } from "./contract";
import { approvedMail, declinedMail } from "./emails";
import { type GrantItem, grantItems } from "./items";
import {
  GRANTS_SHOWN_MAX,
  SUPPORT_REQUEST_VALID_DAYS,
  type SupportScope,
  TEXT_DECIDED_ALREADY,
  TEXT_LONGER_TIME,
  TEXT_NOT_LIVE,
  TEXT_WIDER_SCOPE,
} from "./terms";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

export interface LiveGrant {
  grantId: string;
  operatorName: string;
  scope: SupportScope;
  until: string;
  /** The reader acts under this one. */
  isOwn: boolean;
}

const LIVE = {
  name: "support_grants_live",
  text: `SELECT g.id, g.scope::text, g.expires_at, coalesce(p.display_name, 'An operator') AS operator_name
           FROM support_grants g LEFT JOIN user_profiles p ON p.user_id = g.operator_id
          WHERE g.tenant_id = $1 AND g.state = 'live' AND g.expires_at > $2 ORDER BY g.expires_at, g.id`,
};

/** Who of Parley's operators can look into the workspace at this moment; every member sees it. */
export async function listLiveGrants(scope: Scope): Promise<{ items: LiveGrant[] }> {
  const rows = await queryTenant<{
    id: string;
    scope: SupportScope;
    expires_at: Date;
    operator_name: string;
  }>(scope, { ...LIVE, values: [scope.tenantId, now()] });
  const items = rows.map((row) => ({
    grantId: row.id,
    operatorName: row.operator_name,
    scope: row.scope,
    until: row.expires_at.toISOString(),
    isOwn: row.id === scope.grantId,
  }));
  return { items };
}

/** The newest requests and grants of the workspace with what became of them. */
export async function listGrants(scope: Scope): Promise<{ items: GrantItem[] }> {
  const rows = await withTenant(scope, (db) =>
    db.supportGrant.findMany({
      where: { tenantId: scope.tenantId },
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      take: GRANTS_SHOWN_MAX,
    }),
  );
  return { items: await grantItems(rows) };
}

/**
 * Lets an operator in, for as much and as long as was asked for or less; an earlier access of theirs ends. Throws
 * `conflict` when the request is not open any more, `invalid` for more than was asked for.
 */
export async function approveGrant(scope: Scope, input: ApproveGrant): Promise<void> {
  const expiresAt = fromNow(input.hours * HOUR_MS);
  const operatorId = await withTenant(scope, async (db) => {
    const request = await lockRequest(db, scope, input.grantId);
    requireNoMore(request, input);
    await endOthers(db, scope, request);
    await decide(db, scope, request, { state: "live", scope: input.scope, expiresAt });
    await mailOperator(db, request, approvedMail(scope.tenant, expiresAt));
    const metadata = { scope: input.scope, hours: input.hours, until: expiresAt.toISOString() };
    await audit(db, scope, { action: "support_access.approve", grantId: input.grantId, metadata });
    return request.operatorId;
  });
  if (operatorId !== null) announceStanding(operatorId);
}

/** Turns a request down. Throws `conflict` when it is not open any more. */
export async function declineGrant(scope: Scope, { grantId }: NameGrant): Promise<void> {
  await withTenant(scope, async (db) => {
    const request = await lockRequest(db, scope, grantId);
    await decide(db, scope, request, { state: "declined" });
    await mailOperator(db, request, declinedMail(scope.tenant));
    await audit(db, scope, { action: "support_access.decline", grantId });
  });
}

/** Ends an access at once, with the operator's open streams. Throws `conflict` when it has ended already. */
export async function endGrant(scope: Scope, { grantId }: NameGrant): Promise<void> {
  const key = { tenantId: scope.tenantId, id: grantId };
  const grant = await withTenant(scope, async (db) => {
    const { count } = await db.supportGrant.updateMany({
      where: { ...key, state: "live", expiresAt: { gt: now() } },
      data: { state: "ended", endedAt: now(), endedBy: scope.userId },
    });
    const known = await db.supportGrant.findFirst({ where: key });
    if (!known) throw notFound("Support access");
    if (count === 0) throw new AppError("conflict", TEXT_NOT_LIVE);
    await audit(db, scope, { action: "support_access.end", grantId });
    return known;
  });
  if (grant.operatorId !== null) announceStanding(grant.operatorId);
}

// Whoever decides next waits here and then finds it decided.
async function lockRequest(db: TenantDb, { tenantId }: Scope, grantId: string): Promise<SupportGrant> {
  await db.$queryRaw`
    SELECT 1 FROM support_grants WHERE tenant_id = ${tenantId}::uuid AND id = ${grantId}::uuid FOR UPDATE`;
  const grant = await db.supportGrant.findFirst({ where: { tenantId, id: grantId } });
  if (!grant) throw notFound("Request");
  return grant;
}

function requireNoMore(request: SupportGrant, { scope, hours }: ApproveGrant): void {
  const fields: Record<string, string> = {};
  if (scope === "content" && request.wantedScope === "metadata") fields["scope"] = TEXT_WIDER_SCOPE;
  if (hours > request.wantedHours) fields["hours"] = TEXT_LONGER_TIME;
  const [text] = Object.values(fields);
  if (text !== undefined) throw new AppError("invalid", text, { fields });
}

type Decision = { state: "live"; scope: SupportScope; expiresAt: Date } | { state: "declined" };

async function decide(db: TenantDb, scope: Scope, { id }: SupportGrant, decision: Decision): Promise<void> {
  const { count } = await db.supportGrant.updateMany({
    where: {
      ...{ tenantId: scope.tenantId, id, state: "pending", operatorId: { not: null } },
      createdAt: { gt: fromNow(-SUPPORT_REQUEST_VALID_DAYS * DAY_MS) },
    },
    data: { ...decision, decidedAt: now(), decidedBy: scope.userId },
  });
  if (count === 0) throw new AppError("conflict", TEXT_DECIDED_ALREADY);
}

// What had run out before is no doing of who decides now: its end is its time, and nobody's.
async function endOthers(db: TenantDb, { tenantId, userId }: Scope, request: SupportGrant): Promise<void> {
  const at = now();
  await db.$executeRaw`
    UPDATE support_grants
       SET state = 'ended', ended_at = least(expires_at, ${at}), ended_by = CASE WHEN expires_at > ${at} THEN ${userId}::uuid END
     WHERE tenant_id = ${tenantId}::uuid AND operator_id = ${request.operatorId}::uuid AND state = 'live'`;
}

async function mailOperator(
  db: TenantDb,
  { operatorId }: SupportGrant,
  mail: ReturnType<typeof approvedMail>,
): Promise<void> {
  if (operatorId === null) return;
  const operator = await db.user.findUnique({ where: { id: operatorId }, select: { email: true } });
  if (operator) await queueMail(db, { to: operator.email, ...mail });
}

interface Noted {
  action: string;
  grantId: string;
  metadata?: Record<string, string | number>;
}

function audit(db: TenantDb, scope: Scope, { action, grantId, metadata = {} }: Noted): Promise<void> {
  return recordAudit(db, {
    tenantId: scope.tenantId,
    actor: scope.actor,
    action,
    category: "tenant",
    target: { type: "support_grant", id: grantId },
    metadata,
    request: scope.request,
  });
}
