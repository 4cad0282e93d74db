// Any OpenAI-compatible server, through Chat Completions with streaming and usage. Requests and whole answers are
// translated by @openai/agents; the stream between them is read here, once per chunk and without its queues.

import { OpenAIChatCompletionsModel } from "@openai/agents";
import type OpenAI from "openai";
import { ChatStreamReader, type WholeChunk } from "./model-chat-stream";
import { ModelFailure } from "./model-failure";
import { poster, type StreamTimeouts } from "./model-post";
import type { LlmProvider, ModelInfo, ModelListener, ModelOutput } from "./model-provider";

export interface OpenAiSettings {
  apiKey: string | null;
  baseUrl: string | null;
  models: ModelInfo[];
  timeouts?: StreamTimeouts;
}

const OPENAI_URL = "https://api.openai.com/v1";
const TIMEOUTS: StreamTimeouts = { firstByteMs: 60_000, idleMs: 30_000 };

/** The provider behind OPENAI_BASE_URL, or OpenAI itself. Retries are the caller's. */
export function openAiProvider(settings: OpenAiSettings): LlmProvider {
  const baseUrl = settings.baseUrl ?? OPENAI_URL;
  const host = new URL(baseUrl).hostname;
  const isOpenAi = host.endsWith("openai.com");
  const post = poster(
    new URL(`${baseUrl.replace(/\/+$/, "")}/chat/completions`),
    {
      "content-type": "application/json",
      accept: "text/event-stream",
      // Servers on one's own machine ask for no key.
      ...(settings.apiKey === null ? {} : { authorization: `Bearer ${settings.apiKey}` }),
    },
    settings.timeouts ?? TIMEOUTS,
  );
  return {
    name: isOpenAi ? "openai" : host,
    models: () => settings.models,
    getModel: (id) => ({
      answer: (request, listener) => translate(id, request, (body) => ask({ post, body, request, listener })),
    }),
    // OpenAI's reasoning models refuse max_tokens; other servers know no other name.
    settings: ({ maxOutputTokens }) =>
      isOpenAi
        ? { providerData: { max_completion_tokens: maxOutputTokens } }
        : { maxTokens: maxOutputTokens },
  };
}

type AgentsRequest = Parameters<OpenAIChatCompletionsModel["getStreamedResponse"]>[0];

// The model of @openai/agents asks its client for nothing else than this; it is given the answer as one chunk.
async function translate(
  id: string,
  request: AgentsRequest,
  complete: (body: object) => Promise<WholeChunk>,
): Promise<ModelOutput> {
  const client = { chat: { completions: { create: async (body: object) => [await complete(body)] } } };
  const model = new OpenAIChatCompletionsModel(client as unknown as OpenAI, id);
  for await (const event of model.getStreamedResponse({ ...request, tracing: false })) {
    if (event.type === "response_done") return event.response.output as ModelOutput;
  }
  throw new ModelFailure("provider_disconnected");
}

interface Question {
  post: ReturnType<typeof poster>;
  body: object;
  request: AgentsRequest;
  listener: ModelListener;
}

async function ask({ post, body, request, listener }: Question): Promise<WholeChunk> {
  const reader = new ChatStreamReader(listener);
  await post({ body: JSON.stringify(body), signal: request.signal, read: (text) => reader.read(text) });
  return reader.finish();
}
