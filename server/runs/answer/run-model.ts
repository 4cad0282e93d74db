// The model as a run sees it: @openai/agents calls `getResponse`, and each call is one step of the journal. A finished
// step is replayed without a call; a live one streams its text out as it comes, is retried only while nothing has been
// said, and is recorded with what it used, however it ends.

import { type Model, type ModelRequest, type ModelResponse, type StreamEvent, Usage } from "@openai/agents";
import { type CallFacts, HeldCall, promptText } from "../../agents/held-call";
import type { AgentId } from "../../agents/terms";
import { sleep } from "../../platform/clock";
import { ModelFailure } from "../../platform/model-failure";
import type { ModelInfo, ModelOutput } from "../../platform/model-provider";
import { estimateTokens } from "../../platform/tokens";
import { RunLimit } from "../failures";
import type { FinishedModelStep } from "../journal/rows";
import type { RunJournal } from "../journal/run-journal";
import type { ClaimedRun } from "../owner/claims";
import { type RunControl, RunEnded } from "../owner/control";
import type { RunStream } from "../stream/run-stream";
import { CallMeter } from "./meter";

export interface RunModelParts {
  run: ClaimedRun;
  info: ModelInfo;
  stepsMax: number;
  control: RunControl;
  journal: RunJournal;
  stream: RunStream;
  progress: RunProgress;
}

/** How far a run has come; the model counts steps, handovers change the agent. */
export interface RunProgress {
  agent: AgentId;
  stepCount: number;
  handoffCount: number;
  isTrimmed: boolean;
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
    this.parts.stream.say(step.text);
    for (const item of step.output) if (item.type === "function_call") this.callIds.add(item.callId);
    return step;
  }

  private async call(index: number, request: ModelRequest): Promise<FinishedModelStep> {
    const { control, stepsMax } = this.parts;
    control.throwIfEnded();
    if (index >= stepsMax) throw new RunLimit("step_limit");
    // The last step a run may take is offered no tools, so that it answers with what it has.
    const asked = index === stepsMax - 1 ? { ...request, tools: [], handoffs: [] } : request;
    const meter = new CallMeter(estimateTokens(promptText(asked)));
    const held = await this.begin(index, asked, meter);
    const step = await this.speak(index, { held, asked, meter });
    const refusal = held.refusalAfter(step);
    if (refusal) throw refusal;
    return step;
  }

  private async speak(
    index: number,
    { held, asked, meter }: { held: HeldCall; asked: ModelRequest; meter: CallMeter },
  ): Promise<FinishedModelStep> {
    const { control, journal } = this.parts;
    try {
      const output = await this.attempt(held, asked, meter);
      control.throwIfEnded();
      const said = { output: this.normalise(output, index, meter), text: meter.text };
      const step = { ...said, ...meter.tokens(), model: held.model.id };
      await journal.endModelStep(index, meter.reading("ok"), step);
      return step;
    } catch (error) {
      await this.abandon(index, meter, error);
      throw control.end ? new RunEnded(control.end) : error;
    }
  }

  private async begin(index: number, request: ModelRequest, meter: CallMeter): Promise<HeldCall> {
    const { run, control, stream, journal, progress } = this.parts;
    stream.goLive();
    const held = await control.persist(() => HeldCall.open(run.scope, this.facts(index), request));
    const { agent } = progress;
    const { promptTokens: inputTokens } = meter;
    try {
      await journal.startModelStep(index, { agent, model: held.model.id, inputTokens, holdId: held.holdId });
    } catch (error) {
      await held.release();
      throw error;
    }
    return held;
  }

  private facts(index: number): CallFacts {
    const { run, journal, info, progress } = this.parts;
    return {
      requestId: journal.requestKey(index),
      purpose: "chat",
      model: info,
      agent: progress.agent,
      conversationId: run.conversationId,
      runId: run.id,
      messageId: run.assistantMessageId,
      // A run counts as one message, whoever of its owners makes its first call.
      messages: index === 0 && !journal.hasEarlierCalls ? 1 : 0,
    };
  }

  private async attempt(held: HeldCall, request: ModelRequest, meter: CallMeter): Promise<ModelOutput> {
    const { control } = this.parts;
    for (let attempt = 1; ; attempt += 1) {
      meter.begin();
      try {
        return await this.listen(held, request, meter);
      } catch (error) {
        const isOver = attempt >= ATTEMPTS || control.end !== null || meter.hasBegunToSpeak;
        if (isOver || !(error instanceof ModelFailure) || !error.isRetryable) throw error;
        await sleep(pauseMs(attempt, error.retryAfterMs), control.signal);
        control.throwIfEnded();
      }
    }
  }

  private async listen(held: HeldCall, request: ModelRequest, meter: CallMeter): Promise<ModelOutput> {
    const { control, stream } = this.parts;
    const asked = { ...request, signal: control.callSignal };
    const output = await held.answer(asked, {
      usage: (usage) => meter.report(usage),
      aside: (text) => meter.note(text),
      text: (text) => {
        meter.hear(text);
        // A stopped answer keeps the text the person saw; what still comes is read for its usage only.
        if (!control.end) meter.keep(stream.say(text));
      },
    });
    if (!control.end) meter.keep(stream.endStep());
    return output;
  }

  private async abandon(index: number, meter: CallMeter, error: unknown): Promise<void> {
    const { control, journal } = this.parts;
    // What happened in a run that another owner has by now is not this owner's to record.
    if (control.end === "lost" || isLost(error)) return;
    await journal.endModelStep(index, meter.reading(control.end ? "aborted" : "error"), null);
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
