// How long a workspace keeps conversations. Where it says a number of days, a conversation that nobody has written in
// for longer is deleted as by its creator: gone from lists at once, with a row in the log, and for good when the time
// for second thoughts is over.

import { z } from "zod";
import { recordAudit } from "../audit/log";
import { fromNow, now } from "../platform/clock";
import { platformDb } from "../platform/db";
import { logger } from "../platform/logger";
import { counter, gauge } from "../platform/metrics";
import type { Prisma } from "../platform/prisma/client";
import { defineJob } from "../platform/queue";
import { type TenantId, withTenant } from "../platform/tenant-db";
import type { Scope } from "../tenants/scope";
import { listRetentions } from "../tenants/settings";
import type { RetentionPreview } from "./contract";

const DAY_MS = 86_400_000;
// The chain's head stays locked for as long as a batch lasts, and each conversation is a row of the log.
const CONVERSATIONS_PER_BATCH = 50;

const log = logger("chat.retention");
const deletedTotal = counter(
  "chat_retention_deleted_total",
  "Conversations deleted by a workspace's retention",
);
const lastRun = gauge(
  "chat_retention_last_run_seconds",
  "When retention was last enforced, in seconds since 1970",
);

/** What a retention of so many days would delete if it were enforced now. */
export async function previewRetention(
  scope: Scope,
  { days }: RetentionPreview,
): Promise<{ count: number; oldestAt: string | null }> {
  const where = { tenantId: scope.tenantId, ...expiredAfter(days) };
  const { _count, _min } = await withTenant(scope, (db) =>
    db.conversation.aggregate({ where, _count: true, _min: { lastMessageAt: true } }),
  );
  return { count: _count, oldestAt: _min.lastMessageAt?.toISOString() ?? null };
}

/** Enforces every workspace's retention; across workspaces, so it is the platform role's work. */
export const retentionJob = defineJob({
  name: "chat.retention",
  payload: z.object({}),
  run: (_payload, { signal }) => enforceRetention(signal),
});

/** Deletes what is past its workspace's days, in batches: what a batch has done is found done by the next run. */
export async function enforceRetention(signal?: AbortSignal): Promise<void> {
  for (const { tenantId, retentionDays } of await listRetentions()) {
    let total = 0;
    for (
      let count = CONVERSATIONS_PER_BATCH;
      count === CONVERSATIONS_PER_BATCH && !signal?.aborted;
      total += count
    ) {
      count = await deleteBatch(tenantId, retentionDays);
    }
    if (total > 0)
      log.info({ event: "chat.retention", tenant_id: tenantId, conversations: total }, "retention enforced");
  }
  lastRun.set(Math.floor(now().getTime() / 1_000));
}

async function deleteBatch(tenantId: TenantId, days: number): Promise<number> {
  const ids = await platformDb().$transaction(async (tx) => {
    const deleted = await deleteExpired(tx, tenantId, days);
    for (const id of deleted) {
      await recordAudit(tx, {
        tenantId,
        actor: { type: "system", id: null },
        action: "conversation.delete",
        category: "chat",
        target: { type: "conversation", id },
        metadata: { reason: "retention", days },
      });
    }
    return deleted;
  });
  deletedTotal.inc(ids.length);
  return ids.length;
}

// Conversations that are written in or answered at this very moment are passed over.
async function deleteExpired(
  tx: Prisma.TransactionClient,
  tenantId: TenantId,
  days: number,
): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    UPDATE conversations c SET deleted_at = ${now()} FROM (
      SELECT o.tenant_id, o.id FROM conversations o
       WHERE o.tenant_id = ${tenantId}::uuid AND o.deleted_at IS NULL AND o.last_message_at < ${fromNow(-days * DAY_MS)}
         AND NOT EXISTS (SELECT FROM runs r WHERE r.tenant_id = o.tenant_id AND r.conversation_id = o.id
                          AND r.status IN ('queued', 'running'))
       ORDER BY o.last_message_at LIMIT ${CONVERSATIONS_PER_BATCH} FOR UPDATE SKIP LOCKED
    ) old WHERE c.tenant_id = old.tenant_id AND c.id = old.id RETURNING c.id::text`;
  return rows.map(({ id }) => id);
}

function expiredAfter(days: number) {
  return {
    deletedAt: null,
    lastMessageAt: { lt: fromNow(-days * DAY_MS) },
    runs: { none: { status: { in: ["queued" as const, "running" as const] } } },
  };
}
