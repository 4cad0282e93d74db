// What a low balance means for one workspace, as operators set it: also how far below zero the policy `warn` may go, which
// the workspace cannot grant itself. Audited with what it was before.

import { auditDeed, type Officer } from "../../auth/sign-in/officer";
import { requireRecentAuthentication } from "../../auth/sign-in/step-up";
import { platformDb } from "../../platform/db";
import { notFound } from "../../platform/errors";
import type { Prisma } from "../../platform/prisma/client";
import { tenantIdOfBooks } from "../../tenants/scope";
import type { SetTenantPolicy } from "../contract";
import type { LowPolicy } from "../terms";

interface PolicyRow {
  low_policy: LowPolicy;
  low_threshold_nano: bigint;
  floor_nano: bigint;
}

/** Sets all three at once. Throws `forbidden` (step_up_required) for an old sign-in, `not_found` for no workspace. */
export async function setTenantPolicy(officer: Officer, input: SetTenantPolicy): Promise<void> {
  requireRecentAuthentication(officer.session);
  const { tenantId, lowPolicy, lowThresholdNano, floorNano, reason } = input;
  await platformDb().$transaction(async (tx) => {
    const before = await lockPolicy(tx, tenantId);
    await tx.reserveAccount.update({
      where: { tenantId },
      data: { lowPolicy, lowThresholdNano, floorNano },
    });
    await auditDeed(tx, officer, {
      action: "change_policy",
      tenantId: tenantIdOfBooks(input),
      metadata: {
        reason,
        policy: lowPolicy,
        policyBefore: before.low_policy,
        thresholdNano: lowThresholdNano.toString(),
        thresholdNanoBefore: before.low_threshold_nano.toString(),
        floorNano: floorNano.toString(),
        floorNanoBefore: before.floor_nano.toString(),
      },
    });
  });
}

async function lockPolicy(tx: Prisma.TransactionClient, tenantId: string): Promise<PolicyRow> {
  const [row] = await tx.$queryRaw<PolicyRow[]>`
    SELECT low_policy::text, low_threshold_nano, floor_nano FROM reserve_accounts
     WHERE tenant_id = ${tenantId}::uuid FOR UPDATE`;
  if (!row) throw notFound("Workspace");
  return row;
}
