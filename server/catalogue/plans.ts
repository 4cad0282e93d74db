// Plans as people see them: the catalogue that is sold, and what a tenant is entitled to now. Entitlement is a function of
// the tenant's plan and of the clock (SQL function `plan_of`); nothing here stores it.

import { now } from "../platform/clock";
import { db } from "../platform/db";
import { notFound } from "../platform/errors";
import { decimalOfNano } from "../platform/money";
import { queryTenant, type TenantScope } from "../platform/tenant-db";
import type { ExceedRule, Feature, Meter, PlanCode, Span, Standing } from "./terms";

export interface PlanLimitItem {
  meter: Meter;
  span: Span;
  /** Decimal text; null is unlimited. */
  hardLimit: string | null;
  softLimit: string | null;
  onExceed: ExceedRule;
}

export interface PlanPrice {
  interval: "month" | "year";
  /** Decimal text. */
  priceNano: string;
  /** In major units of `currency`. */
  price: string;
  currency: string;
}

export interface PlanItem {
  code: PlanCode;
  name: string;
  version: number;
  prices: PlanPrice[];
  trialDays: number;
  includedSeats: number;
  seatMax: number | null;
  features: Partial<Record<Feature, boolean>>;
  limits: PlanLimitItem[];
}

/** The plans that are sold now, lowest rank first, each as its current version. */
export async function listPlans(): Promise<PlanItem[]> {
  const plans = await db().plan.findMany({
    where: { isActive: true },
    orderBy: { rank: "asc" },
    include: {
      versions: {
        where: { effectiveFrom: { lte: now() } },
        orderBy: [{ effectiveFrom: "desc" }, { version: "desc" }],
        take: 1,
        select: { id: true },
      },
    },
  });
  const ids = plans.flatMap(({ versions }) => versions.map(({ id }) => id));
  const items = await readVersions(ids);
  return ids.flatMap((id) => items.get(id) ?? []);
}

export interface CurrentPlan {
  plan: PlanItem;
  /** "suspended" leaves no usable plan; a trial that is over reads as the free plan, active. */
  standing: Standing;
  trialEndsAt: string | null;
  graceEndsAt: string | null;
  /** The running month of use, half-open. */
  period: { startAt: string; endAt: string };
  /** Seats that are taken, and how many there are; null is any number. */
  seats: { used: number; limit: number | null };
  /** When the workspace came to be, and when its plan last changed. */
  createdAt: string;
  changedAt: string;
}

interface CurrentRow extends Record<string, unknown> {
  plan_version_id: string;
  standing: Standing;
  trial_ends_at: Date | null;
  grace_ends_at: Date | null;
  start_at: Date;
  end_at: Date;
  seats_used: number;
  seat_limit: number | null;
  created_at: Date;
  changed_at: Date;
}

const CURRENT = {
  name: "plan_current",
  text: `
  SELECT p.plan_version_id::text, p.standing,
         CASE WHEN p.standing = 'trialing' THEN t.trial_ends_at END AS trial_ends_at,
         CASE WHEN p.standing = 'past_due' THEN t.grace_ends_at END AS grace_ends_at,
         month_from(p.anchor_at, month_number(p.anchor_at, $2)) AS start_at,
         month_from(p.anchor_at, month_number(p.anchor_at, $2) + 1) AS end_at,
         (SELECT count(*)::int FROM tenant_members m WHERE m.tenant_id = $1) AS seats_used,
         seats_of($1, $2) AS seat_limit, w.created_at, t.changed_at
    FROM plan_of($1, $2) p JOIN tenant_plans t ON t.tenant_id = $1 JOIN tenants w ON w.id = $1`,
};

/** What the tenant is entitled to now. Throws not_found while no catalogue is loaded. */
export async function currentPlan(scope: TenantScope): Promise<CurrentPlan> {
  const current = await findCurrentPlan(scope);
  if (!current) throw notFound("Plan");
  return current;
}

/** As `currentPlan`; null while no catalogue is loaded. */
export async function findCurrentPlan(scope: TenantScope): Promise<CurrentPlan | null> {
  const [row] = await queryTenant<CurrentRow>(scope, { ...CURRENT, values: [scope.tenantId, now()] });
  const plan = row && (await readVersions([row.plan_version_id])).get(row.plan_version_id);
  if (!plan) return null;
  return {
    plan,
    standing: row.standing,
    trialEndsAt: row.trial_ends_at?.toISOString() ?? null,
    graceEndsAt: row.grace_ends_at?.toISOString() ?? null,
    period: { startAt: row.start_at.toISOString(), endAt: row.end_at.toISOString() },
    seats: { used: row.seats_used, limit: row.seat_limit },
    createdAt: row.created_at.toISOString(),
    changedAt: row.changed_at.toISOString(),
  };
}

async function readVersions(ids: string[]): Promise<Map<string, PlanItem>> {
  const versions = await db().planVersion.findMany({
    where: { id: { in: ids } },
    include: { plan: true, rateCard: true, limits: { orderBy: [{ meter: "asc" }, { span: "asc" }] } },
  });
  return new Map(
    versions.map((version) => [
      version.id,
      {
        code: version.plan.id as PlanCode,
        name: version.plan.name,
        version: version.version,
        prices: pricesOf(version, version.rateCard.currency),
        trialDays: version.trialDays,
        includedSeats: version.seatMin,
        seatMax: version.seatMax,
        features: version.features as PlanItem["features"],
        limits: version.limits.map(({ meter, span, hardLimit, softLimit, onExceed }) => ({
          meter,
          span,
          hardLimit: hardLimit?.toString() ?? null,
          softLimit: softLimit?.toString() ?? null,
          onExceed,
        })),
      },
    ]),
  );
}

function pricesOf(
  { priceMonthNano, priceYearNano }: { priceMonthNano: bigint | null; priceYearNano: bigint | null },
  currency: string,
): PlanPrice[] {
  const of = (interval: PlanPrice["interval"], nano: bigint | null): PlanPrice[] =>
    nano === null ? [] : [{ interval, priceNano: nano.toString(), price: decimalOfNano(nano), currency }];
  return [...of("month", priceMonthNano), ...of("year", priceYearNano)];
}
