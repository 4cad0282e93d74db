// The port to language models (CHAT-16): what is offered, and a call that says what a model says. Drivers: any
// OpenAI-compatible server, and the scripted demo model when no key is set (never in production).

import type { ModelRequest } from "@openai/agents";
import { config } from "./config";
import { demoProvider } from "./model-demo";
import { toModelFailure } from "./model-failure";
import { openAiProvider } from "./model-openai";
import type { LlmModel, LlmProvider, ModelInfo, ModelListener, ModelOutput } from "./model-provider";

export type { LlmModel, LlmProvider, ModelInfo, ModelOutput, ModelUsage } from "./model-provider";

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
 * Calls a model once; the listener hears what it says, and the answer is its whole output. Throws ModelFailure, also for
 * an answer that breaks off, and "aborted" when the request's signal aborts.
 */
export async function callModel(
  model: LlmModel,
  request: ModelRequest,
  listener: ModelListener,
): Promise<ModelOutput> {
  try {
    return await model.answer(request, listener);
  } catch (error) {
    throw toModelFailure(error, request.signal);
  }
}
