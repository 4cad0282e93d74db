// One row per model call, also for aborted and failed ones: what the wallet charges from. A call is recorded once,
// however often and by however many processes it is reported.

import { newId } from "../platform/ids";
import type { ModelUsage } from "../platform/model";
import type { TenantDb, TenantScope } from "../platform/tenant-db";

export interface ModelCall extends ModelUsage {
  /** Names the call for ever, such as "<run id>/m:<step>/<fence>". */
  requestKey: string;
  /** "chat", "title". */
  purpose: string;
  provider: string;
  model: string;
  agent: string | null;
  conversationId: string | null;
  runId: string | null;
  messageId: string | null;
  latencyMs: number;
  firstTokenMs: number | null;
  outcome: "ok" | "aborted" | "error";
  /** "estimate" when the provider never said what the call used. */
  source: "provider_final" | "estimate";
}

/** Records a call in the caller's transaction; a call that is already recorded stays as it is. */
export async function recordModelCall(db: TenantDb, scope: TenantScope, call: ModelCall): Promise<void> {
  await db.usageEvent.createMany({
    data: [{ tenantId: scope.tenantId, userId: scope.userId, id: newId(), ...call }],
    skipDuplicates: true,
  });
}

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
