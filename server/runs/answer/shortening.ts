// Which of a prompt's older turns are sent. Tokens are estimated before a call, and only the provider knows better: when
// it says that a prompt is too long, the run goes on with half of it, and its later steps leave out the same turns.

import type { ModelRequest } from "@openai/agents";
import { promptText } from "../../agents/held-call";
import { estimateTokens } from "../../platform/tokens";

export class Shortening {
  private leftOut = 0;

  /** A prompt begins with this many turns that can be left out; what follows them always stays. */
  constructor(private readonly olderTurns: number) {}

  /** How many turns are left out by now, from the oldest on. */
  get turnsLeftOut(): number {
    return this.leftOut;
  }

  /** Goes on with what an earlier owner of the run has found out. */
  resume(turnsLeftOut: number): void {
    this.leftOut = Math.max(this.leftOut, turnsLeftOut);
  }

  /** The request as it is sent. */
  apply(request: ModelRequest): ModelRequest {
    if (this.leftOut === 0 || typeof request.input === "string") return request;
    return { ...request, input: request.input.slice(this.leftOut) };
  }

  /** Leaves out turns until half of what was sent is left, and answers whether there was one to leave out. */
  halve(request: ModelRequest): boolean {
    const { input } = request;
    if (typeof input === "string") return false;
    const before = this.leftOut;
    let tokens = estimateTokens(promptText(this.apply(request)));
    const tokensMax = tokens / 2;
    // What is sent begins with a person's turn, since models refuse a conversation that begins with an answer.
    while (this.leftOut < this.olderTurns && (tokens > tokensMax || isAnswer(input[this.leftOut]))) {
      tokens -= estimateTokens(JSON.stringify(input[this.leftOut]));
      this.leftOut += 1;
    }
    return this.leftOut > before;
  }
}

function isAnswer(item: object | undefined): boolean {
  return item !== undefined && "role" in item && item.role === "assistant";
}
