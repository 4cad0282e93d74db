// The demo model: development without a key. It plays a script through the same interface as a real model, so that
// handovers, tools, streaming and stopping are the real ones; only the words are canned, and it says so.

import { type Model, type ModelRequest, type ModelResponse, type StreamEvent, Usage } from "@openai/agents";
import { sleep } from "./clock";
import { type DemoTurn, playTurn } from "./model-demo-script";
import type { LlmProvider, ModelInfo } from "./model-provider";
import { estimateTokens } from "./tokens";

const PACE_MS = 22;

/** The scripted provider. `paceMs` is the pause between words; 0 makes it deterministic and immediate for tests. */
export function demoProvider(models: ModelInfo[], paceMs = PACE_MS): LlmProvider {
  return {
    name: "demo",
    models: () => models,
    getModel: (id) => new DemoModel(id, paceMs),
    settings: () => ({}),
  };
}

class DemoModel implements Model {
  constructor(
    private readonly id: string,
    private readonly paceMs: number,
  ) {}

  async getResponse(request: ModelRequest): Promise<ModelResponse> {
    const turn = playTurn(request, this.id);
    return { output: outputOf(turn) as ModelResponse["output"], usage: new Usage(usageOf(request, turn)) };
  }

  async *getStreamedResponse(request: ModelRequest): AsyncIterable<StreamEvent> {
    const turn = playTurn(request, this.id);
    yield { type: "response_started" };
    await this.pause(6, request.signal);
    for (const word of turn.text?.match(/\s*\S+|\s+$/g) ?? []) {
      request.signal?.throwIfAborted();
      yield { type: "output_text_delta", delta: word };
      await this.pause(1, request.signal);
    }
    yield {
      type: "response_done",
      response: { id: "demo", usage: usageOf(request, turn), output: outputOf(turn) },
    };
  }

  private async pause(words: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.paceMs > 0) await sleep(words * this.paceMs, signal);
    signal?.throwIfAborted();
  }
}

type Output = Extract<StreamEvent, { type: "response_done" }>["response"]["output"];

function outputOf(turn: DemoTurn): Output {
  const output: Output = [];
  if (turn.text) {
    output.push({
      type: "message",
      role: "assistant",
      status: "completed",
      content: [{ type: "output_text", text: turn.text }],
    });
  }
  for (const call of turn.calls ?? []) {
    output.push({
      type: "function_call",
      callId: `demo_${call.name}`,
      name: call.name,
      arguments: JSON.stringify(call.input),
      status: "completed",
    });
  }
  return output;
}

function usageOf(request: ModelRequest, turn: DemoTurn) {
  const inputTokens = estimateTokens(`${request.systemInstructions ?? ""}${JSON.stringify(request.input)}`);
  const outputTokens = estimateTokens(`${turn.text ?? ""}${JSON.stringify(turn.calls ?? [])}`);
  return { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
}
