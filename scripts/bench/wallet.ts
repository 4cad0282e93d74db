// The wallet: whole cycles of admission, dispatch and settlement against the same rows written by plain statements, what
// admission adds before the first token, and a hundred thousand settled calls whose costs must be the ledger's sum.

import pg from "pg";
import { v7 as newId } from "uuid";
import { type BenchEnvironment, TICKER_MODEL } from "./environment";
import { compare, percentile, type Result, rate, spread, steadily } from "./measure";
import { type Payer, type RawWallet, rawWallet } from "./wallet-raw";

const LOAD = { concurrency: 8, durationMs: 2_000 };
const TENANT_COUNTS = [1, 100, 1_000];
const CYCLES_PER_SECOND = 1_000;
const RAW_SHARE = 0.5;
const SENDS_PER_SECOND = 100;
const SENDS = 1_000;
const ADMISSION_P99_LIMIT_MS = 15;
const ADMISSION_P99_GOAL_MS = 8;
const SETTLED = 100_000;
const TOKENS = { inputTokens: 40, outputTokens: 10 };

type Nouns = Awaited<ReturnType<typeof loadNouns>>;

export async function benchWallet(environment: BenchEnvironment): Promise<Result[]> {
  const nouns = await loadNouns();
  const payers = await seedPayers(environment, Math.max(...TENANT_COUNTS));
  const raw = rawWallet(environment.superuserUrl, LOAD.concurrency);
  const results: Result[] = [];
  try {
    for (const count of TENANT_COUNTS) results.push(await cycles(nouns, raw, payers.slice(0, count)));
    results.push(await admission(nouns, payers.slice(0, 100)));
    results.push(await sums(environment, payers.slice(0, 100)));
  } finally {
    await raw.end();
    await nouns.closeDatabases();
  }
  return results;
}

// Read after the environment is set: the modules of the server are configured by it.
async function loadNouns() {
  const { holdFor, requireAffordable } = await import("../../server/wallet/admission");
  const { markDispatched, settleHold } = await import("../../server/wallet/holds");
  const { withTenant } = await import("../../server/platform/tenant-db");
  const { tenantIdOfJob } = await import("../../server/tenants/scope");
  const { closeDatabases } = await import("../../server/platform/db");
  return {
    holdFor,
    requireAffordable,
    markDispatched,
    settleHold,
    withTenant,
    tenantIdOfJob,
    closeDatabases,
  };
}

/** Workspaces whose calls are charged to their reserve, which lasts. */
async function seedPayers({ query }: BenchEnvironment, count: number): Promise<Payer[]> {
  const planVersionId = newId();
  await query(
    `INSERT INTO plan_versions (id, plan_id, version, effective_from, rate_card_id, trial_days, seat_min, features, checksum)
     SELECT $1, 'enterprise', 1000, now() - interval '1 second', id, 0, 1, '{}', '' FROM rate_cards WHERE code = 'standard'`,
    [planVersionId],
  );
  await query("INSERT INTO plan_limits VALUES ($1, 'message', 'period', 0, NULL, 'use_reserve')", [
    planVersionId,
  ]);
  const payers = Array.from({ length: count }, () => ({ tenantId: newId(), userId: newId() }));
  const ids = payers.map(({ tenantId }) => tenantId);
  await query(
    "INSERT INTO tenants (id, slug, name, updated_at) SELECT id, 'payer-' || n, 'Payer', now() FROM unnest($1::uuid[]) WITH ORDINALITY AS t (id, n)",
    [ids],
  );
  await query(
    "UPDATE tenant_plans SET plan_id = 'enterprise', plan_version_id = $2, standing = 'active', trial_ends_at = NULL WHERE tenant_id = ANY ($1)",
    [ids, planVersionId],
  );
  await query(
    `SELECT book_reserve(id, jsonb_build_object('kind', 'grant', 'amountNano', '1000000000000000', 'sourceRef', id), now())
       FROM unnest($1::uuid[]) AS t (id)`,
    [ids],
  );
  return payers;
}

function callOf() {
  const about = { purpose: "bench", provider: "ticker", model: TICKER_MODEL, agent: null, messages: 1 };
  const nobody = { conversationId: null, runId: null, messageId: null };
  return {
    ...about,
    ...nobody,
    requestId: newId(),
    inputTokens: 100,
    expectedInputTokens: 50,
    outputTokens: 300,
  };
}

const USAGE = {
  ...TOKENS,
  ...{ cachedInputTokens: 0, reasoningTokens: 0, latencyMs: 0, firstTokenMs: null },
  ...({ outcome: "ok", source: "provider_final" } as const),
};

function inTurn<T>(values: T[]): () => T {
  let turn = 0;
  return () => {
    turn += 1;
    return values[turn % values.length] as T;
  };
}

async function cycles(nouns: Nouns, raw: RawWallet, payers: Payer[]): Promise<Result> {
  const [next, nextRaw] = [inTurn(payers), inTurn(payers)];
  const cycle = async ({ tenantId, userId }: Payer) => {
    const scope = { tenantId: nouns.tenantIdOfJob({ tenantId }), userId };
    const { id: holdId } = await nouns.holdFor(scope, callOf());
    if (!(await nouns.markDispatched(scope, holdId))) throw new Error("a hold was not dispatched");
    await nouns.withTenant(scope, (db) => nouns.settleHold(db, scope, { holdId, usage: USAGE }));
    return holdId;
  };
  // The first call of a workspace makes its periods and counters, which the plain statements rely on.
  for (const payer of payers) await raw.prepare(payer, () => cycle(payer));
  const subject = () => cycle(next()).then(() => undefined);
  const { ratio, subjectPerSecond, referencePerSecond } = await compare(
    subject,
    () => raw.cycle(nextRaw()),
    LOAD,
  );
  const verdict = { unit: "ratio", limit: 1, goal: 2, kind: "min" } as const;
  const share = Math.max(ratio / RAW_SHARE, subjectPerSecond / CYCLES_PER_SECOND);
  return {
    name: `wallet, ${payers.length} tenant${payers.length === 1 ? "" : "s"}`,
    figures: {
      "cycles of Parley": rate(subjectPerSecond),
      "the same rows by plain statements": rate(referencePerSecond),
      ratio: ratio.toFixed(2),
    },
    // Either is enough: a thousand cycles a second, or half of what plain statements reach.
    ...(payers.length === 100 ? { verdict: { value: share, ...verdict } } : {}),
  };
}

/** What is waited for before a call goes out, at a steady rate of sends. */
async function admission(nouns: Nouns, payers: Payer[]): Promise<Result> {
  const next = inTurn(payers);
  const parts: Record<"asked" | "held" | "dispatched" | "total", number[]> = {
    asked: [],
    held: [],
    dispatched: [],
    total: [],
  };
  const send = async () => {
    const { tenantId, userId } = next();
    const scope = { tenantId: nouns.tenantIdOfJob({ tenantId }), userId };
    const instants = [performance.now()];
    await nouns.requireAffordable(scope, { model: TICKER_MODEL, inputTokens: 100 });
    instants.push(performance.now());
    const { id: holdId } = await nouns.holdFor(scope, callOf());
    instants.push(performance.now());
    await nouns.markDispatched(scope, holdId);
    instants.push(performance.now());
    const [begun = 0, asked = 0, held = 0, dispatched = 0] = instants;
    parts.asked.push(asked - begun);
    parts.held.push(held - asked);
    parts.dispatched.push(dispatched - held);
    parts.total.push(dispatched - begun);
    await nouns.withTenant(scope, (db) => nouns.settleHold(db, scope, { holdId, usage: USAGE }));
  };
  await steadily(send, { perSecond: SENDS_PER_SECOND, count: SENDS });
  const value = percentile(parts.total, 0.99);
  return {
    name: `admission, ${SENDS_PER_SECOND} sends/s`,
    figures: {
      "before the first token p50 / p99": spread(parts.total),
      "of it: asked at the send": spread(parts.asked),
      "of it: held": spread(parts.held),
      "of it: dispatched": spread(parts.dispatched),
    },
    verdict: { value, unit: "ms", limit: ADMISSION_P99_LIMIT_MS, goal: ADMISSION_P99_GOAL_MS, kind: "max" },
  };
}

/** Whole lives of holds with random use, inside the database. */
const SETTLE = `
DO $$
DECLARE
  payers uuid[] := '{PAYERS}';
  payer uuid;
  hold jsonb;
BEGIN
  FOR n IN 1..COUNT LOOP
    payer := payers[1 + n % array_length(payers, 1)];
    hold := reserve_hold(payer, jsonb_build_object('holdId', gen_random_uuid(), 'requestId', gen_random_uuid(),
      'userId', payer, 'purpose', 'bench', 'provider', 'ticker', 'model', 'MODEL', 'messages', 1, 'inputTokens', 1000,
      'expectedInputTokens', 500, 'outputTokens', 500, 'outputTokensMin', 256), now());
    PERFORM mark_dispatched(payer, (hold ->> 'holdId')::uuid, now());
    PERFORM settle_hold(payer, (hold ->> 'holdId')::uuid, jsonb_build_object('inputTokens', (random() * 1000)::int,
      'outputTokens', (random() * 520)::int, 'outcome', 'ok', 'source', 'provider_final'), now());
    IF n % 50 = 0 THEN COMMIT; END IF;
  END LOOP;
END $$`;

/** A hundred thousand settled calls: what they cost is what the ledger says, to the nano. Throws when it is not. */
async function sums(environment: BenchEnvironment, payers: Payer[]): Promise<Result> {
  const startedAt = performance.now();
  // Two connections, as there are cores; each has workspaces of its own.
  const halves = [payers.filter((_, n) => n % 2 === 0), payers.filter((_, n) => n % 2 === 1)];
  await Promise.all(
    halves.map(async (half) => {
      const client = new pg.Client({ connectionString: environment.superuserUrl });
      await client.connect();
      const ids = half.map(({ tenantId }) => tenantId).join(",");
      const count = String(SETTLED / halves.length);
      await client.query(
        SETTLE.replace("PAYERS", ids).replace("COUNT", count).replace("MODEL", TICKER_MODEL),
      );
      await client.end();
    }),
  );
  const seconds = (performance.now() - startedAt) / 1_000;
  const { rows } = await environment.query(
    `SELECT (SELECT count(*)::int FROM usage_events) AS events, (SELECT sum(cost_nano) FROM usage_events) AS cost,
            (SELECT -sum(amount_nano) FROM ledger_entries WHERE kind IN ('usage', 'late_adjust')) AS charged`,
  );
  const [{ events, cost, charged }] = rows as [{ events: number; cost: string; charged: string }];
  if (cost !== charged) throw new Error(`${events} calls cost ${cost}, the ledger says ${charged}`);
  const faults = await environment.query("SELECT * FROM wallet_faults()");
  if (faults.rows.length > 0) throw new Error(`the books do not agree: ${JSON.stringify(faults.rows[0])}`);
  return {
    name: "sums of the books",
    figures: {
      "settled calls": events.toLocaleString("en"),
      "their costs and the ledger's sum": `${cost} nano, the same`,
      "inside the database": rate(SETTLED / seconds),
    },
  };
}
