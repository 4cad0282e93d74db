// The life of a hold: reserved, dispatched before anything goes to the provider, then settled, released or expired. Every
// change is decided by the state it finds, in one SQL function, so that a late settlement and a sweep never both win.

import { now } from "../platform/clock";
import { platformPool } from "../platform/db";
import { logger } from "../platform/logger";
import { counter } from "../platform/metrics";
import { queryTenant, type TenantDb, type TenantScope } from "../platform/tenant-db";

export interface CallUsage {
  inputTokens: number;
  outputTokens: number;
  cachedInputTokens: number;
  /** Input that was written to the provider's cache; absent where the provider does not tell. */
  cacheWriteTokens?: number;
  reasoningTokens: number;
  latencyMs: number;
  firstTokenMs: number | null;
  outcome: "ok" | "aborted" | "error";
  /** "estimate" when the provider never said what the call used. */
  source: "provider_final" | "estimate";
}

export interface Settlement {
  /** False for a hold that was released, and for one that does not exist. */
  isSettled: boolean;
  costNano: bigint;
  chargedNano: bigint;
}

interface SettleAnswer {
  isSettled: boolean;
  costNano?: string | null;
  chargedNano?: string | null;
}

const DISPATCH = { name: "wallet_dispatch", text: "SELECT mark_dispatched($1, $2, $3) AS done" };
const CHECKPOINT = {
  name: "wallet_checkpoint",
  text: "SELECT checkpoint_holds($1, $2::uuid[], $3::bigint[], $4) AS noted",
};
const RELEASE = { name: "wallet_release", text: "SELECT release_hold($1, $2, $3) AS done" };
const SWEEP_MAX = 500;

const log = logger("wallet");
const sweptTotal = counter("wallet_holds_swept_total", "Holds whose process never settled them", ["fate"]);

/** Says that the call goes out now; false when the hold is gone, and then the call must not be made. */
export function markDispatched(scope: TenantScope, holdId: string): Promise<boolean> {
  return change(scope, { ...DISPATCH, values: [scope.tenantId, holdId, now()] });
}

/** Notes how many tokens have been answered so far in these calls of one tenant, and keeps their holds alive. */
export async function checkpointHolds(
  scope: TenantScope,
  notes: { holdId: string; outputTokens: number }[],
): Promise<void> {
  const ids = notes.map(({ holdId }) => holdId);
  const tokens = notes.map(({ outputTokens }) => outputTokens);
  await queryTenant(scope, { ...CHECKPOINT, values: [scope.tenantId, ids, tokens, now()] });
}

/** Gives a hold back whose call was never made; false when it is no longer just reserved. */
export function releaseHold(scope: TenantScope, holdId: string): Promise<boolean> {
  return change(scope, { ...RELEASE, values: [scope.tenantId, holdId, now()] });
}

/** Settles a call in the caller's transaction: usage event, ledger, counters and alarms. The first settlement holds. */
export async function settleHold(
  db: TenantDb,
  scope: TenantScope,
  { holdId, usage }: { holdId: string; usage: CallUsage },
): Promise<Settlement> {
  const [row] = await db.$queryRaw<{ answer: SettleAnswer }[]>`
    SELECT settle_hold(${scope.tenantId}::uuid, ${holdId}::uuid, ${JSON.stringify(usage)}::jsonb, ${now()}) AS answer`;
  const { isSettled = false, costNano, chargedNano } = row?.answer ?? {};
  return { isSettled, costNano: BigInt(costNano ?? 0), chargedNano: BigInt(chargedNano ?? 0) };
}

/**
 * Ends holds that ran out because their process died: never sent, they are released; begun to be answered, they are
 * settled up to the last checkpoint; otherwise they expire uncharged. Across tenants, hence the platform role.
 */
export async function sweepHolds(signal?: AbortSignal): Promise<number> {
  const at = now();
  const { rows } = await platformPool().query<{ tenant_id: string; id: string }>(
    `SELECT tenant_id, id FROM holds WHERE state IN ('reserved', 'dispatched') AND expires_at < $1
      ORDER BY expires_at LIMIT ${SWEEP_MAX}`,
    [at],
  );
  for (const { tenant_id, id } of rows) {
    if (signal?.aborted) break;
    const swept = await platformPool().query<{ fate: string }>("SELECT sweep_hold($1, $2, $3) AS fate", [
      tenant_id,
      id,
      at,
    ]);
    const fate = swept.rows[0]?.fate ?? "kept";
    sweptTotal.inc({ fate });
    log.warn({ event: "wallet.hold_swept", tenant_id, hold: id, fate }, "a hold was left behind");
  }
  return rows.length;
}

async function change(
  scope: TenantScope,
  statement: { name: string; text: string; values: unknown[] },
): Promise<boolean> {
  const [row] = await queryTenant<{ done: boolean }>(scope, statement);
  return row?.done ?? false;
}
