// The guard of every write that an owner makes for its run.

import type { TenantDb } from "../../platform/tenant-db";
import type { ClaimedRun } from "./claims";
import { RunEnded } from "./control";

/** Holds the conversation for this transaction. Whoever writes both it and its run holds it first. */
export async function lockConversation(db: TenantDb, run: ClaimedRun): Promise<void> {
  await db.$queryRaw`
    SELECT id FROM conversations
     WHERE tenant_id = ${run.scope.tenantId}::uuid AND id = ${run.conversationId}::uuid
       FOR NO KEY UPDATE`;
}

/** Holds the run for this transaction. Throws RunEnded "lost" when another owner has it or it has already ended. */
export async function lockOwnRun(db: TenantDb, run: ClaimedRun): Promise<void> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM runs
     WHERE tenant_id = ${run.scope.tenantId}::uuid AND id = ${run.id}::uuid
       AND fence = ${run.fence} AND status = 'running'
       FOR NO KEY UPDATE`;
  if (rows.length === 0) throw new RunEnded("lost");
}
