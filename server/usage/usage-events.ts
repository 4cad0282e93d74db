// One row per model call, also for aborted and failed ones, written by the settlement of its hold; its id is the hold's.

import { decimalOfNano } from "../platform/money";
import { queryTenant, type TenantDb, type TenantScope } from "../platform/tenant-db";
import type { Scope } from "../tenants/scope";
import type { MessageCosts } from "./contract";

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

/**
 * SQL: what a call `e` was charged in the end. Exact numbers that came after a sweep are an entry of the ledger, and the
 * row stays as the sweep wrote it.
 */
export const CHARGED = `CASE WHEN e.source = 'checkpoint' THEN coalesce((
    SELECT -sum(l.amount_nano) FROM ledger_entries l
     WHERE l.kind IN ('usage', 'late_adjust') AND l.source_ref = e.id::text AND l.tenant_id = e.tenant_id), 0)
  ELSE coalesce(e.charged_nano, 0) END`;

/** SQL: all calls of the answer `m.id`: those that wrote it, and what followed from its runs, such as a title. */
export const CALLS_OF_ANSWER = `
  SELECT a.* FROM usage_events a WHERE a.tenant_id = $1 AND a.message_id = m.id
  UNION ALL
  SELECT f.* FROM runs r JOIN usage_events f ON f.tenant_id = $1 AND f.run_id = r.id AND f.message_id IS NULL
   WHERE r.tenant_id = $1 AND r.assistant_message_id = m.id`;

export interface AnswerCost {
  messageId: string;
  /** Decimal text. */
  costNano: string;
  /** In major units. */
  cost: string;
  chargedNano: string;
}

const COSTS = {
  name: "usage_costs",
  text: `
  SELECT m.id::text, sum(coalesce(e.cost_nano, 0) + x.charged - coalesce(e.charged_nano, 0))::text AS cost,
         sum(x.charged)::text AS charged
    FROM messages m JOIN conversations c ON c.tenant_id = $1 AND c.id = m.conversation_id
   CROSS JOIN LATERAL (${CALLS_OF_ANSWER}) e
   CROSS JOIN LATERAL (SELECT ${CHARGED} AS charged) x
   WHERE m.tenant_id = $1 AND m.id = ANY ($2::uuid[]) AND m.role = 'assistant'
     AND ($4 OR (c.user_id = $3 AND c.deleted_at IS NULL))
   GROUP BY m.id`,
};

/** What these answers cost, as far as the caller may see it; the others are left out, as if they did not exist. */
export async function listCosts(
  scope: Scope,
  { messageIds }: MessageCosts,
): Promise<{ items: AnswerCost[] }> {
  const seesAll = scope.permissions.has("billing.read");
  const owner = scope.permissions.has("chat.read") ? scope.userId : null;
  const rows = await queryTenant<{ id: string; cost: string; charged: string }>(scope, {
    ...COSTS,
    values: [scope.tenantId, messageIds, owner, seesAll],
  });
  const items = rows.map(({ id, cost, charged }) => ({
    messageId: id,
    costNano: cost,
    cost: decimalOfNano(BigInt(cost)),
    chargedNano: charged,
  }));
  return { items };
}
