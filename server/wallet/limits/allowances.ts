// What of the plan's allowances is used in the running periods.

import type { ExceedRule, Meter, Span } from "../../catalogue/terms";
import { now } from "../../platform/clock";
import { queryTenant, type TenantScope } from "../../platform/tenant-db";

export interface Allowance {
  meter: Meter;
  span: Span;
  /** Decimal text; null is unlimited. */
  limit: string | null;
  used: string;
  /** Whole percent, rounded down, at most 1000; null where nothing limits. */
  percent: number | null;
  onExceed: ExceedRule;
}

const ALLOWANCES = {
  name: "wallet_allowances",
  text: `
  SELECT pl.meter::text AS meter, pl.span::text AS span, pl.hard_limit::text AS "limit", coalesce(q.used, 0)::text AS used,
         CASE WHEN pl.hard_limit = 0 THEN 100
              ELSE least(floor(coalesce(q.used, 0)::numeric * 100 / pl.hard_limit), 1000) END::int AS percent,
         pl.on_exceed::text AS "onExceed"
    FROM plan_of($1, $2) p
    JOIN plan_limits pl ON pl.plan_version_id = p.plan_version_id
    LEFT JOIN billing_periods b ON b.tenant_id = $1 AND b.start_at <= $2 AND b.end_at > $2
     AND b.kind = CASE pl.span WHEN 'day' THEN 'day'::period_kind ELSE 'use'::period_kind END
    LEFT JOIN quota_counters q ON q.tenant_id = $1 AND q.period_id = b.id AND q.meter = pl.meter
   ORDER BY pl.span DESC, pl.meter`,
};

/** The allowances of the plan that the workspace is on now. */
export async function listAllowances(scope: TenantScope): Promise<{ items: Allowance[] }> {
  const values = [scope.tenantId, now()];
  return { items: await queryTenant<Allowance & Record<string, unknown>>(scope, { ...ALLOWANCES, values }) };
}
