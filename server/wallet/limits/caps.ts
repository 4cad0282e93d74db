// Monthly caps as people set them: the workspace's, with or without a hard stop, and tighter ones of single members. A cap
// of 0 is none. Whoever saves says which version they read, so that nobody overwrites what they have not seen.

import { recordAudit } from "../../audit/log";
import { now } from "../../platform/clock";
import { AppError, notFound } from "../../platform/errors";
import { type TenantDb, withTenant } from "../../platform/tenant-db";
import type { Scope } from "../../tenants/scope";
import type { SetLimits, SetMemberLimit } from "../contract";
import { lockAccount } from "../reserve/lock";
import { roundDollars, TEXT_STALE_LIMIT } from "../terms";

export interface Cap {
  spender: "tenant" | "member";
  spenderId: string;
  capNano: bigint;
  isHardStop: boolean;
}

/** Saves the workspace's cap. Throws `conflict` (version_conflict) when somebody saved since it was read. */
export async function setLimits(scope: Scope, input: SetLimits): Promise<{ version: number }> {
  const { monthlyCapNano: capNano, hardStop: isHardStop, version } = input;
  return withTenant(scope, async (db) => {
    await lockAccount(db, scope.tenantId);
    const cap = { spender: "tenant" as const, spenderId: scope.tenantId, capNano, isHardStop };
    return { version: await saveCap(db, scope, cap, version) };
  });
}

/**
 * Saves a member's cap, which always stops. Throws `not_found` for whoever is no member, `invalid` for one that is wider
 * than the workspace's, `conflict` (version_conflict) when somebody saved since it was read.
 */
export async function setMemberLimit(scope: Scope, input: SetMemberLimit): Promise<{ version: number }> {
  const { userId, monthlyCapNano: capNano, version } = input;
  const { tenantId } = scope;
  return withTenant(scope, async (db) => {
    await lockAccount(db, tenantId);
    if ((await db.tenantMember.count({ where: { tenantId, userId } })) === 0) throw notFound("Member");
    await requireTighter(db, scope, capNano);
    const cap = { spender: "member" as const, spenderId: userId, capNano, isHardStop: true };
    return { version: await saveCap(db, scope, cap, version) };
  });
}

/** Writes a cap and its row in the audit log; the caller has the account's lock. Answers the cap's new version. */
export async function saveCap(db: TenantDb, scope: Scope, cap: Cap, version?: number): Promise<number> {
  const { tenantId } = scope;
  const { spender, spenderId, capNano, isHardStop } = cap;
  const where = { tenantId_spender_spenderId: { tenantId, spender, spenderId } };
  const before = await db.spendLimit.findUnique({ where });
  if (version !== undefined && version !== (before?.version ?? 0))
    throw new AppError("conflict", TEXT_STALE_LIMIT, { reason: "version_conflict" });
  const saved = await db.spendLimit.upsert({
    where,
    create: { tenantId, spender, spenderId, capNano, isHardStop, updatedAt: now() },
    update: { capNano, isHardStop, updatedAt: now(), version: { increment: 1 } },
  });
  await recordAudit(db, {
    tenantId,
    actor: scope.actor,
    action: "limits_changed",
    category: "billing",
    target: { type: spender === "tenant" ? "tenant" : "user", id: spenderId },
    metadata: {
      capNanoBefore: (before?.capNano ?? 0n).toString(),
      capNano: capNano.toString(),
      hardStopBefore: before?.isHardStop ?? null,
      hardStop: isHardStop,
    },
    request: scope.request,
  });
  return saved.version;
}

async function requireTighter(db: TenantDb, { tenantId }: Scope, capNano: bigint): Promise<void> {
  const whole = await db.spendLimit.findUnique({
    where: { tenantId_spender_spenderId: { tenantId, spender: "tenant", spenderId: tenantId } },
    select: { capNano: true },
  });
  if (!whole || whole.capNano === 0n || capNano <= whole.capNano) return;
  const message = `A member's limit cannot be wider than the workspace's ${roundDollars(whole.capNano)}.`;
  throw new AppError("invalid", message, { fields: { monthlyCapNano: message } });
}
