// Runs under fire: two instances over one database, killed at random, cut off from PostgreSQL and from Redis. Whatever
// happens, a run ends once, its stored text is what its events amount to and what a client was shown, a tool that must
// not run twice does not, and every model call is on record once. CHAOS_SEED repeats a schedule, as far as time allows.

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startRedis } from "../../scripts/redis-server";
import { makeRun, readRun, type TestRun, transcriptOf, untilEnded } from "../factories/runs";
import { makeTenant, type TestTenant } from "../factories/tenants";
import { type FakeProvider, startFakeProvider } from "../fake-provider";
import { bundleInstance, type Instance, removeBundle, startInstance } from "./instances";
import { pausedWitness, witness } from "./witness";

const seed = Number(process.env["CHAOS_SEED"] ?? Date.now() % 1_000_000);
const random = generator(seed);

// Longer than any test: a run that changes hands under it was handed over.
const LONG_LEASE = { CHAOS_LEASE_MS: "90000" };

// MESSAGES_MAX of server/platform/inbox.ts.
const INBOX_MESSAGES_MAX = 1_000;

let provider: FakeProvider;
let tenant: TestTenant;
let notesServer: Server;
let environment: Record<string, string>;
let extra: Record<string, string> = {};
let slots: (Instance | undefined)[] = [];
const notes = new Map<string, number>();

beforeAll(async () => {
  console.log(`chaos seed ${seed}`);
  provider = await startFakeProvider();
  notesServer = createServer((request, response) => {
    const text = new URL(request.url ?? "/", "http://notes").searchParams.get("text") ?? "";
    notes.set(text, (notes.get(text) ?? 0) + 1);
    response.end();
  });
  await new Promise<void>((resolve) => notesServer.listen(0, "127.0.0.1", resolve));
  environment = {
    LOG_LEVEL: "error",
    LOG_SINK: "stdout",
    CHAOS_PROVIDER_URL: provider.url,
    CHAOS_NOTES_URL: `http://127.0.0.1:${(notesServer.address() as AddressInfo).port}/`,
  };
  [tenant] = await Promise.all([makeTenant(), bundleInstance()]);
}, 60_000);

beforeEach(async () => {
  provider.paceMs = 12;
  provider.calls.length = 0;
});

afterAll(async () => {
  await stopInstances();
  await provider.close();
  await removeBundle();
  notesServer.close();
}, 120_000);

test("kill -9 at random points of 50 runs: each ends once, nothing is lost, nothing is done twice", async () => {
  await startInstances();
  const killing = new AbortController();
  const kills = killAtRandom(killing.signal);
  const queue = Array.from({ length: 50 }, (_, index) => directiveOf(index));
  const workers = Array.from({ length: 6 }, async () => {
    const proven: TestedRun[] = [];
    for (let directive = queue.shift(); directive; directive = queue.shift())
      proven.push(await prove(directive, ENDINGS_UNDER_FIRE));
    return proven;
  });
  const outcomes = await Promise.allSettled(workers);
  killing.abort();
  const count = await kills;
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  const runs = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? outcome.value : []));
  const takenOver = runs.filter(({ fence }) => fence > 1);
  const complete = runs.filter(({ status }) => status === "complete");
  const toolsRun = runs.filter(({ hasRunTool }) => hasRunTool);
  console.log(
    `${count} kills; of 50 runs ${takenOver.length} taken over, ${complete.length} complete, ${toolsRun.length} with their tool run`,
  );
  expect(count).toBeGreaterThan(4);
  expect(takenOver.length).toBeGreaterThan(0);
  expect(complete.length).toBeGreaterThanOrEqual(25);
  expect(toolsRun.length).toBeGreaterThanOrEqual(3);
}, 400_000);

test("SIGTERM hands runs over at once, long before their lease runs out", async () => {
  await startInstances(LONG_LEASE);
  provider.paceMs = 30;
  const run = await makeRun(tenant.scope, "say 200 words #handover");
  const shown = witness(tenant.scope, run.id, { pick });
  await expect.poll(async () => (await readRun(tenant.scope, run)).ids.length).toBeGreaterThan(3);
  await Promise.all([replace(0, "SIGTERM"), replace(1, "SIGTERM")]);
  const state = await untilEnded(tenant.scope, run);
  expect(state.run).toMatchObject({ status: "complete" });
  expect(state.run.fence).toBeGreaterThan(1);
  expect(transcriptOf(await shown).text).toBe(state.message.content);
}, 120_000);

test("cut database connections delay runs but do not harm them", async () => {
  await startInstances(LONG_LEASE);
  const directives = Array.from({ length: 8 }, (_, index) => directiveOf(index, "cut"));
  const started = await Promise.all(directives.map((directive) => start(directive)));
  const runs = started.map((run) => proveStarted(run));
  const cuts = (async () => {
    for (let round = 0; round < 6; round += 1) {
      await wait(300);
      await cutConnections();
    }
  })();
  await Promise.all([cuts, ...runs]);
}, 180_000);

test("Redis that stops and starts again loses nothing", async (context) => {
  const redis = await startRedis();
  if (!redis) return context.skip("no redis-server here");
  await startInstances({ ...LONG_LEASE, REDIS_URL: redis.url, STREAM_REDIS_URL: redis.url });
  provider.paceMs = 25;
  const runs = Array.from({ length: 4 }, (_, index) => prove(`say 80 words #redis${index}`));
  await wait(800);
  await redis.stop();
  await wait(1_500);
  const again = await startRedis(Number(new URL(redis.url).port));
  await Promise.all([...runs, prove(`say 40 words #redis-again`)]);
  await again?.stop();
}, 180_000);

test("a client that stops reading is shown every event in order once it reads on", async () => {
  await startInstances(LONG_LEASE);
  provider.paceMs = 0;
  const release = provider.holdAfter(5);
  const run = await makeRun(tenant.scope, "say 6000 words #slow");
  const [instance] = slots;
  if (!instance) throw new Error("no instance is up");
  const client = await pausedWitness(tenant.scope, run.id, instance);
  await expect.poll(() => client.written()).toBeGreaterThan(4);
  release();
  const state = await untilEnded(tenant.scope, run);
  // What was published and not written is more than its inbox keeps, so that it had to be dropped and read again.
  expect(state.ids.length - (await client.written())).toBeGreaterThan(INBOX_MESSAGES_MAX + 500);
  const shown = await client.readAll();
  expect(shown.map(({ id }) => id)).toEqual(state.ids);
  expect(transcriptOf(shown).text).toBe(state.message.content);
}, 120_000);

// A run that loses one owner after the other is given up, with what was shown kept; nothing else may go wrong.
const ENDINGS_UNDER_FIRE = ["complete", "interrupted"];

type RunState = Awaited<ReturnType<typeof readRun>>;

interface TestedRun {
  fence: number;
  status: string;
  hasRunTool: boolean;
}

/** Starts a run, watches it to its end and checks everything that must hold of any run. */
async function prove(directive: string, endings?: string[]): Promise<TestedRun> {
  return proveStarted(await start(directive), endings);
}

interface StartedRun {
  run: TestRun;
  directive: string;
}

async function start(directive: string): Promise<StartedRun> {
  return { run: await makeRun(tenant.scope, directive), directive };
}

async function proveStarted(
  { run, directive }: StartedRun,
  expected: string[] = ["complete"],
): Promise<TestedRun> {
  const shown = await witness(tenant.scope, run.id, { pick });
  const state = await persist(() => untilEnded(tenant.scope, run, 90_000));
  const label = `seed ${seed}, ${directive}, fence ${state.run.fence}, ${state.run.status} ${state.run.errorReason ?? ""}`;
  expect(expected, label).toContain(state.run.status);
  const endings = state.events.filter(({ type }) => type === "final" || type === "error");
  expect(endings, label).toHaveLength(1);
  expect(state.events.at(-1), label).toBe(endings[0]);
  expect(state.message.content, label).toBe(state.folded.text);
  expect(state.message.activity, label).toEqual(state.folded.activity);
  expect(transcriptOf(shown).text, label).toBe(state.message.content);
  expect(
    shown.filter(({ event }) => event.type === "final" || event.type === "error"),
    label,
  ).toHaveLength(1);
  expectNoGaps(state.ids, label);
  const hasRunTool = proveTool(directive, state, label);
  const calls = state.steps.filter((step) => step.kind === "model");
  const keys = calls.map((step) => `${run.id}/${step.key}/${step.fence}`).sort();
  expect(state.usage.map((row) => row.requestKey).sort(), label).toEqual(keys);
  const asked = provider.calls.filter((call) => call.directive === directive).length;
  expect(asked, label).toBeLessThanOrEqual(keys.length);
  return { fence: state.run.fence, status: state.run.status, hasRunTool };
}

/** The tool ran once when the journal says that it ran, at most once when its owner died over it; answers which. */
function proveTool(directive: string, state: RunState, label: string): boolean {
  const token = /#[\w-]+/.exec(directive)?.[0] ?? "";
  const asked = directive.startsWith("tool ") ? 1 : 0;
  const runs = notes.get(token) ?? 0;
  const steps = state.steps.filter((step) => step.kind === "tool" && step.status === "finished");
  if (state.run.status === "complete") expect(steps, label).toHaveLength(asked);
  const hasRun = steps.some((step) => (step.output as { isFailure?: boolean } | null)?.isFailure === false);
  if (hasRun) expect(runs, label).toBe(1);
  expect(runs, label).toBeLessThanOrEqual(asked);
  return hasRun;
}

// The database may be away for a moment, for the test's own reading too.
async function persist<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries > 20) throw error;
      await wait(100);
    }
  }
}

function expectNoGaps(ids: string[], label: string): void {
  for (const fence of new Set(ids.map((id) => id.split("-")[0]))) {
    const own = ids.filter((id) => id.startsWith(`${fence}-`));
    expect(own, label).toEqual(own.map((_, index) => `${fence}-${index + 1}`));
  }
}

function directiveOf(index: number, mark = "kill"): string {
  const token = `#${mark}${index}-${seed}`;
  const kinds = [
    `say ${30 + Math.floor(random() * 60)} words ${token}`,
    `tool note {"text":"${token}"}`,
    `hand over code_assistant ${token}`,
    `fail 503 1 ${token}`,
  ];
  return kinds[index % kinds.length] ?? "say 10 words";
}

async function startInstances(settings: Record<string, string> = {}): Promise<void> {
  await stopInstances();
  extra = settings;
  slots = await Promise.all([0, 1].map(() => startInstance({ ...environment, ...extra })));
}

async function stopInstances(): Promise<void> {
  await Promise.all(slots.map((instance) => instance?.kill("SIGKILL")));
  slots = [];
}

async function replace(slot: number, signal: NodeJS.Signals): Promise<void> {
  const instance = slots[slot];
  slots[slot] = undefined;
  await instance?.kill(signal);
  slots[slot] = await startInstance({ ...environment, ...extra });
}

async function killAtRandom(signal: AbortSignal): Promise<number> {
  for (let count = 0; ; count += 1) {
    await wait(100 + random() * 500);
    if (signal.aborted) return count;
    await replace(random() < 0.5 ? 0 : 1, "SIGKILL");
  }
}

function pick(): Instance | undefined {
  const running = slots.filter((instance) => instance !== undefined);
  return running[Math.floor(Math.random() * running.length)];
}

async function cutConnections(): Promise<void> {
  const client = new pg.Client({ connectionString: process.env["TEST_SUPERUSER_URL"] });
  await client.connect();
  await client.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
  );
  await client.end();
}

// mulberry32: small, good enough, and the same everywhere.
function generator(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
