// The running month: the plan's allowances and how much of them is used, and what members have spent.

import { currentPlan } from "../catalogue/plans";
import type { ExceedRule, Meter, PlanCode, Span, Standing } from "../catalogue/terms";
import { now } from "../platform/clock";
import { queryTenant, type TenantScope } from "../platform/tenant-db";

export interface AllowanceMeter {
  meter: Meter;
  span: Span;
  /** Decimal text, as all counts here. */
  used: string;
  /** Spoken for by calls under way. */
  held: string;
  /** Null is unlimited. */
  limit: string | null;
  softLimit: string | null;
  /** Rounded down; null where nothing limits. */
  percent: number | null;
  onExceed: ExceedRule;
}

export interface Allowances {
  plan: { code: PlanCode; name: string };
  standing: Standing;
  /** The running month of use, half-open. */
  period: { startAt: string; endAt: string };
  meters: AllowanceMeter[];
}

const COUNTERS = {
  name: "usage_meters",
  text: `
  SELECT q.meter::text, p.kind::text, q.used::text, q.held::text
    FROM billing_periods p JOIN quota_counters q ON q.tenant_id = $1 AND q.period_id = p.id
   WHERE p.tenant_id = $1 AND p.kind IN ('use', 'day') AND p.start_at <= $2 AND p.end_at > $2`,
};

/** What the plan allows the workspace now, and what is used of it. Throws not_found while no catalogue is loaded. */
export async function readMeters(scope: TenantScope): Promise<Allowances> {
  const { plan, standing, period } = await currentPlan(scope);
  const counters = await queryTenant<{ meter: string; kind: string; used: string; held: string }>(scope, {
    ...COUNTERS,
    values: [scope.tenantId, now()],
  });
  const meters = plan.limits.map(({ meter, span, hardLimit, softLimit, onExceed }) => {
    const kind = span === "day" ? "day" : "use";
    const counter = counters.find((row) => row.meter === meter && row.kind === kind);
    const { used = "0", held = "0" } = counter ?? {};
    return {
      ...{ meter, span, used, held, softLimit, onExceed },
      limit: hardLimit,
      percent: percentOf(BigInt(used), hardLimit === null ? null : BigInt(hardLimit)),
    };
  });
  return { plan: { code: plan.code, name: plan.name }, standing, period, meters };
}

/** Whole percent, rounded down; of nothing all is used. */
export function percentOf(used: bigint, limit: bigint | null): number | null {
  if (limit === null) return null;
  return limit === 0n ? 100 : Number((used * 100n) / limit);
}

const SPEND = {
  name: "usage_member_spend",
  text: `
  SELECT c.spender_id::text AS id, c.spent_nano::text AS spent
    FROM billing_periods p JOIN spend_counters c ON c.tenant_id = $1 AND c.period_id = p.id
   WHERE p.tenant_id = $1 AND p.kind = 'cap_month' AND p.start_at <= $2 AND p.end_at > $2
     AND c.spender = 'member' AND c.spender_id = ANY ($3::uuid[])`,
};

/** What the reserve paid for these people this month (the month of the caps), in nano; who is missing has spent nothing. */
export async function spendOfMembers(
  scope: TenantScope,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, bigint>> {
  const values = [scope.tenantId, now(), [...userIds]];
  const rows = await queryTenant<{ id: string; spent: string }>(scope, { ...SPEND, values });
  return new Map(rows.map(({ id, spent }) => [id, BigInt(spent)]));
}
