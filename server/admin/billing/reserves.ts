// The reserves of all workspaces in sums, and workspaces by what they have. Across workspaces, so all of it is the platform
// role's reading. Sums walk the accounts, one small row a workspace, and nothing that grows with use.

import { now } from "../../platform/clock";
import { platformDb } from "../../platform/db";
import { Prisma } from "../../platform/prisma/client";
import { type QuotaGuardState, readQuotaGuard } from "../../wallet/operators/quota-guard";
import { type BooksReport, readBooks } from "../../wallet/reconciliation";
import type { LowPolicy } from "../../wallet/terms";
import type { ReserveQuery } from "../contract";
import { matching } from "../tenants";
import { HOLD_STUCK_MINUTES } from "../terms";

export interface CurrencyTotals {
  currency: string;
  accounts: number;
  /** Decimal text. */
  balanceNano: string;
  heldNano: string;
  /** Below zero. */
  negativeCount: number;
  /** Were paid into once, and are below their threshold. */
  lowCount: number;
}

export interface HoldTotals {
  open: number;
  amountNano: string;
  oldestAt: string | null;
  /** Ran out and were not swept. */
  stuck: number;
}

export interface ReserveItem {
  tenantId: string;
  name: string;
  slug: string;
  plan: string | null;
  currency: string;
  balanceNano: string;
  heldNano: string;
  policy: LowPolicy;
  isLow: boolean;
}

const MINUTE_MS = 60_000;
const IS_LOW = Prisma.sql`(a.seq > 0 AND a.balance_nano < a.low_threshold_nano)`;

/** Totals, what is held, workspaces by balance, how the books and the guard of allowances stand. */
export async function reserveSummary(query: ReserveQuery) {
  const [totals, holds, tenants, guard, books] = await Promise.all([
    sumReserves(),
    sumHolds(),
    listReserves(query),
    readQuotaGuard(),
    readBooks(),
  ]);
  const overview: { guard: QuotaGuardState; books: BooksReport } = { guard, books };
  return { totals, holds, tenants, ...overview };
}

function sumReserves(): Promise<CurrencyTotals[]> {
  return platformDb().$queryRaw<CurrencyTotals[]>`
    SELECT a.currency, count(*)::int AS accounts, sum(a.balance_nano)::text AS "balanceNano",
           sum(a.held_nano)::text AS "heldNano", (count(*) FILTER (WHERE a.balance_nano < 0))::int AS "negativeCount",
           (count(*) FILTER (WHERE ${IS_LOW}))::int AS "lowCount"
      FROM reserve_accounts a GROUP BY a.currency ORDER BY a.currency`;
}

async function sumHolds(): Promise<HoldTotals> {
  const stuckBefore = new Date(now().getTime() - HOLD_STUCK_MINUTES * MINUTE_MS);
  const [row] = await platformDb().$queryRaw<(Omit<HoldTotals, "oldestAt"> & { oldest_at: Date | null })[]>`
    SELECT count(*)::int AS open, coalesce(sum(amount_nano), 0)::text AS "amountNano", min(created_at) AS oldest_at,
           (count(*) FILTER (WHERE expires_at < ${stuckBefore}))::int AS stuck
      FROM holds WHERE state IN ('reserved', 'dispatched')`;
  const { oldest_at = null, open = 0, amountNano = "0", stuck = 0 } = row ?? {};
  return { open, amountNano, stuck, oldestAt: oldest_at?.toISOString() ?? null };
}

async function listReserves({ search, sort, page, pageSize }: ReserveQuery) {
  const where = search === undefined || search === "" ? Prisma.sql`true` : matching(search);
  const order = sort === "lowest" ? Prisma.sql`ASC` : Prisma.sql`DESC`;
  const [counted, items] = await platformDb().$transaction([
    platformDb().$queryRaw<{ total: number }[]>`SELECT count(*)::int AS total FROM tenants t WHERE ${where}`,
    platformDb().$queryRaw<ReserveItem[]>`
      SELECT t.id::text AS "tenantId", t.name, t.slug, p.plan_id AS plan, a.currency, a.balance_nano::text AS "balanceNano",
             a.held_nano::text AS "heldNano", a.low_policy::text AS policy, ${IS_LOW} AS "isLow"
        FROM tenants t JOIN reserve_accounts a ON a.tenant_id = t.id LEFT JOIN tenant_plans p ON p.tenant_id = t.id
       WHERE ${where} ORDER BY a.balance_nano ${order}, t.id
       LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize}`,
  ]);
  const total = counted[0]?.total ?? 0;
  return { items, total, page, pageSize, pages: Math.ceil(total / pageSize) };
}
