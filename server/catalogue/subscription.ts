// What a workspace is entitled to by what it pays: told by the room that takes payments, in the transaction that stores
// them. Nothing else here knows of payments but one question, which that room answers: may this plan be left by a click?

import { recordAudit } from "../audit/log";
import { now } from "../platform/clock";
import type { Prisma } from "../platform/prisma/client";
import type { TenantDb, TenantId } from "../platform/tenant-db";
import type { PlanCode, Standing } from "./terms";

export interface Entitlement {
  planId: PlanCode;
  /** The version that was bought. */
  planVersionId: string;
  standing: Standing;
  graceEndsAt: Date | null;
  /** Where its months are counted from; null leaves them as they are. */
  anchorAt: Date | null;
}

interface PlanRow {
  plan_id: string;
  plan_version_id: string | null;
  standing: Standing;
  grace_ends_at: Date | null;
  anchor_at: Date;
}

export interface AppliedEntitlement {
  /** Whether plan or standing are others than before, and what they were. */
  isChanged: boolean;
  before: { planId: string; standing: Standing };
  /** Where the months are counted from now, when that has moved. */
  movedAnchor: Date | null;
}

/**
 * Puts the workspace on what it pays for, or on the free plan when it pays for nothing any more. The platform role's work;
 * repeated, it changes nothing and audits nothing. Standing follows the payments alone: a trial given by them has no end
 * here, since its end is told too.
 */
export async function applySubscription(
  tx: Prisma.TransactionClient,
  tenantId: TenantId,
  paid: Entitlement | null,
): Promise<AppliedEntitlement | null> {
  const [row] = await tx.$queryRaw<PlanRow[]>`
    SELECT plan_id, plan_version_id::text, standing::text, grace_ends_at, anchor_at
      FROM tenant_plans WHERE tenant_id = ${tenantId}::uuid FOR UPDATE`;
  if (!row) return null;
  const next = paid ?? {
    planId: "free",
    planVersionId: null,
    standing: "active" as const,
    graceEndsAt: null,
  };
  const anchorAt = paid?.anchorAt ?? row.anchor_at;
  const before = { planId: row.plan_id, standing: row.standing };
  const isChanged =
    row.plan_id !== next.planId ||
    row.plan_version_id !== next.planVersionId ||
    row.standing !== next.standing;
  const { planId, planVersionId, standing, graceEndsAt } = next;
  await tx.tenantPlan.update({
    where: { tenantId },
    data: {
      ...{ planId, planVersionId, standing, graceEndsAt, anchorAt },
      trialEndsAt: null,
      ...(isChanged && { changedAt: now() }),
    },
  });
  if (isChanged) await auditChange(tx, tenantId, { before, planId, standing });
  const movedAnchor = anchorAt.getTime() === row.anchor_at.getTime() ? null : anchorAt;
  return { isChanged, before, movedAnchor };
}

function auditChange(
  tx: Prisma.TransactionClient,
  tenantId: TenantId,
  { before, planId, standing }: { before: AppliedEntitlement["before"]; planId: string; standing: string },
): Promise<void> {
  return recordAudit(tx, {
    tenantId,
    actor: { type: "system", id: null },
    action: "plan_changed",
    category: "billing",
    target: { type: "tenant", id: tenantId },
    metadata: { planBefore: before.planId, standingBefore: before.standing, plan: planId, standing },
  });
}

/** Throws `conflict` while the workspace pays for a plan: that is ended where it is paid. */
export type RequireUnpaid = (db: TenantDb, tenantId: TenantId) => Promise<void>;

let requireUnpaid: RequireUnpaid = async () => {};

/** Fills the question; called once at the start, by the room that takes payments. */
export function providePayments(provider: RequireUnpaid): void {
  requireUnpaid = provider;
}

export function requireNoPayments(db: TenantDb, tenantId: TenantId): Promise<void> {
  return requireUnpaid(db, tenantId);
}
