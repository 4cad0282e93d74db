// Reads a streamed chat completion: server-sent events whose data are chunks. Text is told as it comes, all that arrives
// together in one piece; the rest is told as an aside and put together to one whole chunk, as if the server had said
// everything at once.

import { ModelFailure } from "./model-failure";
import type { ModelListener, ModelUsage } from "./model-provider";

/** What was said in all, in the form of a chunk. */
export interface WholeChunk {
  id: string;
  choices: [{ index: 0; delta: WholeDelta; finish_reason: string }];
}

interface WholeDelta {
  content?: string;
  refusal?: string;
  reasoning?: string;
  annotations: unknown[];
  tool_calls: unknown[];
}

/** The part of a chunk that is read here. */
interface Chunk {
  id?: string;
  choices?: { index?: number; delta?: Delta | null; finish_reason?: string | null }[] | null;
  usage?: Usage | null;
  error?: unknown;
}

interface Delta {
  content?: string | null;
  refusal?: string | null;
  reasoning?: unknown;
  /** What some servers call it. */
  reasoning_content?: unknown;
  annotations?: unknown[] | null;
  tool_calls?: (ToolCallPart | null)[] | null;
}

interface ToolCallPart {
  function?: { name?: unknown; arguments?: unknown } | null;
}

interface Usage {
  prompt_tokens?: number;
  completion_tokens?: number;
  prompt_tokens_details?: { cached_tokens?: number; cache_write_tokens?: number } | null;
  completion_tokens_details?: { reasoning_tokens?: number } | null;
}

/** Characters of one line: more is no chunk. */
const LINE_LENGTH_MAX = 4_000_000;
const DONE = "[DONE]";

export class ChatStreamReader {
  private rest = "";
  private data: string | null = null;
  private said = "";
  private isDone = false;
  private id = "";
  private finishReason: string | null = null;
  private readonly whole: WholeDelta = { annotations: [], tool_calls: [] };

  constructor(private readonly listener: ModelListener) {}

  /** Reads the next piece of the body, cut anywhere; answers whether more is to come. */
  read(text: string): boolean {
    this.readLines(text);
    if (this.said !== "") {
      const said = this.said;
      this.said = "";
      this.whole.content = (this.whole.content ?? "") + said;
      this.listener.text(said);
    }
    return !this.isDone;
  }

  /** All that was said. Throws ModelFailure when the server never said that it had finished. */
  finish(): WholeChunk {
    this.endLine("");
    if (this.finishReason === null) throw new ModelFailure("provider_disconnected");
    return { id: this.id, choices: [{ index: 0, delta: this.whole, finish_reason: this.finishReason }] };
  }

  private readLines(text: string): void {
    let piece = this.rest + text;
    // A carriage return at the end may be the first half of a line's end.
    if (piece.includes("\r")) piece = piece.replace(/\r\n|\r(?!$)/g, "\n");
    let start = 0;
    for (let end = piece.indexOf("\n"); end >= 0; end = piece.indexOf("\n", start)) {
      this.endLine(piece.slice(start, end));
      start = end + 1;
    }
    this.rest = piece.slice(start);
    if (this.rest.length > LINE_LENGTH_MAX) throw new ModelFailure("provider_disconnected");
  }

  // An empty line ends an event. Fields other than data, and comments, say nothing here.
  private endLine(line: string): void {
    if (line.startsWith("data:")) {
      const value = line.charCodeAt(5) === SPACE ? line.slice(6) : line.slice(5);
      this.data = this.data === null ? value : `${this.data}\n${value}`;
    } else if (line === "" && this.data !== null) {
      const { data } = this;
      this.data = null;
      if (data.trim() === DONE) this.isDone = true;
      else if (!this.isDone) this.add(JSON.parse(data) as Chunk);
    }
  }

  private add(chunk: Chunk): void {
    if (chunk.error) throw new ModelFailure("provider_unavailable");
    if (chunk.id && this.id === "") this.id = chunk.id;
    if (chunk.usage) this.listener.usage(usageOf(chunk.usage));
    const choice = chunk.choices?.find(({ index = 0 }) => index === 0);
    if (choice?.finish_reason) this.finishReason = choice.finish_reason;
    if (choice?.delta) this.addDelta(choice.delta);
  }

  private addDelta(delta: Delta): void {
    const { whole } = this;
    const aside = asideOf(delta);
    if (aside !== "") this.listener.aside(aside);
    if (delta.content) this.said += delta.content;
    if (delta.refusal) whole.refusal = (whole.refusal ?? "") + delta.refusal;
    if (typeof delta.reasoning === "string") whole.reasoning = (whole.reasoning ?? "") + delta.reasoning;
    if (delta.annotations) whole.annotations.push(...delta.annotations);
    if (delta.tool_calls) whole.tool_calls.push(...delta.tool_calls);
  }
}

const SPACE = 32;

function asideOf({ refusal, reasoning, reasoning_content: thoughts, tool_calls: calls }: Delta): string {
  const parts = calls?.flatMap((call) => [call?.function?.name, call?.function?.arguments]) ?? [];
  return [refusal, reasoning, thoughts, ...parts].filter((part) => typeof part === "string").join("");
}

function usageOf(usage: Usage): ModelUsage {
  const cacheWriteTokens = usage.prompt_tokens_details?.cache_write_tokens;
  return {
    ...(cacheWriteTokens !== undefined && { cacheWriteTokens }),
    inputTokens: usage.prompt_tokens ?? 0,
    outputTokens: usage.completion_tokens ?? 0,
    cachedInputTokens: usage.prompt_tokens_details?.cached_tokens ?? 0,
    reasoningTokens: usage.completion_tokens_details?.reasoning_tokens ?? 0,
  };
}
