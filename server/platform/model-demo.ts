// The demo model: development without a key. It plays a script through the same interface as a real model, so that
// handovers, tools, streaming and stopping are the real ones; only the words are canned, and it says so.

import { setImmediate as giveWay } from "node:timers/promises";
import type { ModelRequest } from "@openai/agents";
import { sleep } from "./clock";
import { type DemoTurn, playTurn } from "./model-demo-script";
import type { LlmModel, LlmProvider, ModelInfo, ModelListener, ModelOutput } from "./model-provider";
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

class DemoModel implements LlmModel {
  constructor(
    private readonly id: string,
    private readonly paceMs: number,
  ) {}

  async answer(request: ModelRequest, listener: ModelListener): Promise<ModelOutput> {
    const turn = playTurn(request, this.id);
    await this.pause(6, request.signal);
    for (const word of turn.text?.match(/\s*\S+|\s+$/g) ?? []) {
      listener.text(word);
      await this.pause(1, request.signal);
    }
    listener.usage(usageOf(request, turn));
    return outputOf(turn);
  }

  // Without a pace it still gives way, so that an answer does not hold up everybody else's.
  private async pause(words: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.paceMs > 0) await sleep(words * this.paceMs, signal);
    else await giveWay();
    signal?.throwIfAborted();
  }
}

function outputOf(turn: DemoTurn): ModelOutput {
  const output: ModelOutput = [];
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
  return { inputTokens, outputTokens, cachedInputTokens: 0, reasoningTokens: 0 };
}
