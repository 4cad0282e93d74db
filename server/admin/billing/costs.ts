// What all calls cost, by day, by model or by workspace, from the sums of days and never from the single calls. Each
// workspace's days are found by its index.

import { now } from "../../platform/clock";
import { platformDb } from "../../platform/db";
import { AppError } from "../../platform/errors";
import { Prisma } from "../../platform/prisma/client";
import type { CostsQuery } from "../contract";
import { COST_DAYS_MAX, COST_DAYS_SHOWN, COST_GROUPS_MAX } from "../terms";

export interface CostSums {
  calls: number;
  /** Decimal text. */
  inputTokens: string;
  outputTokens: string;
  costNano: string;
  /** The part of the cost that reserves paid; plans cover the rest. */
  chargedNano: string;
}

export interface CostItem extends CostSums {
  /** The day, the model's id, or the workspace's. */
  key: string;
  label: string;
}

const DAY_MS = 86_400_000;
const SUMS = Prisma.sql`
  coalesce(sum(r.calls), 0)::int AS calls, coalesce(sum(r.input_tokens), 0)::text AS "inputTokens",
  coalesce(sum(r.output_tokens), 0)::text AS "outputTokens", coalesce(sum(r.cost_nano), 0)::text AS "costNano",
  coalesce(sum(r.charged_nano), 0)::text AS "chargedNano"`;
const GROUPS = {
  day: { key: Prisma.sql`r.day::text`, label: Prisma.sql`r.day::text`, order: Prisma.sql`r.day::text DESC` },
  model: { key: Prisma.sql`r.model`, label: Prisma.sql`r.model`, order: Prisma.sql`sum(r.cost_nano) DESC` },
  tenant: {
    key: Prisma.sql`t.id::text`,
    label: Prisma.sql`t.name`,
    order: Prisma.sql`sum(r.cost_nano) DESC`,
  },
};

/**
 * Costs of whole days in UTC, both included; the last 30 unless told. Models and workspaces come dearest first, as many as
 * a page shows. Throws `invalid` for a range that ends before it begins or is longer than a year.
 */
export async function usageCosts({ groupBy, ...range }: CostsQuery) {
  const { from, to } = daysOf(range);
  const { key, label, order } = GROUPS[groupBy];
  const days = Prisma.sql`
    FROM tenants t CROSS JOIN LATERAL (
      SELECT d.* FROM usage_rollup_day d
       WHERE d.tenant_id = t.id AND d.day BETWEEN ${from}::date AND ${to}::date) r`;
  const [sums, items] = await platformDb().$transaction([
    platformDb().$queryRaw<CostSums[]>`SELECT ${SUMS} ${days}`,
    platformDb().$queryRaw<CostItem[]>`
      SELECT ${key} AS key, ${label} AS label, ${SUMS} ${days}
       GROUP BY 1, 2 ORDER BY ${order}, 1 LIMIT ${groupBy === "day" ? COST_DAYS_MAX : COST_GROUPS_MAX}`,
  ]);
  const nothing = { calls: 0, inputTokens: "0", outputTokens: "0", costNano: "0", chargedNano: "0" };
  return { from, to, groupBy, total: sums[0] ?? nothing, items };
}

function daysOf(range: { from?: string | undefined; to?: string | undefined }): { from: string; to: string } {
  const to = range.to ?? dayOf(now().getTime());
  const from = range.from ?? dayOf(Date.parse(to) - (COST_DAYS_SHOWN - 1) * DAY_MS);
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
  if (days >= 1 && days <= COST_DAYS_MAX) return { from, to };
  const message = days < 1 ? "The last day is before the first." : `Choose ${COST_DAYS_MAX} days at most.`;
  throw new AppError("invalid", message, { fields: { to: message } });
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
