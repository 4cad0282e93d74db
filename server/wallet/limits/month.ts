// The running month of caps: when it is, what was spent in it and what may be. Caps of 0 are none.

import { now } from "../../platform/clock";
import { queryTenant, type TenantScope } from "../../platform/tenant-db";
import { FORECAST_SHARE_MIN } from "../terms";

export interface Spending {
  capNano: bigint;
  isHardStop: boolean;
  /** 0 where no cap was ever saved. */
  version: number;
  spentNano: bigint;
  heldNano: bigint;
}

export interface SpendingMonth {
  startAt: Date;
  endAt: Date;
  tenant: Spending;
  /** Of the person who was asked for. */
  member: Spending;
}

type Row = Record<string, string | number | boolean | null> & { start_at: Date; end_at: Date };

const MONTH = {
  name: "wallet_month",
  text: `
  WITH m AS (
    SELECT b.id, coalesce(b.start_at, month_from(t.anchor_at, month_number(t.anchor_at, $3))) AS start_at,
           coalesce(b.end_at, month_from(t.anchor_at, month_number(t.anchor_at, $3) + 1)) AS end_at
      FROM tenant_plans t
      LEFT JOIN billing_periods b ON b.tenant_id = t.tenant_id AND b.kind = 'cap_month' AND b.start_at <= $3 AND b.end_at > $3
     WHERE t.tenant_id = $1)
  SELECT m.start_at, m.end_at,
         tl.cap_nano::text AS tenant_cap, tl.is_hard_stop AS tenant_hard, tl.version AS tenant_version,
         tc.spent_nano::text AS tenant_spent, tc.held_nano::text AS tenant_held,
         ml.cap_nano::text AS member_cap, ml.is_hard_stop AS member_hard, ml.version AS member_version,
         mc.spent_nano::text AS member_spent, mc.held_nano::text AS member_held
    FROM m
    LEFT JOIN spend_limits tl ON tl.tenant_id = $1 AND tl.spender = 'tenant' AND tl.spender_id = $1
    LEFT JOIN spend_limits ml ON ml.tenant_id = $1 AND ml.spender = 'member' AND ml.spender_id = $2
    LEFT JOIN spend_counters tc ON tc.tenant_id = $1 AND tc.period_id = m.id AND tc.spender = 'tenant' AND tc.spender_id = $1
    LEFT JOIN spend_counters mc ON mc.tenant_id = $1 AND mc.period_id = m.id AND mc.spender = 'member' AND mc.spender_id = $2`,
};

/** The month as it stands, with one person's part in it: the scope's own unless another is named. */
export async function readMonth(scope: TenantScope, userId = scope.userId): Promise<SpendingMonth> {
  const [row] = await queryTenant<Row>(scope, { ...MONTH, values: [scope.tenantId, userId, now()] });
  if (!row) throw new Error("a workspace has a plan");
  return {
    startAt: row.start_at,
    endAt: row.end_at,
    tenant: spendingOf(row, "tenant"),
    member: spendingOf(row, "member"),
  };
}

/** What will have been spent when the month ends if it goes on like this; null while it is too early to say. */
export function forecastOf({ startAt, endAt, tenant }: SpendingMonth, at = now()): bigint | null {
  const wholeMs = endAt.getTime() - startAt.getTime();
  const goneMs = at.getTime() - startAt.getTime();
  if (goneMs < wholeMs * FORECAST_SHARE_MIN) return null;
  return (tenant.spentNano * BigInt(wholeMs)) / BigInt(goneMs);
}

function spendingOf(row: Row, whose: "tenant" | "member"): Spending {
  const amount = (name: string) => BigInt((row[`${whose}_${name}`] as string | null) ?? 0);
  return {
    capNano: amount("cap"),
    isHardStop: (row[`${whose}_hard`] as boolean | null) ?? true,
    version: (row[`${whose}_version`] as number | null) ?? 0,
    spentNano: amount("spent"),
    heldNano: amount("held"),
  };
}
