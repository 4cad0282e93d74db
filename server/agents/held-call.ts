// The one place where models are called: under a hold of the wallet. What is asked for is what was held, and while the
// answer comes, how far it is is noted, so that a sweep knows it lives.

import type { ModelRequest } from "@openai/agents";
import type { AppError } from "../platform/errors";
import { callModel, llm, type ModelOutput, models } from "../platform/model";
import type { ModelInfo, ModelListener } from "../platform/model-provider";
import type { TenantScope } from "../platform/tenant-db";
import { estimateTokens } from "../platform/tokens";
import {
  type CallRequest,
  type Hold,
  holdFor,
  LimitedToCheapModels,
  stoppedAtLimit,
} from "../wallet/admission";
import { markDispatched, releaseHold } from "../wallet/holds";
import { noteProgress } from "../wallet/progress";

/** What a provider may add around each message and each tool. */
const FRAME_TOKENS = 32;

export interface CallFacts
  extends Omit<CallRequest, "provider" | "model" | "inputTokens" | "expectedInputTokens" | "outputTokens"> {
  model: ModelInfo;
  /** At most the model's own; its own when absent. */
  outputTokens?: number;
}

export class HeldCall {
  private constructor(
    private readonly scope: TenantScope,
    private readonly hold: Hold,
    /** The model that is asked: a cheap one instead of the chosen one when the reserve is low and limited to those. */
    readonly model: ModelInfo,
  ) {}

  /** Holds what this request can cost at most. Throws the wallet's refusal. */
  static async open(scope: TenantScope, facts: CallFacts, request: ModelRequest): Promise<HeldCall> {
    try {
      return new HeldCall(scope, await holdFor(scope, requestOf(facts, request)), facts.model);
    } catch (error) {
      const cheap =
        error instanceof LimitedToCheapModels
          ? models().find(({ id }) => error.cheapModels.includes(id))
          : undefined;
      if (!cheap) throw error;
      const instead = { ...facts, model: cheap };
      return new HeldCall(scope, await holdFor(scope, requestOf(instead, request)), cheap);
    }
  }

  get holdId(): string {
    return this.hold.id;
  }

  /** The reserve is low and limited: what is not an answer to a person goes without a model. */
  get isLimited(): boolean {
    return this.hold.isLimited;
  }

  /** The refusal that ends an answer here: it has all the tokens that could be paid for, and wanted more. */
  refusalAfter({ outputTokens }: { outputTokens: number }): AppError | null {
    const { clampedBy } = this.hold;
    return clampedBy !== null && outputTokens >= this.hold.outputTokens ? stoppedAtLimit(clampedBy) : null;
  }

  /** Says that the call goes out now; for calls that no journal begins. */
  async dispatch(): Promise<void> {
    if (!(await markDispatched(this.scope, this.hold.id))) throw new Error("the hold of a call is gone");
  }

  /** Gives the hold back: the call is not made after all. A hold that cannot be given back runs out by itself. */
  async release(): Promise<void> {
    await releaseHold(this.scope, this.hold.id).catch(() => false);
  }

  /** Asks the model, once the hold is dispatched. Another attempt is another call, with a hold of its own. */
  async answer(request: ModelRequest, listener: ModelListener): Promise<ModelOutput> {
    const model = llm().getModel(this.model.id);
    const progress = noteProgress(this.scope, this.hold.id);
    try {
      return await callModel(model, this.bounded(request), {
        usage: (usage) => listener.usage(usage),
        aside: (text) => listener.aside(text),
        text: (text) => {
          listener.text(text);
          progress.hear(text);
        },
      });
    } finally {
      progress.end();
    }
  }

  private bounded(request: ModelRequest): ModelRequest {
    const bound = llm().settings({ ...this.model, maxOutputTokens: this.hold.outputTokens });
    const asked = { ...request, modelSettings: { ...request.modelSettings, ...bound } };
    return this.hold.isLimited ? { ...asked, tools: [], handoffs: [] } : asked;
  }
}

/** The text of a request as it is counted. */
export function promptText(request: ModelRequest): string {
  const tools = JSON.stringify([request.tools, request.handoffs]);
  return `${request.systemInstructions ?? ""}${JSON.stringify(request.input)}${tools}`;
}

// No tokenizer makes more tokens than a text has bytes.
function requestOf({ model, outputTokens, ...facts }: CallFacts, request: ModelRequest): CallRequest {
  const text = promptText(request);
  const items = typeof request.input === "string" ? 1 : request.input.length;
  const frames = (items + request.tools.length + request.handoffs.length + 1) * FRAME_TOKENS;
  return {
    ...facts,
    provider: llm().name,
    model: model.id,
    inputTokens: Buffer.byteLength(text) + frames,
    expectedInputTokens: estimateTokens(text),
    outputTokens: Math.min(outputTokens ?? model.maxOutputTokens, model.maxOutputTokens),
  };
}
