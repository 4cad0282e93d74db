// Any OpenAI-compatible server, through Chat Completions with streaming and usage.

import { OpenAIProvider, setTracingDisabled } from "@openai/agents";
import OpenAI from "openai";
import { type StreamTimeouts, streamingFetch } from "./model-fetch";
import type { LlmProvider, ModelInfo } from "./model-provider";

export interface OpenAiSettings {
  apiKey: string | null;
  baseUrl: string | null;
  models: ModelInfo[];
  timeouts?: StreamTimeouts;
}

const OPENAI_URL = "https://api.openai.com/v1";
const TIMEOUTS: StreamTimeouts = { firstByteMs: 60_000, idleMs: 30_000 };

/** The provider behind OPENAI_BASE_URL, or OpenAI itself. Retries are the caller's: the client makes none. */
export function openAiProvider(settings: OpenAiSettings): LlmProvider {
  // Traces would carry prompts to a third party.
  setTracingDisabled(true);
  const baseURL = settings.baseUrl ?? OPENAI_URL;
  const host = new URL(baseURL).hostname;
  const timeouts = settings.timeouts ?? TIMEOUTS;
  const client = new OpenAI({
    // Servers on one's own machine ask for no key; the client insists on one.
    apiKey: settings.apiKey ?? "none",
    baseURL,
    maxRetries: 0,
    timeout: timeouts.firstByteMs + 5_000,
    fetch: streamingFetch(timeouts),
  });
  const provider = new OpenAIProvider({ openAIClient: client, useResponses: false });
  const isOpenAi = host.endsWith("openai.com");
  return {
    name: isOpenAi ? "openai" : host,
    models: () => settings.models,
    getModel: (id) => provider.getModel(id),
    // OpenAI's reasoning models refuse max_tokens; other servers know no other name.
    settings: ({ maxOutputTokens }) =>
      isOpenAi
        ? { providerData: { max_completion_tokens: maxOutputTokens } }
        : { maxTokens: maxOutputTokens },
  };
}
