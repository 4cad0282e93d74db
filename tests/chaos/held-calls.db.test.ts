// The life of a hold, and kill -9 at each of its steps. Row locks of the test stop an instance where it is to be killed;
// what is found is swept with the clock advanced, taken over by another instance, and compared with what the provider says
// it has served.

import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { travel } from "../../server/platform/clock";
import { platformPool } from "../../server/platform/db";
import { estimateTokens } from "../../server/platform/tokens";
import { sweepHolds } from "../../server/wallet/holds";
import { listWalletFaults } from "../../server/wallet/reconciliation";
import { makeRun, type TestRun, untilEnded } from "../factories/runs";
import type { TestTenant } from "../factories/tenants";
import { accountOf, makePayingTenant } from "../factories/wallet";
import { type FakeProvider, startFakeProvider } from "../fake-provider";
import { bundleInstance, type Instance, removeBundle, startInstance } from "./instances";

const DOLLAR = 1_000_000_000n;
/** Of `fake-1`, for one token. */
const PRICE = { input: 2_000n, output: 8_000n };
const MINUTES_3 = 180_000;

// Each test starts an instance or two, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

let provider: FakeProvider;
let environment: Record<string, string>;
let tenant: TestTenant;
let instance: Instance | undefined;

beforeAll(async () => {
  provider = await startFakeProvider(5);
  environment = {
    LOG_LEVEL: "fatal",
    LOG_SINK: "stdout",
    CHAOS_PROVIDER_URL: provider.url,
    CHAOS_NOTES_URL: provider.url,
  };
  await bundleInstance();
}, 60_000);

beforeEach(async () => {
  provider.calls.length = 0;
  tenant = await makePayingTenant(DOLLAR);
});

// Whatever was killed and whoever repaired it: the books are in order.
afterEach(async () => {
  await instance?.kill("SIGKILL");
  instance = undefined;
  travel(0);
  expect(await listWalletFaults(tenant.id)).toEqual([]);
});

afterAll(async () => {
  await provider.close();
  await removeBundle();
});

/** Holds rows as another transaction would, until it lets go. */
class Barrier {
  private constructor(private readonly client: pg.Client) {}

  static async before(table: "reserve_accounts" | "runs" | "conversations", id: string): Promise<Barrier> {
    const client = new pg.Client({ connectionString: process.env["TEST_SUPERUSER_URL"] });
    await client.connect();
    await client.query("BEGIN");
    const key = table === "reserve_accounts" ? "tenant_id" : "id";
    await client.query(`SELECT 1 FROM ${table} WHERE ${key} = $1 FOR NO KEY UPDATE`, [id]);
    return new Barrier(client);
  }

  async release(): Promise<void> {
    await this.client.end();
  }
}

// Only the superuser sees what others wait for.
async function asSuperuser(sql: string, values: unknown[]): Promise<number> {
  const client = new pg.Client({ connectionString: process.env["TEST_SUPERUSER_URL"] });
  await client.connect();
  try {
    return (await client.query(sql, values)).rowCount ?? 0;
  } finally {
    await client.end();
  }
}

const WAITING = `FROM pg_stat_activity
  WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%' || $1 || '%'`;

/** Waits until a statement of the instance stands before a barrier. */
async function untilWaiting(statement: string): Promise<void> {
  await expect.poll(() => asSuperuser(`SELECT pid ${WAITING}`, [statement])).toBeGreaterThan(0);
}

/** Kills the instance; what it has sent and the database has not begun dies with it. */
async function kill(): Promise<void> {
  await instance?.kill("SIGKILL");
  instance = undefined;
  await asSuperuser(`SELECT pg_terminate_backend(pid) ${WAITING}`, [""]);
}

async function begin(directive: string): Promise<TestRun> {
  instance = await startInstance(environment);
  return makeRun(tenant.scope, directive);
}

interface HoldRow {
  id: string;
  state: string;
  progress: number;
  expected: number;
}

async function holdsOf(run: TestRun): Promise<HoldRow[]> {
  const { rows } = await platformPool().query<HoldRow>(
    `SELECT id, state, progress_tokens::int AS progress, expected_input_tokens::int AS expected
       FROM holds WHERE tenant_id = $1 AND run_id = $2 ORDER BY created_at`,
    [tenant.id, run.id],
  );
  return rows;
}

const statesOf = async (run: TestRun) => (await holdsOf(run)).map(({ state }) => state);

async function sweepLater(): Promise<void> {
  travel(MINUTES_3);
  await sweepHolds();
  travel(0);
}

/** Another instance takes the run over and brings it to its end; answers what the provider was asked for it in all. */
async function takenOver(run: TestRun): Promise<number> {
  instance = await startInstance(environment);
  const { run: ended, usage } = await untilEnded(tenant.scope, run);
  expect(ended.status).toBe("complete");
  const charged = usage.reduce((sum, { chargedNano }) => sum + (chargedNano ?? 0n), 0n);
  expect(await accountOf(tenant.scope.tenantId)).toMatchObject({ held: 0n, balance: DOLLAR - charged });
  return provider.calls.length;
}

test("killed before its hold is committed, a call has cost nothing, and is made once by the next owner", async () => {
  const barrier = await Barrier.before("reserve_accounts", tenant.id);
  const run = await begin("say 5 words");
  await untilWaiting("reserve_hold");
  await kill();
  await barrier.release();
  expect(await statesOf(run)).toEqual([]);
  expect(await takenOver(run)).toBe(1);
  expect(await accountOf(tenant.scope.tenantId)).toMatchObject({ entries: 1 });
});

test("killed between hold and dispatch, a call was never sent: the sweep gives all of it back", async () => {
  const admission = await Barrier.before("reserve_accounts", tenant.id);
  const run = await begin("say 5 words");
  await untilWaiting("reserve_hold");
  const dispatch = await Barrier.before("runs", run.id);
  await admission.release();
  await untilWaiting("dispatch_hold");
  await kill();
  await dispatch.release();
  expect(await statesOf(run)).toEqual(["reserved"]);
  await sweepLater();
  expect(await statesOf(run)).toEqual(["released"]);
  expect(await accountOf(tenant.scope.tenantId)).toEqual({ balance: DOLLAR, held: 0n, entries: 0 });
  expect(provider.calls).toEqual([]);
  expect(await takenOver(run)).toBe(1);
});

test("killed between dispatch and the provider, a call of which nothing was heard expires uncharged", async () => {
  const admission = await Barrier.before("reserve_accounts", tenant.id);
  const run = await begin("say 5 words");
  await untilWaiting("reserve_hold");
  const dispatch = await Barrier.before("runs", run.id);
  await admission.release();
  await untilWaiting("dispatch_hold");
  await instance?.kill("SIGKILL");
  // The statement was sent before its sender died: the database carries it out.
  await dispatch.release();
  await expect.poll(() => statesOf(run)).toEqual(["dispatched"]);
  await sweepLater();
  expect(await statesOf(run)).toEqual(["expired"]);
  expect(await accountOf(tenant.scope.tenantId)).toEqual({ balance: DOLLAR, held: 0n, entries: 0 });
  expect(provider.calls).toEqual([]);
  expect(await takenOver(run)).toBe(1);
});

/** Begins an answer that stops after so many words, and waits until that much of it is on record. */
async function beginAnswer(words: number): Promise<{ run: TestRun; release: () => void }> {
  const release = provider.holdAfter(words);
  const run = await begin("say 40 words");
  const shown = estimateTokens(wordsOf(words));
  await expect.poll(async () => (await holdsOf(run))[0]?.progress).toBe(shown);
  return { run, release };
}

/** As the stand-in speaks. */
function wordsOf(count: number): string {
  return Array.from({ length: count }, (_, index) => `word${index + 1}`).join(" ");
}

/** What a swept call is charged: its prompt as it was estimated, its answer as far as it was noted. */
function chargeOf(hold: HoldRow | undefined): bigint {
  return BigInt(hold?.expected ?? 0) * PRICE.input + BigInt(hold?.progress ?? 0) * PRICE.output;
}

test("killed while the answer comes, a call is charged up to its last checkpoint, and once", async () => {
  const { run, release } = await beginAnswer(20);
  await kill();
  release();
  await sweepLater();
  const [hold] = await holdsOf(run);
  expect(hold?.state).toBe("settled");
  // The twenty words that the provider served are paid for: nothing is lost.
  expect(hold?.progress).toBeGreaterThanOrEqual(20);
  const charged = chargeOf(hold);
  expect(await accountOf(tenant.scope.tenantId)).toEqual({ balance: DOLLAR - charged, held: 0n, entries: 1 });
  expect(await takenOver(run)).toBe(2);
  expect(await statesOf(run)).toEqual(["settled", "settled"]);
  expect(await accountOf(tenant.scope.tenantId)).toMatchObject({ entries: 2 });
});

test("killed between the provider's end and the settlement, a call is charged what was noted of it", async () => {
  const { run, release } = await beginAnswer(20);
  const settlement = await Barrier.before("runs", run.id);
  release();
  await expect.poll(() => provider.calls[0]?.isFinished).toBe(true);
  await untilWaiting("status = 'running'");
  await kill();
  await settlement.release();
  expect(await statesOf(run)).toEqual(["dispatched"]);
  await sweepLater();
  const [hold] = await holdsOf(run);
  expect(hold?.progress).toBeLessThanOrEqual(estimateTokens(wordsOf(40)));
  expect(await accountOf(tenant.scope.tenantId)).toMatchObject({
    balance: DOLLAR - chargeOf(hold),
    held: 0n,
  });
  expect(await takenOver(run)).toBe(2);
  expect(await accountOf(tenant.scope.tenantId)).toMatchObject({ entries: 2 });
});

test("killed after the settlement, a call is neither made nor charged again", async () => {
  const { run, release } = await beginAnswer(20);
  const ending = await Barrier.before("conversations", run.conversationId);
  release();
  await expect.poll(() => statesOf(run)).toEqual(["settled"]);
  const before = await accountOf(tenant.scope.tenantId);
  await kill();
  await ending.release();
  await sweepLater();
  expect(await takenOver(run)).toBe(1);
  expect(await accountOf(tenant.scope.tenantId)).toEqual(before);
});

test("an instance that stood still while its call was swept corrects the charge once, to the provider's numbers", async () => {
  environment["CHAOS_LEASE_MS"] = "90000";
  const { run, release } = await beginAnswer(20);
  delete environment["CHAOS_LEASE_MS"];
  instance?.signal("SIGSTOP");
  await sweepLater();
  const [hold] = await holdsOf(run);
  expect(hold?.state).toBe("settled");
  instance?.signal("SIGCONT");
  release();
  await untilEnded(tenant.scope, run);
  const [call] = provider.calls;
  const exact = BigInt(call?.messages.length ?? 0) * 10n * PRICE.input + 41n * PRICE.output;
  expect(await accountOf(tenant.scope.tenantId)).toEqual({ balance: DOLLAR - exact, held: 0n, entries: 1 });
  const { rows } = await platformPool().query(
    "SELECT amount_nano AS amount FROM ledger_entries WHERE tenant_id = $1 AND kind = 'late_adjust'",
    [tenant.id],
  );
  expect(rows).toEqual([{ amount: String(chargeOf(hold) - exact) }]);
});
