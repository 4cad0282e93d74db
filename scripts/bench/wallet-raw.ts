// The rows of a call written as by hand: one statement after another in three transactions, prepared, without any decision.

import pg from "pg";
import { v7 as newId } from "uuid";

export interface Payer {
  tenantId: string;
  userId: string;
}

export interface RawWallet {
  /** Notes what a workspace's rows look like, after one call of the wallet's own. */
  prepare(payer: Payer, call: () => Promise<string>): Promise<void>;
  /** Writes the rows of one call: held, dispatched, settled. */
  cycle(payer: Payer): Promise<void>;
  end(): Promise<void>;
}

const HELD_NANO = 2_600_000;
/** 40 input tokens at 2,000 nano, 10 output tokens at 8,000. */
const COST_NANO = 160_000;

const COUNT_HELD = `UPDATE spend_counters SET held_nano = held_nano + $5, spent_nano = spent_nano + $6
  WHERE tenant_id = $1 AND period_id = $2 AND spender = $3::spender AND spender_id = $4`;

/** Statements of one call; `$model` columns are those of the workspace's first hold. */
const STATEMENTS = {
  hold: `INSERT INTO holds SELECT (jsonb_populate_record(h, jsonb_build_object('id', $2::uuid, 'request_id', $2::text,
           'state', 'reserved', 'resolved_at', NULL, 'amount_nano', $4::bigint))).* FROM holds h WHERE h.tenant_id = $1 AND h.id = $3`,
  holdAccount: "UPDATE reserve_accounts SET held_nano = held_nano + $2 WHERE tenant_id = $1",
  count: COUNT_HELD,
  dispatch:
    "UPDATE holds SET state = 'dispatched', expires_at = now() + interval '2 minutes' WHERE tenant_id = $1 AND id = $2",
  settle: "UPDATE holds SET state = 'settled', resolved_at = now() WHERE tenant_id = $1 AND id = $2",
  settleAccount: `UPDATE reserve_accounts SET held_nano = held_nano - $2, balance_nano = balance_nano - $3, seq = seq + 1
    WHERE tenant_id = $1 RETURNING seq, balance_nano AS balance`,
  use: `INSERT INTO usage_events SELECT (jsonb_populate_record(u, jsonb_build_object('id', $2::uuid, 'request_key', $2::text,
          'occurred_at', now()))).* FROM usage_events u WHERE u.tenant_id = $1 AND u.id = $3`,
  entry: `INSERT INTO ledger_entries (tenant_id, seq, id, kind, amount_nano, balance_after_nano, currency, source_ref, actor_type, created_at)
    VALUES ($1, $2, $3::uuid, 'usage', $4, $5, 'USD', $3::uuid::text, 'system', now())`,
};

interface Known {
  holdId: string;
  periodId: string;
}

export function rawWallet(superuserUrl: string, connections: number): RawWallet {
  const pool = new pg.Pool({ connectionString: superuserUrl, max: connections });
  const known = new Map<string, Known>();
  return {
    prepare: async ({ tenantId }, call) => {
      if (known.has(tenantId)) return;
      const holdId = await call();
      const { rows } = await pool.query<{ period: string }>(
        "SELECT cap_period_id AS period FROM holds WHERE tenant_id = $1 AND id = $2",
        [tenantId, holdId],
      );
      known.set(tenantId, { holdId, periodId: rows[0]?.period ?? "" });
    },
    cycle: async (payer) => {
      const model = known.get(payer.tenantId);
      if (!model) throw new Error("a workspace was not prepared");
      const client = await pool.connect();
      try {
        await writeRows(client, payer, model);
      } finally {
        client.release();
      }
    },
    end: () => pool.end(),
  };
}

async function writeRows(client: pg.PoolClient, payer: Payer, { holdId, periodId }: Known): Promise<void> {
  const { tenantId, userId } = payer;
  const id = newId();
  const run = (name: keyof typeof STATEMENTS, ...values: unknown[]) =>
    client.query({ name: `raw_${name}`, text: STATEMENTS[name], values: [tenantId, ...values] });
  const count = async (held: number, spent: number) => {
    await run("count", periodId, "tenant", tenantId, held, spent);
    await run("count", periodId, "member", userId, held, spent);
  };
  await client.query("BEGIN");
  // As the wallet does: what a crash forgets here was never dispatched.
  await client.query("SET LOCAL synchronous_commit = off");
  await run("holdAccount", HELD_NANO);
  await count(HELD_NANO, 0);
  await run("hold", id, holdId, HELD_NANO);
  await client.query("COMMIT");
  await run("dispatch", id);
  await client.query("BEGIN");
  const { rows } = await run("settleAccount", HELD_NANO, COST_NANO);
  await run("settle", id);
  await run("use", id, holdId);
  await run("entry", rows[0].seq, id, -COST_NANO, rows[0].balance);
  await count(-HELD_NANO, COST_NANO);
  await client.query("COMMIT");
}
