// Balances beside the sums of their ledgers, page by page of workspaces: for those who compare all of them and may be
// interrupted.

import { platformDb } from "../platform/db";
import { Prisma } from "../platform/prisma/client";

export interface BalanceApart {
  tenantId: string;
  balanceNano: bigint;
  ledgerNano: bigint;
}

export interface BalancePage {
  apart: BalanceApart[];
  compared: number;
  /** The last workspace that was looked at; null when there was none. */
  last: string | null;
}

/** The reserves after a workspace in the order of ids, and those of them whose balance is not the sum of its ledger. */
export async function compareBalances(after: string | null, limit: number): Promise<BalancePage> {
  const rows = await readBalances(Prisma.sql`${after}::uuid IS NULL OR a.tenant_id > ${after}::uuid`, limit);
  const apart = rows.filter(({ balanceNano, ledgerNano }) => balanceNano !== ledgerNano);
  return { apart, compared: rows.length, last: rows.at(-1)?.tenantId ?? null };
}

/** One workspace's; null where balance and ledger agree, and where there is none. */
export async function findBalanceApart(tenantId: string): Promise<BalanceApart | null> {
  const [row] = await readBalances(Prisma.sql`a.tenant_id = ${tenantId}::uuid`, 1);
  return row && row.balanceNano !== row.ledgerNano ? row : null;
}

// One statement, so that both are of the same instant.
function readBalances(which: Prisma.Sql, limit: number): Promise<BalanceApart[]> {
  return platformDb().$queryRaw<BalanceApart[]>`
    SELECT a.tenant_id::text AS "tenantId", a.balance_nano AS "balanceNano", l.total AS "ledgerNano"
      FROM reserve_accounts a CROSS JOIN LATERAL (
        SELECT coalesce(sum(e.amount_nano), 0)::bigint AS total FROM ledger_entries e WHERE e.tenant_id = a.tenant_id) l
     WHERE ${which} ORDER BY a.tenant_id LIMIT ${limit}`;
}
