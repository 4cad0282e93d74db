// The model as a run sees it: @openai/agents calls `getResponse`, and each call is one step of the journal. A finished
// step is replayed without a call; a live one streams its text out as it comes and is retried only while nothing has been
// said. Each attempt is a call, recorded with what it used, however it ends.

import { type Model, type ModelRequest, type ModelResponse, type StreamEvent, Usage } from "@openai/agents";
import { type CallFacts, HeldCall, promptText } from "../../agents/held-call";
import type { AgentId } from "../../agents/terms";
import { sleep } from "../../platform/clock";
import { ModelFailure } from "../../platform/model-failure";
import type { ModelInfo, ModelOutput } from "../../platform/model-provider";
import { estimateTokens } from "../../platform/tokens";
import { RunLimit } from "../failures";
import type { FinishedModelStep, ModelAttempt } from "../journal/rows";
import type { RunJournal } from "../journal/run-journal";
import type { ClaimedRun } from "../owner/claims";
import { type RunControl, RunEnded } from "../owner/control";
import type { RunStream } from "../stream/run-stream";
import { CallMeter } from "./meter";
import type { Shortening } from "./shortening";

export interface RunModelParts {
  run: ClaimedRun;
  info: ModelInfo;
  stepsMax: number;
  control: RunControl;
  journal: RunJournal;
  stream: RunStream;
  progress: RunProgress;
  shortening: Shortening;
}

/** How far a run has come; the model counts steps, handovers change the agent. */
export interface RunProgress {
  agent: AgentId;
  stepCount: number;
  handoffCount: number;
  isTrimmed: boolean;
}

/** One attempt at a step. */
interface Call {
  place: ModelAttempt;
  asked: ModelRequest;
  held: HeldCall;
  meter: CallMeter;
}

const ATTEMPTS = 3;
const BACKOFF_MS = 500;
const RETRY_AFTER_MS_MAX = 10_000;

export class RunModel implements Model {
  private readonly callIds = new Set<string>();

  constructor(private readonly parts: RunModelParts) {}

  async getResponse(request: ModelRequest): Promise<ModelResponse> {
    const { stream, run, journal, progress, info } = this.parts;
    const index = progress.stepCount;
    progress.stepCount += 1;
    stream.beginStep(run.kind === "continue" && index === 0);
    const known = journal.modelStep(index);
    const step = known ? this.replay(known) : await this.call(index, request);
    progress.isTrimmed ||= step.turnsLeftOut !== undefined;
    const { inputTokens, outputTokens, isEstimate } = step;
    stream.emit({ type: "usage", model: step.model ?? info.id, inputTokens, outputTokens, isEstimate });
    const usage = new Usage({
      requests: 1,
      inputTokens,
      outputTokens,
      totalTokens: inputTokens + outputTokens,
    });
    return { output: step.output, usage };
  }

  // biome-ignore lint/correctness/useYield: the runner of a run never streams; text leaves through the run's stream.
  async *getStreamedResponse(): AsyncIterable<StreamEvent> {
    throw new Error("a run's model is asked for whole responses");
  }

  private replay(step: FinishedModelStep): FinishedModelStep {
    const { stream, shortening } = this.parts;
    stream.say(step.text);
    if (step.turnsLeftOut !== undefined) shortening.resume(step.turnsLeftOut);
    for (const item of step.output) if (item.type === "function_call") this.callIds.add(item.callId);
    return step;
  }

  private async call(index: number, request: ModelRequest): Promise<FinishedModelStep> {
    const { control, stepsMax } = this.parts;
    control.throwIfEnded();
    if (index >= stepsMax) throw new RunLimit("step_limit");
    // The last step a run may take is offered no tools, so that it answers with what it has.
    const asked = index === stepsMax - 1 ? { ...request, tools: [], handoffs: [] } : request;
    for (let attempt = 1; ; attempt += 1) {
      const call = await this.begin({ index, attempt }, this.parts.shortening.apply(asked));
      try {
        return await this.speak(call);
      } catch (error) {
        await this.prepareNext(call, asked, error);
      }
    }
  }

  // Every attempt is a call of its own: held, journalled, settled and on record.
  private async begin(place: ModelAttempt, asked: ModelRequest): Promise<Call> {
    const { run, control, stream, journal, progress } = this.parts;
    stream.goLive();
    const meter = new CallMeter(estimateTokens(promptText(asked)));
    const held = await control.persist(() => HeldCall.open(run.scope, this.facts(place), asked));
    const { agent } = progress;
    const { promptTokens: inputTokens } = meter;
    try {
      await journal.startModelStep(place, { agent, model: held.model.id, inputTokens, holdId: held.holdId });
    } catch (error) {
      await held.release();
      throw error;
    }
    return { place, asked, held, meter };
  }

  private async speak(call: Call): Promise<FinishedModelStep> {
    const { control, journal } = this.parts;
    const { place, held, meter } = call;
    let step: FinishedModelStep;
    try {
      const output = await this.listen(call);
      control.throwIfEnded();
      const said = { output: this.normalise(output, place.index, meter), text: meter.text };
      step = { ...said, ...meter.tokens(), model: held.model.id, ...this.leftOut() };
      await journal.endModelStep(place, meter.reading("ok"), step);
    } catch (error) {
      await this.abandon(call, error);
      throw control.end ? new RunEnded(control.end) : error;
    }
    const refusal = held.refusalAfter(step);
    if (refusal) throw refusal;
    return step;
  }

  /** Throws what ends the step; returns once the model may be asked again. */
  private async prepareNext({ place, meter }: Call, asked: ModelRequest, error: unknown): Promise<void> {
    const { control, shortening } = this.parts;
    const isOver = place.attempt >= ATTEMPTS || control.end !== null || meter.hasBegunToSpeak;
    if (isOver || !(error instanceof ModelFailure)) throw error;
    if (error.reason === "prompt_too_long" && shortening.halve(asked)) return;
    if (!error.isRetryable) throw error;
    await sleep(pauseMs(place.attempt, error.retryAfterMs), control.signal);
    control.throwIfEnded();
  }

  private facts(place: ModelAttempt): CallFacts {
    const { run, journal, info, progress } = this.parts;
    return {
      requestId: journal.requestKey(place),
      purpose: "chat",
      model: info,
      agent: progress.agent,
      conversationId: run.conversationId,
      runId: run.id,
      messageId: run.assistantMessageId,
      // A run counts as one message, whoever of its owners makes its first call; an attempt that failed is none.
      messages: place.index === 0 && !journal.hasEarlierCalls ? 1 : 0,
    };
  }

  private async listen({ held, asked, meter }: Call): Promise<ModelOutput> {
    const { control, stream } = this.parts;
    const output = await held.answer(
      { ...asked, signal: control.callSignal },
      {
        usage: (usage) => meter.report(usage),
        aside: (text) => meter.note(text),
        text: (text) => {
          meter.hear(text);
          // A stopped answer keeps the text the person saw; what still comes is read for its usage only.
          if (!control.end) meter.keep(stream.say(text));
        },
      },
    );
    if (!control.end) meter.keep(stream.endStep());
    return output;
  }

  private leftOut(): { turnsLeftOut?: number } {
    const { turnsLeftOut } = this.parts.shortening;
    return turnsLeftOut === 0 ? {} : { turnsLeftOut };
  }

  private async abandon({ place, meter }: Call, error: unknown): Promise<void> {
    const { control, journal } = this.parts;
    // What happened in a run that another owner has by now is not this owner's to record.
    if (control.end === "lost" || isLost(error)) return;
    await journal.endModelStep(place, meter.reading(control.end ? "aborted" : "error"), null);
  }

  // Call ids name steps of the journal: within a run they must exist and differ, which not every server sees to.
  private normalise(output: ModelOutput, index: number, meter: CallMeter): ModelOutput {
    const items = output.map((item) => {
      if (item.type !== "function_call") return item;
      const isUsable = item.callId !== "" && !this.callIds.has(item.callId);
      const callId = isUsable ? item.callId : `call_${index}_${this.callIds.size}`;
      this.callIds.add(callId);
      return { ...item, callId };
    });
    return this.withRefusalAsText(items, meter);
  }

  // A refusal is an answer: the person reads it like any other.
  private withRefusalAsText(items: ModelOutput, meter: CallMeter): ModelOutput {
    return items.map((item) => {
      if (item.type !== "message" || item.role !== "assistant") return item;
      const content = item.content.map((part) => {
        if (part.type !== "refusal") return part;
        meter.keep(this.parts.stream.say(part.refusal));
        return { type: "output_text" as const, text: part.refusal };
      });
      return { ...item, content };
    });
  }
}

function isLost(error: unknown): boolean {
  return error instanceof RunEnded && error.end === "lost";
}

function pauseMs(attempt: number, retryAfterMs: number | null): number {
  const backoff = BACKOFF_MS * 2 ** (attempt - 1) * (0.75 + Math.random() / 2);
  return Math.min(Math.max(backoff, retryAfterMs ?? 0), RETRY_AFTER_MS_MAX);
}
