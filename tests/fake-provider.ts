// A stand-in for an OpenAI-compatible server, spoken to over real HTTP. What it does is written in the person's last
// message as a directive, so that a test reads in one line:
//
//   "say 40 words"            40 numbered words, then usage
//   "tool note {\"text\":\"a\"}"  one tool call, then (with its result) a short answer
//   "tools note 3"            three calls in one step
//   "hand over code_assistant" a handover, then an answer
//   "loop note"               calls the tool for ever
//   "wander"                  hands over as long as it is offered to
//   "fail 429 2"              answers 429 twice, then speaks;   "fail 500 99" always fails
//   "crowd 500 say 9 words"    says so as long as the prompt has more than 500 characters, and then does the rest
//   "hang"                    never answers;   "stall 5" speaks five words, then is silent
//   "cut 5"                   speaks five words, then breaks the connection;   "end 5" ends without a finish
//   "no usage 10"             ten words and no usage chunk

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

interface ChatMessage {
  role: string;
  content: string | { text?: string }[] | null;
  tool_calls?: { id: string; function: { name: string } }[];
  tool_call_id?: string;
}

interface ChatRequest {
  model: string;
  messages: ChatMessage[];
  tools?: { function: { name: string } }[];
}

export interface FakeProviderCall {
  directive: string;
  model: string;
  messages: ChatMessage[];
  tools: string[];
  isFinished: boolean;
}

export interface FakeProvider {
  /** For OPENAI_BASE_URL. */
  url: string;
  calls: FakeProviderCall[];
  /** Pause between words; may be changed while it runs. */
  paceMs: number;
  /** Whether answers end with what they used; may be changed while it runs. */
  tellsUsage: boolean;
  /** What a prompt with tools is said to have used; ten tokens for each message when absent, and for a title. */
  promptTokens?: number;
  /** Stops every answer after this many words, until the function that it answers is called. */
  holdAfter(words: number): () => void;
  /** Where answers stop, and what they wait for there. */
  held: { words: number; released: Promise<void> } | null;
  close(): Promise<void>;
}

/** Starts the stand-in on a free port. */
export async function startFakeProvider(paceMs = 2): Promise<FakeProvider> {
  const failures = new Map<string, number>();
  const server = createServer((request, response) => {
    void answer(provider, failures, { request, response }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const provider: FakeProvider = {
    url: `http://127.0.0.1:${port}/v1`,
    calls: [],
    paceMs,
    tellsUsage: true,
    held: null,
    holdAfter: (words) => hold(provider, words),
    close: () => closeServer(server),
  };
  return provider;
}

function hold(provider: FakeProvider, words: number): () => void {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  provider.held = { words, released };
  return () => {
    provider.held = null;
    release();
  };
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
}

async function answer(
  provider: FakeProvider,
  failures: Map<string, number>,
  exchange: Exchange,
): Promise<void> {
  const body = JSON.parse(await readBody(exchange.request)) as ChatRequest;
  const call = recordCall(provider, body);
  const talk = new Talk(provider, exchange.response, body);
  const [verb = "", first = "", second = ""] = call.directive.split(/\s+/);
  if (verb === "fail") {
    const failed = failures.get(call.directive) ?? 0;
    failures.set(call.directive, failed + 1);
    if (failed < Number(second || 1)) return refuse(exchange.response, Number(first));
  }
  if (verb === "crowd") {
    if (JSON.stringify(body.messages).length > Number(first)) return refuse(exchange.response, 400, TOO_LONG);
    return play(talk, call.directive.split(/\s+/).slice(2).join(" "));
  }
  if (verb === "hang") return;
  await play(talk, call.directive);
  call.isFinished = true;
}

async function play(talk: Talk, directive: string): Promise<void> {
  const [verb = "", first = "", second = ""] = directive.split(/\s+/);
  if (verb === "tool" && talk.results === 0)
    return talk.call([{ name: first, input: directive.split(/\s+/).slice(2).join(" ") }]);
  if (verb === "tools" && talk.results === 0) {
    return talk.call(
      Array.from({ length: Number(second) }, (_, index) => ({ name: first, input: `{"text":"${index}"}` })),
    );
  }
  if (verb === "loop") return talk.call([{ name: first, input: `{"text":"${talk.results}"}` }]);
  if (verb === "hand" && talk.results === 0)
    return talk.call([{ name: `transfer_to_${second}`, input: "{}" }]);
  if (verb === "wander" && talk.handover) return talk.call([{ name: talk.handover, input: "{}" }]);
  if (verb === "stall") return talk.say(Number(first));
  if (verb === "cut") return talk.cut(Number(first));
  if (verb === "end") return talk.end(Number(first));
  if (verb === "no") return talk.finish(Number(second), false);
  return talk.finish(verb === "say" ? Number(first) : 30, true);
}

class Talk {
  private readonly id = `chatcmpl-${Math.random().toString(36).slice(2)}`;
  private sent = 0;

  constructor(
    private readonly provider: FakeProvider,
    private readonly response: ServerResponse,
    private readonly request: ChatRequest,
  ) {}

  /** Tool results since the person's last message. */
  get results(): number {
    const last = this.request.messages.findLastIndex((message) => message.role === "user");
    return this.request.messages.slice(last + 1).filter((message) => message.role === "tool").length;
  }

  /** The first handover that is offered. */
  get handover(): string | undefined {
    return this.request.tools
      ?.map((tool) => tool.function.name)
      .find((name) => name.startsWith("transfer_to_"));
  }

  async say(words: number): Promise<void> {
    for (let index = 0; index < words; index += 1) {
      this.chunk({ delta: { content: `${index === 0 ? "" : " "}word${index + 1}` }, finish_reason: null });
      this.sent += 1;
      if (this.provider.paceMs > 0) await wait(this.provider.paceMs);
      if (this.sent === this.provider.held?.words) await this.provider.held.released;
    }
  }

  async finish(words: number, hasUsage: boolean): Promise<void> {
    await this.say(words);
    this.close("stop", hasUsage);
  }

  call(calls: { name: string; input: string }[]): void {
    const step = this.results;
    this.chunk({
      delta: {
        tool_calls: calls.map((call, index) => ({
          index,
          id: `call_${step}_${index}_${this.id.slice(-6)}`,
          type: "function",
          function: { name: call.name, arguments: call.input || "{}" },
        })),
      },
      finish_reason: null,
    });
    this.close("tool_calls", true);
  }

  async cut(words: number): Promise<void> {
    await this.say(words);
    this.response.destroy();
  }

  async end(words: number): Promise<void> {
    await this.say(words);
    this.response.end();
  }

  private close(reason: string, hasUsage: boolean): void {
    this.chunk({ delta: {}, finish_reason: reason });
    if (hasUsage && this.provider.tellsUsage) this.write({ choices: [], usage: this.usage() });
    this.response.end("data: [DONE]\n\n");
  }

  private usage() {
    const { messages, tools = [] } = this.request;
    const input = (tools.length > 0 && this.provider.promptTokens) || messages.length * 10;
    return {
      prompt_tokens: input,
      completion_tokens: this.sent + 1,
      total_tokens: input + this.sent + 1,
      prompt_tokens_details: { cached_tokens: 4 },
      completion_tokens_details: { reasoning_tokens: 1 },
    };
  }

  private chunk(choice: object): void {
    this.write({ choices: [{ index: 0, ...choice }] });
  }

  private write(part: object): void {
    if (!this.response.headersSent) this.response.writeHead(200, { "content-type": "text/event-stream" });
    const chunk = {
      id: this.id,
      object: "chat.completion.chunk",
      created: 0,
      model: this.request.model,
      ...part,
    };
    this.response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  }
}

function recordCall(provider: FakeProvider, body: ChatRequest): FakeProviderCall {
  const last = body.messages.findLast((message) => message.role === "user");
  const call: FakeProviderCall = {
    directive: textOf(last?.content ?? ""),
    model: body.model,
    messages: body.messages,
    tools: body.tools?.map((tool) => tool.function.name) ?? [],
    isFinished: false,
  };
  provider.calls.push(call);
  return call;
}

// As OpenAI says it.
const TOO_LONG = {
  message: "This model's maximum context length is 8192 tokens.",
  type: "invalid_request_error",
  code: "context_length_exceeded",
};

function refuse(
  response: ServerResponse,
  status: number,
  error: object = { message: "refused on purpose", type: "fake" },
): void {
  response.writeHead(status, { "content-type": "application/json", "retry-after": "0" });
  response.end(JSON.stringify({ error }));
}

function textOf(content: ChatMessage["content"]): string {
  if (typeof content === "string") return content;
  return content?.map((part) => part.text ?? "").join("") ?? "";
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  return body;
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
