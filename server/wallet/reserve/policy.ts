// What happens when the reserve runs low, as the workspace's admins choose it.

import { recordAudit } from "../../audit/log";
import { withTenant } from "../../platform/tenant-db";
import type { Scope } from "../../tenants/scope";
import type { SetPolicy } from "../contract";
import { getBalance, type ReserveBalance } from "./account";
import { lockAccount } from "./lock";

/** Saves policy and threshold, and answers the reserve. How far below zero it may go is the operators' to say. */
export async function setPolicy(scope: Scope, input: SetPolicy): Promise<ReserveBalance> {
  const { tenantId } = scope;
  const { policy: lowPolicy, thresholdNano: lowThresholdNano } = input;
  await withTenant(scope, async (db) => {
    await lockAccount(db, tenantId);
    const before = await db.reserveAccount.findUniqueOrThrow({ where: { tenantId } });
    await db.reserveAccount.updateMany({ where: { tenantId }, data: { lowPolicy, lowThresholdNano } });
    await recordAudit(db, {
      tenantId,
      actor: scope.actor,
      action: "reserve.set_policy",
      category: "billing",
      target: { type: "tenant", id: tenantId },
      metadata: {
        policyBefore: before.lowPolicy,
        policy: lowPolicy,
        thresholdNanoBefore: before.lowThresholdNano.toString(),
        thresholdNano: lowThresholdNano.toString(),
      },
      request: scope.request,
    });
  });
  return getBalance(scope);
}
