// Runs over a real database and a provider spoken to over real HTTP.

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { countingTool, makeRun, readRun, untilEnded } from "../../tests/factories/runs";
import { makeTenant, type TestTenant } from "../../tests/factories/tenants";
import { type FakeProvider, startFakeProvider } from "../../tests/fake-provider";
import { keepAnswer } from "../chat/answers";
import { listMessages } from "../chat/messages";
import { travel } from "../platform/clock";
import { publish } from "../platform/events";
import { logger } from "../platform/logger";
import { replaceLlm } from "../platform/model";
import { openAiProvider } from "../platform/model-openai";
import { withTenant } from "../platform/tenant-db";
import { estimateTokens } from "../platform/tokens";
import { handOverRuns, startRunDispatcher } from "./dispatcher";
import { emptyTranscript, foldEvents } from "./fold";
import { controlChannel } from "./stream/channel";
import { runEvents } from "./stream/events";
import { sweepRunsJob } from "./sweep";

const MODELS = [
  { id: "fake-1", label: "Fake", contextTokens: 8_000, maxOutputTokens: 1_000 },
  { id: "fake-small", label: "Small", contextTokens: 700, maxOutputTokens: 100 },
];

let provider: FakeProvider;
let tenant: TestTenant;
let notes: string[] = [];

const dispatch = (options: { usageWaitMs?: number } = {}) =>
  startRunDispatcher({
    ...options,
    // Longer than any stall of a busy machine: a run changes hands where a test says so, and nowhere else.
    leaseMs: 60_000,
    renewMs: 400,
    pollMs: 200,
    tools: [countingTool((text) => void notes.push(text))],
    searchOwnConversations: async () => [],
    keepAnswer,
  });

/** The provider, given up when it is silent for this long. */
function waitForProvider(patienceMs: number): void {
  const timeouts = { firstByteMs: patienceMs, idleMs: patienceMs };
  replaceLlm(openAiProvider({ apiKey: "test", baseUrl: provider.url, models: MODELS, timeouts }));
}

beforeAll(async () => {
  provider = await startFakeProvider();
  tenant = await makeTenant();
  await dispatch();
});

beforeEach(() => {
  notes = [];
  provider.calls.length = 0;
  provider.paceMs = 2;
  provider.tellsUsage = true;
  waitForProvider(30_000);
});

afterAll(async () => {
  await handOverRuns();
  await provider.close();
  replaceLlm();
});

test("an answer is stored as the fold of its events, with one terminal event and one usage event", async () => {
  const run = await makeRun(tenant.scope, "say 40 words");
  const { message, folded, usage, ids, conversation } = await untilEnded(tenant.scope, run);
  expect(message.content).toBe(Array.from({ length: 40 }, (_, index) => `word${index + 1}`).join(" "));
  expect(folded.text).toBe(message.content);
  expect(folded.terminal).toEqual({ type: "final", messageId: run.assistantMessageId, status: "complete" });
  expect(ids).toEqual(ids.map((_, index) => `1-${index + 1}`));
  expect(usage).toMatchObject([
    { outcome: "ok", source: "provider_final", outputTokens: 41, cachedInputTokens: 4, reasoningTokens: 1 },
  ]);
  expect(message).toMatchObject({ status: "complete", outputTokens: 41, agent: "triage" });
  expect(conversation.outputTokens).toBe(41n);
});

test("a tool runs once, and its call and answer are shown", async () => {
  const run = await makeRun(tenant.scope, 'tool note {"text":"milk","apiKey":"sk-1"}');
  const { message, folded, usage, steps } = await untilEnded(tenant.scope, run);
  expect(notes).toEqual(["milk"]);
  expect(message.activity).toMatchObject([
    { kind: "tool", name: "note", phase: "finished", arguments: '{"text":"milk","apiKey":"[redacted]"}' },
  ]);
  expect(folded.activity).toEqual(message.activity);
  expect(usage).toHaveLength(2);
  expect(steps.map((step) => step.status)).toEqual(["finished", "finished", "finished"]);
});

test("three calls in one step all run", async () => {
  const run = await makeRun(tenant.scope, "tools note 3");
  await untilEnded(tenant.scope, run);
  expect(notes.sort()).toEqual(["0", "1", "2"]);
});

test("a handover changes who speaks and is counted", async () => {
  const run = await makeRun(tenant.scope, "hand over code_assistant");
  const { message, conversation, folded, run: ended } = await untilEnded(tenant.scope, run);
  expect(message.agent).toBe("code-assistant");
  expect(conversation).toMatchObject({ activeAgent: "code-assistant", handoffCount: 1 });
  expect(ended.handoffCount).toBe(1);
  expect(folded.activity).toMatchObject([{ kind: "agent", agent: "code-assistant", offset: 0 }]);
});

test("a model that calls tools for ever is ended by the step limit", async () => {
  const run = await makeRun(tenant.scope, "loop note");
  const { message, folded, usage } = await untilEnded(tenant.scope, run);
  expect(message).toMatchObject({ status: "error", errorReason: "step_limit" });
  expect(folded.terminal).toMatchObject({ type: "error", reason: "step_limit" });
  expect(usage).toHaveLength(12);
  expect(provider.calls.at(-1)?.tools).toEqual([]);
});

test.each([
  ["fail 429 99", "provider_rate_limited", 3],
  ["fail 500 99", "provider_unavailable", 3],
  ["fail 401 99", "provider_refused", 1],
  ["fail 400 99", "provider_rejected", 1],
  ["crowd 10", "prompt_too_long", 1],
  ["hang", "provider_timeout", 3],
  ["stall 5", "provider_timeout", 1],
  ["cut 5", "provider_disconnected", 1],
  ["end 5", "provider_disconnected", 1],
])("%s ends in one error event: %s", async (directive, reason, calls) => {
  if (reason === "provider_timeout") waitForProvider(700);
  const run = await makeRun(tenant.scope, directive);
  const { message, events, usage } = await untilEnded(tenant.scope, run);
  expect(message).toMatchObject({ status: "error", errorReason: reason });
  expect(events.filter((event) => event.type === "error" || event.type === "final")).toHaveLength(1);
  expect(provider.calls).toHaveLength(calls);
  expect(usage.map(({ outcome, source }) => [outcome, source])).toEqual(
    Array.from({ length: calls }, () => ["error", "estimate"]),
  );
  expect(message.content).toBe(
    calls === 1 && reason.match(/timeout|disconnected/) ? "word1 word2 word3 word4 word5" : "",
  );
});

test("a call that fails before the first word is retried and succeeds", async () => {
  const run = await makeRun(tenant.scope, "fail 503 2");
  const { message, usage, steps } = await untilEnded(tenant.scope, run);
  expect(message).toMatchObject({ status: "complete", outputTokens: 31 });
  // Each attempt is a call on record; what failed costs nothing and is no message.
  expect(usage.map((row) => row.requestKey.replace(`${run.id}/`, ""))).toEqual([
    "m:0/1",
    "m:0.2/1",
    "m:0.3/1",
  ]);
  expect(usage.map(({ outcome, messages }) => [outcome, messages])).toEqual([
    ["error", 0],
    ["error", 0],
    ["ok", 1],
  ]);
  expect(usage.map(({ inputTokens, costNano }) => inputTokens > 0 && costNano !== 0n)).toEqual([
    false,
    false,
    true,
  ]);
  expect(steps.map(({ status }) => status)).toEqual(["abandoned", "abandoned", "finished"]);
});

test("usage that the provider never tells is estimated and marked", async () => {
  const run = await makeRun(tenant.scope, "no usage 10");
  const { usage } = await untilEnded(tenant.scope, run);
  expect(usage).toMatchObject([{ outcome: "ok", source: "estimate" }]);
  expect(usage[0]?.outputTokens).toBeGreaterThan(5);
});

test("a step that only calls a tool is estimated by the call when its usage is never told", async () => {
  provider.tellsUsage = false;
  const text = "milk and honey ".repeat(40);
  const run = await makeRun(tenant.scope, `tool note ${JSON.stringify({ text })}`);
  const { usage, events } = await untilEnded(tenant.scope, run);
  expect(usage.map(({ source }) => source)).toEqual(["estimate", "estimate"]);
  expect(usage[0]?.outputTokens).toBe(estimateTokens(`note${JSON.stringify({ text })}`));
  expect(events.find(({ type }) => type === "usage")).toMatchObject({
    outputTokens: usage[0]?.outputTokens,
    isEstimate: true,
  });
});

async function stop(runId: string): Promise<void> {
  await withTenant(tenant.scope, (db) =>
    db.run.updateMany({ where: { tenantId: tenant.id, id: runId }, data: { stopRequestedAt: new Date() } }),
  );
}

test("stopping keeps the text, and the aborted call is recorded", async () => {
  const release = provider.holdAfter(8);
  const run = await makeRun(tenant.scope, "say 400 words");
  await expect.poll(async () => (await readRun(tenant.scope, run)).folded.text.length).toBeGreaterThan(30);
  await stop(run.id);
  publish(controlChannel(run.id), "stop");
  const { message, folded, usage } = await untilEnded(tenant.scope, run);
  release();
  expect(message.status).toBe("stopped");
  expect(message.content).toBe(folded.text);
  expect(message.content.split(" ")).toHaveLength(8);
  expect(usage).toMatchObject([{ outcome: "aborted", source: "estimate" }]);
});

test("a stop that only the database knows is seen at the next group of events", async () => {
  provider.paceMs = 15;
  const run = await makeRun(tenant.scope, "say 3000 words");
  await expect.poll(async () => (await readRun(tenant.scope, run)).folded.text.length).toBeGreaterThan(30);
  await stop(run.id);
  const { message } = await untilEnded(tenant.scope, run);
  expect(message.status).toBe("stopped");
});

test("a call that ends soon after the stop tells its real usage", async () => {
  await handOverRuns();
  await dispatch({ usageWaitMs: 30_000 });
  const release = provider.holdAfter(8);
  const run = await makeRun(tenant.scope, "say 40 words");
  await expect.poll(async () => (await readRun(tenant.scope, run)).folded.text.length).toBeGreaterThan(30);
  await stop(run.id);
  publish(controlChannel(run.id), "stop");
  release();
  const { usage, message } = await untilEnded(tenant.scope, run);
  expect(message.status).toBe("stopped");
  expect(usage).toMatchObject([{ outcome: "aborted", source: "provider_final", outputTokens: 41 }]);
  await handOverRuns();
  await dispatch();
});

test("a continued answer keeps its text and its stream begins with it", async () => {
  const run = await makeRun(tenant.scope, "say 3 words", { partial: "Once upon a " });
  const { message, events, folded } = await untilEnded(tenant.scope, run);
  expect(events[0]).toMatchObject({ type: "reset", text: "Once upon a " });
  expect(message.content).toMatch(/^Once upon a word1/);
  expect(folded.text).toBe(message.content);
  expect(provider.calls[0]?.messages.map((entry) => entry.role)).toEqual([
    "system",
    "user",
    "assistant",
    "user",
  ]);
});

test("a conversation longer than the context is trimmed from its oldest turns, and says so", async () => {
  const history = Array.from({ length: 8 }, (_, index) => `turn ${index} ${"x".repeat(400)}`);
  const run = await makeRun(tenant.scope, "say 3 words", { model: "fake-small", history });
  const { message } = await untilEnded(tenant.scope, run);
  expect(message.isTrimmed).toBe(true);
  const sent = provider.calls[0]?.messages ?? [];
  expect(sent.length).toBeLessThan(8);
  expect(sent[1]?.role).toBe("user");
});

test("a prompt that the provider finds too long is halved and sent again, and later steps send no more", async () => {
  const history = Array.from({ length: 8 }, (_, index) => `turn ${index} ${"x".repeat(500)}`);
  const run = await makeRun(tenant.scope, 'crowd 4000 tool note {"text":"short"}', { history });
  const { message, usage } = await untilEnded(tenant.scope, run);
  expect(message).toMatchObject({ status: "complete", isTrimmed: true });
  expect(notes).toEqual(["short"]);
  const [whole, ...shortened] = provider.calls.map(({ messages }) => messages);
  expect(whole).toHaveLength(10);
  expect(shortened.map((messages) => messages[1]?.role)).toEqual(["user", "user"]);
  expect(shortened[0]?.length).toBeLessThan(10);
  expect(shortened[1]).toHaveLength((shortened[0]?.length ?? 0) + 2);
  expect(usage.map(({ outcome }) => outcome)).toEqual(["error", "ok", "ok"]);
});

test("a hand-over lets another owner finish: reset first, finished tools are not run again", async () => {
  const release = provider.holdAfter(5);
  const run = await makeRun(tenant.scope, 'tool note {"text":"once"}');
  await expect.poll(async () => (await readRun(tenant.scope, run)).folded.text.length).toBeGreaterThan(5);
  await handOverRuns();
  release();
  const between = await readRun(tenant.scope, run);
  expect(between.run).toMatchObject({ status: "running", leaseOwner: null });
  await dispatch();
  const { message, folded, events, ids, usage } = await untilEnded(tenant.scope, run);
  expect(notes).toEqual(["once"]);
  expect(message.status).toBe("complete");
  expect(folded.text).toBe(message.content);
  expect(events[ids.indexOf("2-1")]).toMatchObject({ type: "reset" });
  expect(usage.map((row) => [row.requestKey.replace(`${run.id}/`, ""), row.outcome])).toEqual([
    ["m:0/1", "ok"],
    ["m:1/1", "aborted"],
    ["m:1/2", "ok"],
  ]);
});

test("an owner that lost its run writes nothing more", async () => {
  const release = provider.holdAfter(6);
  const run = await makeRun(tenant.scope, "say 60 words");
  await expect.poll(async () => (await readRun(tenant.scope, run)).folded.text.length).toBeGreaterThan(20);
  await withTenant(tenant.scope, (db) =>
    db.run.updateMany({
      where: { tenantId: tenant.id, id: run.id },
      data: { fence: { increment: 1 }, leaseOwner: "another", leaseExpiresAt: new Date(Date.now() + 1_000) },
    }),
  );
  release();
  const { run: ended, ids, folded, message } = await untilEnded(tenant.scope, run);
  expect(ended.fence).toBe(3);
  expect(ids.filter((id) => id.startsWith("2-"))).toEqual([]);
  expect(folded.text).toBe(message.content);
});

async function watch(runId: string, lastEventId?: string) {
  const received = [];
  const signal = AbortSignal.timeout(45_000);
  for await (const tracked of runEvents(tenant.scope, runId, lastEventId, signal)) received.push(tracked);
  return received;
}

const textOf = (tracked: Awaited<ReturnType<typeof watch>>) =>
  foldEvents(
    tracked.map(({ event }) => event),
    emptyTranscript(),
  ).text;

test("early, late, resumed and repeated subscribers end with the same text and one terminal event", async () => {
  provider.paceMs = 5;
  const run = await makeRun(tenant.scope, "say 80 words");
  const early = watch(run.id);
  await expect.poll(async () => (await readRun(tenant.scope, run)).ids.length).toBeGreaterThan(20);
  const late = watch(run.id);
  const resumed = watch(run.id, "1-10");
  const { message, ids } = await untilEnded(tenant.scope, run);
  expect((await early).map(({ id }) => id)).toEqual(ids);
  expect((await late).map(({ id }) => id)).toEqual(ids);
  expect((await resumed).map(({ id }) => id)).toEqual(ids.slice(10));
  expect(textOf(await early)).toBe(message.content);
  expect((await watch(run.id)).map(({ id }) => id)).toEqual(ids);
  expect(await watch(run.id, ids.at(-1))).toEqual([]);
});

test("a page that loads in mid-answer has the text so far", async () => {
  const release = provider.holdAfter(8);
  const run = await makeRun(tenant.scope, "say 60 words");
  await withTenant(tenant.scope, (db) =>
    db.conversation.update({
      where: { tenantId_id: { tenantId: tenant.id, id: run.conversationId } },
      data: { activeLeafId: run.assistantMessageId },
    }),
  );
  await expect.poll(async () => (await readRun(tenant.scope, run)).folded.text.length).toBeGreaterThan(30);
  const page = await listMessages(tenant.scope, { conversationId: run.conversationId, limit: 10 });
  expect(page.items[0]).toMatchObject({ status: "streaming", runId: run.id });
  expect(page.items[0]?.text).toMatch(/^word1 word2 word3/);
  release();
  await untilEnded(tenant.scope, run);
});

test("an unknown last id starts over with a reset", async () => {
  const run = await makeRun(tenant.scope, "say 10 words");
  const { message } = await untilEnded(tenant.scope, run);
  for (const id of ["1-999", "7-1", "nonsense"]) {
    const received = await watch(run.id, id);
    expect(received[0]?.event).toMatchObject({ type: "reset", text: message.content });
    expect(received.at(-1)?.event.type).toBe("final");
    expect(received).toHaveLength(2);
  }
});

test("a stranger and a neighbour cannot watch a run", async () => {
  const run = await makeRun(tenant.scope, "say 3 words");
  const neighbour = await makeTenant();
  const watching = runEvents(neighbour.scope, run.id, null, AbortSignal.timeout(1_000));
  await expect(watching[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: "not_found" });
  await untilEnded(tenant.scope, run);
});

test("events of old runs are swept, and whoever comes back is told what they amounted to", async () => {
  const run = await makeRun(tenant.scope, "say 10 words");
  const { message, ids } = await untilEnded(tenant.scope, run);
  travel(2 * 86_400_000);
  await sweepRunsJob.run(
    {},
    { attempt: 1, attemptsMax: 1, signal: new AbortController().signal, logger: logger("test") },
  );
  travel(0);
  expect((await readRun(tenant.scope, run)).ids).toEqual([]);
  for (const id of [undefined, ids.at(3)]) {
    const received = await watch(run.id, id);
    expect(textOf(received)).toBe(message.content);
    expect(received.at(-1)?.event).toMatchObject({ type: "final", status: "complete" });
  }
});
