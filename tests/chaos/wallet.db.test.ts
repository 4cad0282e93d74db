// Money under fire: whole servers over one database, asked by hundreds at once, killed in the middle, robbed of Redis.

import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { findFreePort } from "../../scripts/processes";
import { startRedis } from "../../scripts/redis-server";
import { travel } from "../../server/platform/clock";
import { platformPool } from "../../server/platform/db";
import { isTerminal } from "../../server/runs/fold";
import { sweepHolds } from "../../server/wallet/holds";
import { listWalletFaults } from "../../server/wallet/reconciliation";
import { makeConversation } from "../factories/conversations";
import { makeRun, type TestRun, untilEnded } from "../factories/runs";
import { asSuperuser } from "../factories/superuser";
import { makeMember, type TestTenant } from "../factories/tenants";
import { accountOf, makePayingTenant } from "../factories/wallet";
import { type FakeProvider, startFakeProvider } from "../fake-provider";
import { type Browser, callUntilAnswered, followRun } from "./app-client";
import { bundleInstance, type Instance, removeBundle, startInstance } from "./instances";

const DOLLAR = 1_000_000_000n;
const SENDS = 200;
const MEMBERS = 4;
const FOLLOWED = 16;
const MINUTES_3 = 180_000;
const MODELS = [{ id: "fake-1", label: "Fake", contextTokens: 8_000, maxOutputTokens: 1_000 }];

let provider: FakeProvider;
let servers: (Instance | undefined)[] = [];
let tenant: TestTenant | undefined;

beforeAll(async () => {
  provider = await startFakeProvider(5);
  await bundleInstance("app");
}, 60_000);

beforeEach(() => {
  provider.calls.length = 0;
  provider.held = null;
  delete provider.promptTokens;
});

afterEach(async () => {
  await Promise.all(servers.map((server) => server?.kill("SIGKILL")));
  servers = [];
  travel(MINUTES_3);
  await sweepHolds();
  travel(0);
  if (tenant) expect(await listWalletFaults(tenant.id)).toEqual([]);
  tenant = undefined;
}, 30_000);

afterAll(async () => {
  await provider.close();
  await removeBundle("app");
});

async function startServer(settings: Record<string, string> = {}): Promise<Instance> {
  const environment = {
    LOG_LEVEL: "fatal",
    LOG_SINK: "stdout",
    PORT: String(await findFreePort()),
    HOST: "127.0.0.1",
    OPENAI_API_KEY: "test",
    OPENAI_BASE_URL: provider.url,
    MODELS: JSON.stringify(MODELS),
    RATE_LIMIT_SCALE: "1000",
    ...settings,
  };
  return startInstance(environment, "app");
}

function pickPort(): number | undefined {
  const up = servers.filter((server) => server !== undefined);
  return up[Math.floor(Math.random() * up.length)]?.port;
}

/** Writes down every state that an account is ever in. */
const RECORD_STATES = `
  CREATE TABLE account_states (tenant_id uuid, balance bigint, held bigint);
  CREATE FUNCTION record_state() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
  BEGIN
    INSERT INTO account_states VALUES (NEW.tenant_id, NEW.balance_nano, NEW.held_nano);
    RETURN NULL;
  END $$;
  CREATE TRIGGER record_state AFTER UPDATE ON reserve_accounts FOR EACH ROW EXECUTE FUNCTION record_state();`;

interface Send {
  browser: Browser;
  directive: string;
  input: { conversationId: string; text: string; clientMessageId: string };
  /** Null when the send was refused. */
  runId: string | null;
  reason: string;
}

async function browsersOf(of: TestTenant): Promise<{ browser: Browser; scope: TestTenant["scope"] }[]> {
  const members = await oneByOne(MEMBERS, () => makeMember(of));
  return members.map(({ cookie, scope }) => ({ browser: { cookie, slug: of.slug, pickPort }, scope }));
}

async function send(browser: Browser, input: Send["input"]): Promise<Send> {
  const answer = await callUntilAnswered(browser, "chat.send", input);
  const sent = { browser, input, directive: input.text };
  const body = answer.json() as {
    result?: { data: { runId: string } };
    error?: { data: { reason: string } };
  };
  if (body.result) return { ...sent, runId: body.result.data.runId, reason: "" };
  return { ...sent, runId: null, reason: `${answer.status} ${body.error?.data.reason}` };
}

interface EndedRun {
  id: string;
  status: string;
  reason: string | null;
  text: string;
  terminals: number;
  dispatched: number;
  settled: number;
}

const RUNS = `
  SELECT r.id, r.status, r.error_reason AS reason, m.content AS text,
         (SELECT count(*)::int FROM run_events e WHERE e.tenant_id = r.tenant_id AND e.run_id = r.id
           AND e.data ->> 'type' IN ('final', 'error')) AS terminals,
         (SELECT count(*)::int FROM holds h WHERE h.tenant_id = r.tenant_id AND h.run_id = r.id AND h.purpose = 'chat'
           AND h.state NOT IN ('reserved', 'released')) AS dispatched,
         (SELECT count(*)::int FROM usage_events u WHERE u.tenant_id = r.tenant_id AND u.run_id = r.id
           AND u.purpose = 'chat') AS settled
    FROM runs r JOIN messages m ON m.tenant_id = r.tenant_id AND m.id = r.assistant_message_id
   WHERE r.tenant_id = $1`;

async function runsOf(tenantId: string): Promise<EndedRun[]> {
  return (await platformPool().query<EndedRun>(RUNS, [tenantId])).rows;
}

async function untilAllEnded(tenantId: string): Promise<EndedRun[]> {
  const isOver = async () =>
    (await runsOf(tenantId)).every(({ status }) => !["queued", "running"].includes(status));
  await expect.poll(isOver, { timeout: 60_000, interval: 250 }).toBe(true);
  return runsOf(tenantId);
}

/** Kills the first server in the middle of it all, and starts it again. */
async function killFirst(): Promise<void> {
  while (provider.calls.length < 20) await wait(10);
  const [first] = servers;
  servers[0] = undefined;
  await first?.kill("SIGKILL");
  servers[0] = await startServer();
}

test("two hundred sends at once against one dollar, with aborts, a crash and retries, never hold and spend more than it", async () => {
  await asSuperuser(RECORD_STATES);
  provider.promptTokens = 4_000;
  const of = await makePayingTenant(DOLLAR);
  tenant = of;
  const people = await browsersOf(of);
  const inputs = await oneByOne(SENDS, async (index) => {
    const person = people[index % MEMBERS];
    if (!person) throw new Error("nobody sends");
    const conversationId = await makeConversation(person.scope);
    const text = `say ${20 + (index % 20)} words #send${index}`;
    return { ...person, input: { conversationId, text, clientMessageId: randomUUID() } };
  });
  servers = await Promise.all([startServer(), startServer()]);
  const killing = killFirst();
  const followed: Promise<unknown>[] = [];
  const sends = await Promise.all(
    inputs.map(async ({ browser, input }, index) => {
      const sent = await send(browser, input);
      const { runId } = sent;
      if (runId && index < FOLLOWED)
        followed.push(
          followRun(browser, runId).then((events) => {
            expect(events.filter(isTerminal)).toHaveLength(1);
          }),
        );
      if (runId && index % 10 === 9) await callUntilAnswered(browser, "chat.stop", { runId });
      return sent;
    }),
  );
  await killing;
  const runs = await untilAllEnded(of.id);
  await Promise.all(followed);
  await expectHonest(sends, runs);
  await expectNeverMore(of);
  await expectSameAgain(sends);
}, 400_000);

/** Every accepted send has one answer or an honest error; the provider heard of what was held for, and of nothing else. */
async function expectHonest(sends: Send[], runs: EndedRun[]): Promise<void> {
  const accepted = sends.filter(({ runId }) => runId !== null);
  expect(new Set(accepted.map(({ runId }) => runId))).toEqual(new Set(runs.map(({ id }) => id)));
  expect(accepted).toHaveLength(runs.length);
  const refused = sends.filter(({ runId }) => runId === null);
  expect(refused.filter(({ reason }) => reason !== "402 reserve_insufficient")).toEqual([]);
  for (const run of runs) {
    const label = JSON.stringify({ ...run, text: run.text.length });
    expect(run.terminals, label).toBe(1);
    expect(run.settled, label).toBe(run.dispatched);
    if (run.status === "error") expect(run.reason, label).toBe("reserve_insufficient");
    else expect(["complete", "stopped", "interrupted"], label).toContain(run.status);
    if (run.status === "complete") expect(run.text, label).not.toBe("");
  }
  expect(runs.filter(({ status }) => status === "complete").length).toBeGreaterThan(20);
  const dispatchedOf = new Map(runs.map(({ id, dispatched }) => [id, dispatched]));
  for (const { directive, runId } of sends) {
    const asked = answersAsked().filter((call) => call.directive === directive);
    expect(asked.length, directive).toBeLessThanOrEqual(runId ? (dispatchedOf.get(runId) ?? 0) : 0);
  }
}

/** At no instant was more held and spent than there was, and every charge is explained by what was used. */
async function expectNeverMore({ id }: TestTenant): Promise<void> {
  const { rows: states } = await asSuperuser(
    `SELECT count(*)::int > 100 AS "areMany", min(balance - held) >= 0 AS "isCovered", min(held) >= 0 AS "isSound"
       FROM account_states WHERE tenant_id = '${id}'`,
  );
  expect(states).toEqual([{ areMany: true, isCovered: true, isSound: true }]);
  travel(MINUTES_3);
  await sweepHolds();
  travel(0);
  // Titles are still being asked for: their holds come and go for a while. One that was swept under its call's hands is
  // charged up to its checkpoint, and by one correction afterwards.
  const books = async () => {
    const { rows } = await platformPool().query<Record<"held" | "unexplained" | "repeated", string>>(
      `SELECT a.held_nano::text AS held, count(u.id) - count(DISTINCT u.request_key) AS repeated,
              ($2::bigint - a.balance_nano - coalesce(sum(CASE WHEN u.source = 'checkpoint' THEN c.charged ELSE u.charged_nano END), 0))::text
                AS unexplained
         FROM reserve_accounts a
         LEFT JOIN usage_events u ON u.tenant_id = a.tenant_id
         LEFT JOIN LATERAL (SELECT coalesce(-sum(l.amount_nano), 0) AS charged FROM ledger_entries l
                             WHERE l.tenant_id = u.tenant_id AND l.source_ref = u.id::text) c ON true
        WHERE a.tenant_id = $1 GROUP BY a.held_nano, a.balance_nano`,
      [id, DOLLAR],
    );
    return rows[0];
  };
  await expect
    .poll(books, { timeout: 60_000, interval: 250 })
    .toEqual({ held: "0", unexplained: "0", repeated: "0" });
}

/** Sent once more, each accepted message has its first answer, and nobody is asked for another. */
async function expectSameAgain(sends: Send[]): Promise<void> {
  const before = answersAsked().length;
  const accepted = sends.filter(({ runId }) => runId !== null).slice(0, 30);
  const again = await Promise.all(accepted.map(({ browser, input }) => send(browser, input)));
  expect(again.map(({ runId }) => runId)).toEqual(accepted.map(({ runId }) => runId));
  expect(answersAsked()).toHaveLength(before);
}

/** What the provider was asked besides titles, which are asked for without tools. */
const answersAsked = () => provider.calls.filter(({ tools }) => tools.length > 0);

async function countHolds(of: TestTenant, state: string): Promise<number> {
  const { rows } = await platformPool().query<{ count: number }>(
    "SELECT count(*)::int FROM holds WHERE tenant_id = $1 AND purpose = 'chat' AND state = $2::hold_state",
    [of.id, state],
  );
  return rows[0]?.count ?? 0;
}

async function makeRuns({ scope }: TestTenant, count: number): Promise<TestRun[]> {
  return oneByOne(count, () => makeRun(scope, "say 5 words"));
}

async function oneByOne<T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  while (made.length < count) made.push(await make(made.length));
  return made;
}

test("sixty-four answers in three processes that cross the threshold at once are told of once, by one mail", async () => {
  const low = 5n * DOLLAR;
  const of = await makePayingTenant(low);
  tenant = of;
  servers = await Promise.all([startServer(), startServer(), startServer()]);
  const release = provider.holdAfter(3);
  const runs = await makeRuns(of, 64);
  await expect.poll(() => answersAsked().length, { timeout: 90_000 }).toBe(64);
  release();
  for (const run of runs) await untilEnded(of.scope, run);
  const alarms = "SELECT kind, threshold FROM spend_alarms WHERE tenant_id = $1";
  expect((await platformPool().query(alarms, [of.id])).rows).toEqual([{ kind: "low_balance", threshold: 0 }]);
  const mails = async () =>
    (await platformPool().query("SELECT 1 FROM outgoing_mail WHERE dedupe_key LIKE $1", [`alarm:${of.id}:%`]))
      .rowCount;
  await expect.poll(mails).toBe(1);
  // Nothing else waits to be told.
  const jobs = `SELECT 1 FROM graphile_worker.jobs WHERE task_identifier = 'wallet.alarm'`;
  await expect.poll(async () => (await asSuperuser(jobs)).rowCount).toBe(0);
  expect(await mails()).toBe(1);
}, 240_000);

test("with Redis flushed and then away, admission is exact and nothing is lost or charged twice", async (context) => {
  const redis = await startRedis();
  if (!redis) return context.skip("no redis-server here");
  const of = await makePayingTenant(DOLLAR);
  tenant = of;
  servers = await Promise.all([0, 1].map(() => startServer({ REDIS_URL: redis.url })));
  const release = provider.holdAfter(3);
  const [first] = await makeRuns(of, 1);
  if (!first) throw new Error("no run was made");
  await expect.poll(() => answersAsked().length).toBe(1);
  // One such call is held for now: nine more, and not half of an eleventh.
  const { held } = await accountOf(of.scope.tenantId);
  await emptyTo(of, held * 10n + held / 10n);
  const client = new Redis(redis.url);
  await client.flushall();
  client.disconnect();
  await redis.stop();
  const rest = await makeRuns(of, 29);
  await expect.poll(() => answersAsked().length, { timeout: 90_000 }).toBe(10);
  const refused = async () =>
    (await runsOf(of.id)).filter(({ reason }) => reason === "reserve_insufficient").length;
  await expect.poll(refused, { timeout: 90_000 }).toBe(20);
  expect(await countHolds(of, "dispatched")).toBe(10);
  release();
  for (const run of [first, ...rest]) await untilEnded(of.scope, run);
  expect(answersAsked()).toHaveLength(10);
  expect(await countHolds(of, "settled")).toBe(10);
}, 240_000);

/** Brings a balance to this much. */
async function emptyTo({ id, scope }: TestTenant, wanted: bigint): Promise<void> {
  const { balance } = await accountOf(scope.tenantId);
  const entry = { kind: "adjustment", amountNano: String(wanted - balance), sourceRef: randomUUID() };
  await platformPool().query("SELECT book_reserve($1, $2::jsonb, now())", [id, JSON.stringify(entry)]);
}
