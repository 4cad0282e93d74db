// What a driver of the model port is.

import type { ModelRequest, ModelResponse, ModelSettings } from "@openai/agents";
import type { ModelSetting } from "./config";

export type ModelInfo = ModelSetting;

export interface ModelUsage {
  inputTokens: number;
  outputTokens: number;
  cachedInputTokens: number;
  /** Input that was written to the provider's cache; absent where the provider does not tell. */
  cacheWriteTokens?: number;
  reasoningTokens: number;
}

/** Who hears what a model says while it says it. Called as it arrives, in the turn in which it arrives. */
export interface ModelListener {
  text(text: string): void;
  /** What is written besides: calls of tools, reasoning, a refusal. It counts as output and is part of the whole answer. */
  aside(text: string): void;
  /** May be told more than once, and then the last one holds; never when the provider does not tell. */
  usage(usage: ModelUsage): void;
}

export type ModelOutput = ModelResponse["output"];

export interface LlmModel {
  /**
   * Answers a request of @openai/agents: text goes to the listener as it comes, the whole output is the answer. Throws
   * when the answer does not come to its end.
   */
  answer(request: ModelRequest, listener: ModelListener): Promise<ModelOutput>;
}

export interface LlmProvider {
  /** Recorded with each call, such as "openai" or the host of a compatible server. */
  name: string;
  models(): ModelInfo[];
  getModel(id: string): LlmModel;
  /** Settings that bound the answer in the way this provider understands. */
  settings(model: ModelInfo): ModelSettings;
}
