// The line at the foot of a workspace: what is in the reserve, what was used in the running month, what runs now.

import { now } from "../platform/clock";
import { decimalOfNano } from "../platform/money";
import { queryTenant } from "../platform/tenant-db";
import type { Scope } from "../tenants/scope";
import { centsOf } from "../wallet/terms";

export interface StatusBar {
  /** Null for who may not see the reserve; decimal text of nano. */
  reserveBalanceNano: string | null;
  /** Rounded down. */
  reserveBalanceCents: number | null;
  /** Exact, in major units. */
  reserveBalanceDollars: string | null;
  /** Below its threshold, after it was filled once. */
  isLowBalance: boolean;
  /** Tokens of the running month of use: everybody's, or the caller's own for who may not see everybody's. */
  tokensIn: number;
  tokensOut: number;
  /** Answers that are being written, of everybody or of the caller. */
  jobsRunning: number;
  updatedAt: string;
}

interface StatusRow extends Record<string, string | boolean> {
  balance_nano: string;
  is_low: boolean;
  tokens_in: string;
  tokens_out: string;
  running: string;
}

const STATUS = {
  name: "usage_status_bar",
  text: `
  SELECT a.balance_nano::text, a.seq > 0 AND a.balance_nano < a.low_threshold_nano AS is_low,
         coalesce(u.tokens_in, 0)::text AS tokens_in, coalesce(u.tokens_out, 0)::text AS tokens_out,
         (SELECT count(*) FROM runs r WHERE r.tenant_id = $1 AND r.status IN ('queued', 'running')
             AND ($3::uuid IS NULL OR r.user_id = $3))::text AS running
    FROM reserve_accounts a
    LEFT JOIN billing_periods p ON p.tenant_id = $1 AND p.kind = 'use' AND p.start_at <= $2 AND p.end_at > $2
   CROSS JOIN LATERAL (
     SELECT sum(d.input_tokens) AS tokens_in, sum(d.output_tokens) AS tokens_out FROM usage_rollup_day d
      WHERE d.tenant_id = $1 AND d.period_id = p.id AND ($3::uuid IS NULL OR d.user_id = $3)) u
   WHERE a.tenant_id = $1`,
};

/** The numbers now, in one query. */
export async function readStatusBar(scope: Scope): Promise<StatusBar> {
  const seesAll = scope.permissions.has("billing.read");
  const at = now();
  const values = [scope.tenantId, at, seesAll ? null : scope.userId];
  const [row] = await queryTenant<StatusRow>(scope, { ...STATUS, values });
  if (!row) throw new Error("a workspace has a reserve account");
  const balance = BigInt(row.balance_nano);
  return {
    reserveBalanceNano: seesAll ? row.balance_nano : null,
    reserveBalanceCents: seesAll ? Number(centsOf(balance)) : null,
    reserveBalanceDollars: seesAll ? decimalOfNano(balance) : null,
    isLowBalance: seesAll && row.is_low,
    tokensIn: Number(row.tokens_in),
    tokensOut: Number(row.tokens_out),
    jobsRunning: Number(row.running),
    updatedAt: at.toISOString(),
  };
}
