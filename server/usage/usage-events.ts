// One row per model call, also for aborted and failed ones, written by the settlement of its hold; its id is the hold's.

import type { TenantDb, TenantScope } from "../platform/tenant-db";

export interface UsedTokens {
  inputTokens: number;
  outputTokens: number;
}

/** What all calls of a run have used so far. */
export async function usageOfRun(db: TenantDb, scope: TenantScope, runId: string): Promise<UsedTokens> {
  const { _sum } = await db.usageEvent.aggregate({
    where: { tenantId: scope.tenantId, runId, purpose: "chat" },
    _sum: { inputTokens: true, outputTokens: true },
  });
  return { inputTokens: _sum.inputTokens ?? 0, outputTokens: _sum.outputTokens ?? 0 };
}
