// The port to language models (CHAT-16): what is offered, and a stream of what a model says. Drivers: any
// OpenAI-compatible server, and the scripted demo model when no key is set (never in production).

import { setImmediate as giveWay } from "node:timers/promises";
import type { Model, ModelRequest, ModelResponse, StreamEvent } from "@openai/agents";
import { config } from "./config";
import { demoProvider } from "./model-demo";
import { toModelFailure } from "./model-failure";
import { openAiProvider } from "./model-openai";
import type { LlmProvider, ModelInfo } from "./model-provider";

export type { LlmProvider, ModelInfo } from "./model-provider";

export interface ModelUsage {
  inputTokens: number;
  outputTokens: number;
  cachedInputTokens: number;
  reasoningTokens: number;
}

/** What a model call yields: text as it comes, usage when the provider tells it, and the whole output at the end. */
export type ModelEvent =
  | { type: "text"; text: string }
  | { type: "usage"; usage: ModelUsage }
  | { type: "done"; output: ModelResponse["output"]; responseId: string | undefined };

const BURST_EVENTS = 16;

let provider: LlmProvider | undefined;

/** The provider this process is configured for. */
export function llm(): LlmProvider {
  const { model } = config();
  provider ??= model.isDemo ? demoProvider(model.models) : openAiProvider(model);
  return provider;
}

/** Replaces the provider; tests call it. Without an argument the configuration decides again. */
export function replaceLlm(replacement?: LlmProvider): void {
  provider = replacement;
}

/** The models a person can choose from; the first is the default. */
export function models(): ModelInfo[] {
  return llm().models();
}

/** The model of this id, or the default when it is no longer offered. */
export function modelOrDefault(id: string): ModelInfo {
  const [first] = models();
  const known = models().find((model) => model.id === id) ?? first;
  if (!known) throw new Error("no model is configured");
  return known;
}

/**
 * Calls a model once and streams what it says. Throws ModelFailure, also for a stream that ends without saying that it
 * is finished. Ends early, with ModelFailure "aborted", when the request's signal aborts.
 */
export async function* streamModel(model: Model, request: ModelRequest): AsyncGenerator<ModelEvent> {
  const ending = { isRaw: false, isFinished: false };
  let count = 0;
  try {
    for await (const event of model.getStreamedResponse(request)) {
      yield* modelEvents(event, ending);
      count += 1;
      // An answer that arrives at once must not hold up everybody else's.
      if (count % BURST_EVENTS === 0) await giveWay();
    }
  } catch (error) {
    throw toModelFailure(error, request.signal);
  }
}

function* modelEvents(event: StreamEvent, ending: { isRaw: boolean; isFinished: boolean }) {
  if (event.type === "output_text_delta") yield { type: "text" as const, text: event.delta };
  else if (event.type === "model") {
    const chunk = event.event as RawChunk;
    ending.isRaw = true;
    if (chunk.choices?.some((choice) => choice.finish_reason)) ending.isFinished = true;
    if (chunk.usage) yield { type: "usage" as const, usage: usageOfChunk(chunk.usage) };
  } else if (event.type === "response_done") {
    if (ending.isRaw && !ending.isFinished) throw new Error("the stream was cut");
    const { output, usage, id } = event.response;
    if (!ending.isRaw) yield { type: "usage" as const, usage: usageOfResponse(usage) };
    yield { type: "done" as const, output: output as ModelResponse["output"], responseId: id };
  }
}

/** The part of a Chat Completions chunk that is read here. */
interface RawChunk {
  choices?: { finish_reason?: string | null }[];
  usage?: RawUsage | null;
}

interface RawUsage {
  prompt_tokens?: number;
  completion_tokens?: number;
  prompt_tokens_details?: { cached_tokens?: number } | null;
  completion_tokens_details?: { reasoning_tokens?: number } | null;
}

function usageOfChunk(usage: RawUsage): ModelUsage {
  return {
    inputTokens: usage.prompt_tokens ?? 0,
    outputTokens: usage.completion_tokens ?? 0,
    cachedInputTokens: usage.prompt_tokens_details?.cached_tokens ?? 0,
    reasoningTokens: usage.completion_tokens_details?.reasoning_tokens ?? 0,
  };
}

function usageOfResponse(usage: { inputTokens: number; outputTokens: number }): ModelUsage {
  const { inputTokens, outputTokens } = usage;
  return { inputTokens, outputTokens, cachedInputTokens: 0, reasoningTokens: 0 };
}
