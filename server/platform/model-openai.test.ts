// The driver against a server spoken to over real HTTP.

import type { ModelRequest } from "@openai/agents";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FakeProvider, startFakeProvider } from "../../tests/fake-provider";
import { callModel, type ModelOutput, type ModelUsage } from "./model";
import { openAiProvider } from "./model-openai";

let server: FakeProvider;

beforeAll(async () => {
  server = await startFakeProvider(0);
});
afterAll(() => server.close());

const MODEL = { id: "fake-1", label: "Fake", contextTokens: 1_000, maxOutputTokens: 100 };

// Long enough for a busy machine; a test of silence gives up sooner.
const PATIENCE_MS = 30_000;
const SILENCE_MS = 300;

const provider = (patienceMs = PATIENCE_MS) =>
  openAiProvider({
    apiKey: "test",
    baseUrl: server.url,
    models: [MODEL],
    timeouts: { firstByteMs: patienceMs, idleMs: patienceMs },
  });

function ask(text: string, signal?: AbortSignal): ModelRequest {
  return {
    input: text,
    modelSettings: provider().settings(MODEL),
    tools: [],
    handoffs: [],
    outputType: "text",
    tracing: false,
    ...(signal ? { signal } : {}),
  };
}

async function listen(
  text: string,
  { signal, patienceMs }: { signal?: AbortSignal; patienceMs?: number } = {},
) {
  const heard = {
    pieces: [] as string[],
    asides: [] as string[],
    usage: null as ModelUsage | null,
    output: [] as ModelOutput,
  };
  heard.output = await callModel(provider(patienceMs).getModel(MODEL.id), ask(text, signal), {
    text: (piece) => heard.pieces.push(piece),
    aside: (piece) => heard.asides.push(piece),
    usage: (usage) => {
      heard.usage = usage;
    },
  });
  return heard;
}

test("text comes in pieces, then usage, then the whole output", async () => {
  server.paceMs = 5;
  const { pieces, usage, output } = await listen("say 3 words");
  server.paceMs = 0;
  expect(pieces).toEqual(["word1", " word2", " word3"]);
  expect(usage).toEqual({ inputTokens: 10, outputTokens: 4, cachedInputTokens: 4, reasoningTokens: 1 });
  expect(output).toMatchObject([{ type: "message", content: [{ text: "word1 word2 word3" }] }]);
});

test("calls of tools are put together", async () => {
  const { output, asides } = await listen("tools note 2");
  expect(asides.join("")).toBe('note{"text":"0"}note{"text":"1"}');
  expect(output).toMatchObject([
    { type: "function_call", name: "note", arguments: '{"text":"0"}' },
    { type: "function_call", name: "note", arguments: '{"text":"1"}' },
  ]);
});

test.each([
  ["fail 429 9", "provider_rate_limited", true],
  ["fail 500 9", "provider_unavailable", true],
  ["fail 401 9", "provider_refused", false],
  ["fail 400 9", "provider_rejected", false],
  ["fail 422 9", "provider_rejected", false],
  ["fail 413 9", "prompt_too_long", false],
  ["crowd 10", "prompt_too_long", false],
  ["hang", "provider_timeout", true],
  ["stall 2", "provider_timeout", true],
  ["cut 2", "provider_disconnected", true],
  ["end 2", "provider_disconnected", true],
])("%s is a %s", async (directive, reason, isRetryable) => {
  const patienceMs = reason === "provider_timeout" ? SILENCE_MS : PATIENCE_MS;
  await expect(listen(directive, { patienceMs })).rejects.toMatchObject({
    name: "ModelFailure",
    reason,
    isRetryable,
  });
});

test("a provider that is away is a broken connection", async () => {
  const gone = openAiProvider({ apiKey: null, baseUrl: "http://127.0.0.1:9/v1", models: [MODEL] });
  const deaf = { text: () => {}, aside: () => {}, usage: () => {} };
  const call = callModel(gone.getModel(MODEL.id), ask("say 1 word"), deaf);
  await expect(call).rejects.toMatchObject({ reason: "provider_disconnected" });
});

test("an aborted call ends at once", async () => {
  const ending = new AbortController();
  setTimeout(() => ending.abort(), 50);
  await expect(listen("hang", { signal: ending.signal })).rejects.toMatchObject({ reason: "aborted" });
});

test("OpenAI is told max_completion_tokens, other servers max_tokens", () => {
  expect(provider().settings(MODEL)).toEqual({ maxTokens: 100 });
  const openAi = openAiProvider({ apiKey: "k", baseUrl: null, models: [MODEL] });
  expect(openAi.settings(MODEL)).toEqual({ providerData: { max_completion_tokens: 100 } });
});
