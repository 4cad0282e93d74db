// What the books say of the past: costs add up to the ledger, follow the prices of the instant of admission for ever, and
// belong to the month in which their call was admitted.

import fc from "fast-check";
import pg from "pg";
import { expect, test } from "vitest";
import { makeTenant, type TestTenant } from "../../tests/factories/tenants";
import {
  callOf,
  credit,
  dispatchCall,
  givePlan,
  makePayingTenant,
  settle,
  usageOf,
} from "../../tests/factories/wallet";
import { costOf, monthStart, monthsSince } from "../../tests/factories/wallet-arithmetic";
import { travel } from "../platform/clock";
import { platformPool } from "../platform/db";
import { newId } from "../platform/ids";
import { holdFor } from "./admission";
import { sweepHolds } from "./holds";
import { listWalletFaults } from "./reconciliation";

const DOLLAR = 1_000_000_000n;
/** The benchmark of the wallet settles a hundred thousand. */
const SETTLED_COUNT = 1_000;
/** Of `fake-1`. */
const PRICES = {
  input: 2_000_000_000n,
  cached: 2_000_000_000n,
  output: 8_000_000_000n,
  reasoning: 8_000_000_000n,
  message: 0n,
};

async function asOwner(...statements: [sql: string, values?: unknown[]][]): Promise<void> {
  const client = new pg.Client({ connectionString: process.env["TEST_SUPERUSER_URL"] });
  await client.connect();
  try {
    for (const [sql, values] of statements) await client.query(sql, values);
  } finally {
    await client.end();
  }
}

/** Copies of a dispatched hold with amounts of their own, and what is held with them. */
const COPY = `
  WITH copies AS (
    INSERT INTO holds
      SELECT (jsonb_populate_record(h, jsonb_build_object('id', gen_random_uuid(), 'request_id', gen_random_uuid(),
               'amount_nano', (4500000 + random() * 2000000)::bigint))).*
        FROM holds h, generate_series(1, $2) WHERE h.tenant_id = $1
      RETURNING tenant_id, amount_nano
  ), sums AS (SELECT tenant_id, sum(amount_nano) AS held FROM copies GROUP BY tenant_id
  ), counters AS (
    UPDATE spend_counters c SET held_nano = c.held_nano + s.held FROM sums s WHERE c.tenant_id = s.tenant_id
  )
  UPDATE reserve_accounts a SET held_nano = a.held_nano + s.held FROM sums s WHERE a.tenant_id = s.tenant_id`;

/** Settles every hold that is open, a hundred in each transaction. */
const SETTLE_ALL = `
DO $$
DECLARE h record; n int := 0;
BEGIN
  FOR h IN SELECT tenant_id, id FROM holds WHERE state = 'dispatched' LOOP
    PERFORM settle_hold(h.tenant_id, h.id, jsonb_build_object('inputTokens', (random() * 900)::int,
      'outputTokens', (random() * 500)::int, 'cachedInputTokens', (random() * 400)::int,
      'outcome', 'ok', 'source', 'provider_final'), now());
    n := n + 1;
    IF n % 100 = 0 THEN COMMIT; END IF;
  END LOOP;
END $$`;

test("the costs of a thousand settled calls are the sum of the ledger, to the nano", async () => {
  const { id, scope } = await makePayingTenant(DOLLAR);
  await dispatchCall(scope);
  await asOwner([COPY, [id, SETTLED_COUNT - 1]], [SETTLE_ALL]);
  const { rows: uses } = await platformPool().query<
    Record<"input" | "cached" | "output", number> & { cost: string }
  >(
    `SELECT input_tokens AS input, cached_input_tokens AS cached, output_tokens AS output, cost_nano AS cost
       FROM usage_events WHERE tenant_id = $1`,
    [id],
  );
  expect(uses).toHaveLength(SETTLED_COUNT);
  const costs = uses.map(({ input, cached, output }) => {
    const tokens = {
      inputTokens: input,
      cachedInputTokens: cached,
      outputTokens: output,
      reasoningTokens: 0,
    };
    return costOf(PRICES, tokens, 1);
  });
  expect(uses.map(({ cost }) => cost)).toEqual(costs.map(String));
  const { rows: sums } = await platformPool().query(
    `SELECT -sum(amount_nano) AS charged FROM ledger_entries
      WHERE tenant_id = $1 AND kind IN ('usage', 'late_adjust')`,
    [id],
  );
  expect(sums).toEqual([{ charged: String(costs.reduce((total, cost) => total + cost, 0n)) }]);
  expect(await listWalletFaults(id)).toEqual([]);
});

/** Asks the SQL function itself, as of an instant; answers what the hold says of it. */
async function holdAt(tenant: TestTenant, at: Date): Promise<{ id: string; price: string; month: Date }> {
  const call = { ...callOf(), holdId: newId(), userId: tenant.owner.id, outputTokensMin: 1 };
  await platformPool().query("SELECT reserve_hold($1, $2::jsonb, $3)", [tenant.id, JSON.stringify(call), at]);
  const { rows } = await platformPool().query<{ id: string; price: string; month: Date }>(
    `SELECT h.id, h.rate_card_version_id AS price, b.start_at AS month
       FROM holds h JOIN billing_periods b ON b.tenant_id = h.tenant_id AND b.id = h.cap_period_id
      WHERE h.tenant_id = $1 AND h.id = $2`,
    [tenant.id, call.holdId],
  );
  const [row] = rows;
  if (!row) throw new Error("the call was not admitted");
  return row;
}

/** A rate card of its own whose versions begin at these instants; answers their ids. */
async function givePrices(tenant: TestTenant, starts: Date[]): Promise<string[]> {
  const [cardId, planVersionId, ids] = [newId(), newId(), starts.map(() => newId())];
  await platformPool().query("INSERT INTO rate_cards VALUES ($1, $2, 'USD')", [cardId, cardId]);
  for (const [index, id] of ids.entries()) {
    await platformPool().query(
      `INSERT INTO rate_card_versions (id, rate_card_id, version, effective_from, effective_to, checksum)
       VALUES ($1, $2, $3, $4, $5, '')`,
      [id, cardId, index + 1, starts[index], starts[index + 1] ?? null],
    );
    await platformPool().query(
      `INSERT INTO rate_lines SELECT $1, 'fake-1', unit, $2, 1000000 FROM unnest(ARRAY['input_token', 'output_token']) unit`,
      [id, 1_000_000 * (index + 1)],
    );
  }
  await platformPool().query(
    `INSERT INTO plan_versions (id, plan_id, version, effective_from, rate_card_id, trial_days, seat_min, features, checksum)
     SELECT $1, 'enterprise', 100000 + (SELECT count(*) FROM plan_versions), $2, $3, 0, 1, '{}', ''`,
    [planVersionId, starts[0], cardId],
  );
  await platformPool().query(
    "INSERT INTO plan_limits VALUES ($1, 'message', 'period', 0, NULL, 'use_reserve')",
    [planVersionId],
  );
  await platformPool().query("UPDATE tenant_plans SET plan_version_id = $2 WHERE tenant_id = $1", [
    tenant.id,
    planVersionId,
  ]);
  return ids;
}

test("a call is priced by the version of the instant of its admission, to the millisecond and for ever", async () => {
  const gaps = fc.array(fc.integer({ min: 2, max: 90 * 86_400_000 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(gaps, async (gapsMs) => {
      const tenant = await makePayingTenant(DOLLAR);
      const firstMs = Date.UTC(2024, 1, 29, 23, 59, 59, 999);
      const starts = [0, ...gapsMs.map((_, index) => sum(gapsMs.slice(0, index + 1)))].map(
        (ms) => new Date(firstMs + ms),
      );
      const versions = await givePrices(tenant, starts);
      for (const [index, start] of starts.entries()) {
        expect((await holdAt(tenant, start)).price).toBe(versions[index]);
        const before = new Date(start.getTime() - 1);
        if (index > 0) expect((await holdAt(tenant, before)).price).toBe(versions[index - 1]);
      }
      // Settled today, under the first version's prices: 40 + 10 tokens at one nano.
      const { id } = await holdAt(tenant, starts[0] ?? new Date());
      await platformPool().query("SELECT mark_dispatched($1, $2, now())", [tenant.id, id]);
      expect(await settle(tenant.scope, id, usageOf())).toMatchObject({ chargedNano: 50n });
      expect(await listWalletFaults(tenant.id)).toEqual([]);
    }),
    { numRuns: 6 },
  );
});

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

async function setAnchor(tenant: TestTenant, anchor: Date): Promise<void> {
  await platformPool().query("UPDATE tenant_plans SET anchor_at = $2 WHERE tenant_id = $1", [
    tenant.id,
    anchor,
  ]);
}

const HOUR_MS = 3_600_000;
const anchors = fc.constantFrom(
  "2024-01-29",
  "2024-01-30",
  "2024-01-31",
  "2024-02-29",
  "2023-12-31",
  "2024-03-15",
);

test("months of a workspace follow the calendar from its anchor: each instant is in one, and an end begins the next", async () => {
  await fc.assert(
    fc.asyncProperty(anchors, fc.integer({ min: 1, max: 120 }), async (day, months) => {
      const tenant = await makePayingTenant(DOLLAR);
      const anchor = new Date(`${day}T13:07:09.123Z`);
      await setAnchor(tenant, anchor);
      await givePrices(tenant, [anchor]);
      const start = monthStart(anchor, months);
      for (const offsetMs of [-1, 0, 1]) {
        const at = new Date(start.getTime() + offsetMs);
        const { month } = await holdAt(tenant, at);
        expect(month).toEqual(monthStart(anchor, monthsSince(anchor, at)));
        expect(month).toEqual(monthStart(anchor, offsetMs < 0 ? months - 1 : months));
      }
    }),
    { numRuns: 8 },
  );
});

test("a call that is admitted before the end of a month and settled after it belongs to that month", async () => {
  const tenant = await makePayingTenant(DOLLAR);
  const anchor = new Date(Date.now() - 40 * 24 * HOUR_MS);
  await setAnchor(tenant, anchor);
  const start = monthStart(anchor, monthsSince(anchor, new Date()));
  await givePrices(tenant, [anchor]);
  const { id } = await holdAt(tenant, new Date(start.getTime() - 1));
  await platformPool().query("SELECT mark_dispatched($1, $2, $3)", [tenant.id, id, start]);
  await settle(tenant.scope, id);
  const { rows } = await platformPool().query(
    `SELECT b.end_at AS "endsAt", c.spent_nano AS spent FROM spend_counters c
       JOIN billing_periods b ON b.tenant_id = c.tenant_id AND b.id = c.period_id
      WHERE c.tenant_id = $1 AND c.spender = 'tenant'`,
    [tenant.id],
  );
  expect(rows).toEqual([{ endsAt: start, spent: "50" }]);
});

test("an anchor that moves leaves no instant in two months, and no call without one", async () => {
  const days = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 2, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(days, fc.integer({ min: -20, max: 20 }), async (movesDays, instantDays) => {
      const tenant = await makePayingTenant(DOLLAR);
      const first = new Date("2025-01-31T13:07:09.123Z");
      await givePrices(tenant, [new Date("2024-01-01T00:00:00Z")]);
      for (const moveDays of movesDays) {
        const anchor = new Date(first.getTime() + moveDays * 24 * HOUR_MS);
        await setAnchor(tenant, anchor);
        const at = new Date(anchor.getTime() + instantDays * 24 * HOUR_MS);
        const { month } = await holdAt(tenant, at);
        expect(month.getTime()).toBeLessThanOrEqual(at.getTime());
      }
    }),
    { numRuns: 8 },
  );
});

test("the later calls of a message are paid for by what paid for its first", async () => {
  const tenant = await makeTenant();
  await givePlan(tenant, { message: 1 }, "use_reserve");
  await credit(tenant.scope, DOLLAR);
  const payersOf = async (runId: string) => {
    const first = await holdFor(tenant.scope, callOf({ runId }));
    const later = await holdFor(tenant.scope, callOf({ runId, messages: 0 }));
    return [first.payer, later.payer];
  };
  expect(await payersOf(newId())).toEqual(["allowance", "allowance"]);
  expect(await payersOf(newId())).toEqual(["reserve", "reserve"]);
});

test("a call of which nothing was heard is no message of the allowance", async () => {
  const tenant = await makeTenant();
  await givePlan(tenant, { message: 1 }, "block");
  await dispatchCall(tenant.scope);
  travel(180_000);
  await sweepHolds();
  travel(0);
  expect(await holdFor(tenant.scope, callOf())).toMatchObject({ payer: "allowance" });
});
