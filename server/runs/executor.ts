// One owner's work on one run, from claim to settlement or hand-over.

import { Runner } from "@openai/agents";
import { buildAgentGraph } from "../agents/graph";
import { toolsWith } from "../agents/registry";
import { AGENT_PROFILES, type AgentId, ENTRY_AGENT, isAgentId } from "../agents/terms";
import type { SearchOwnConversations, ToolDefinition } from "../agents/tool";
import { config } from "../platform/config";
import { logger } from "../platform/logger";
import { counter } from "../platform/metrics";
import { llm, modelOrDefault } from "../platform/model";
import { getPreferences } from "../tenants/settings";
import { buildPrompt } from "./answer/prompt";
import { RunModel, type RunProgress } from "./answer/run-model";
import { Shortening } from "./answer/shortening";
import { runTool } from "./answer/tools";
import { failureOf, RunLimit, runFailure } from "./failures";
import { emptyTranscript } from "./fold";
import { RunJournal } from "./journal/run-journal";
import { closeAbandonedSteps } from "./journal/takeover";
import type { ClaimedRun } from "./owner/claims";
import { releaseRun } from "./owner/claims";
import { type RunControl, RunEnded } from "./owner/control";
import { type RunEnding, type SettlementHooks, settleRun } from "./settlement";
import { readStanding, type Standing } from "./standing";
import { RunStream } from "./stream/run-stream";
import type { EventWriter } from "./stream/writer";

export interface ExecutorDeps {
  writer: EventWriter;
  tools: readonly ToolDefinition[];
  searchOwnConversations: SearchOwnConversations;
  hooks: SettlementHooks;
}

/** Owners after the first that may try; the next one marks the answer as interrupted. */
const TAKEOVERS_MAX = 3;

const log = logger("chat.runs");
const runsTotal = counter("chat_runs_total", "Runs that ended here", ["status"]);

/** Works on a claimed run until it has ended or this process must let go of it. Never throws. */
export async function executeRun(run: ClaimedRun, control: RunControl, deps: ExecutorDeps): Promise<void> {
  const bindings = {
    tenant_id: run.scope.tenantId,
    user_id: run.scope.userId,
    run: run.id,
    fence: run.fence,
  };
  try {
    const ending = await new Execution(run, control, deps).work();
    runsTotal.inc({ status: ending.status });
    log.info(
      { event: "run.ended", ...bindings, status: ending.status, reason: ending.failure?.reason },
      "run ended",
    );
  } catch (error) {
    if (error instanceof RunEnded && error.end === "handed_over") {
      await deps.writer.flush(run);
      await releaseRun(run).catch(() => {});
      log.info({ event: "run.handed_over", ...bindings }, "run handed over");
      return;
    }
    // The lease runs out by itself, so that a run that cannot be settled is not tried again at once.
    if (error instanceof RunEnded)
      log.warn({ event: "run.lost", ...bindings }, "another instance has the run");
    else log.error({ event: "run.failed", ...bindings, err: error }, "run failed");
  }
}

class Execution {
  private readonly progress: RunProgress;

  constructor(
    private readonly run: ClaimedRun,
    private readonly control: RunControl,
    private readonly deps: ExecutorDeps,
  ) {
    const agent = isAgentId(run.agent) ? run.agent : ENTRY_AGENT;
    this.progress = { agent, stepCount: 0, handoffCount: 0, isTrimmed: false };
  }

  async work(): Promise<RunEnding> {
    const { run, control } = this;
    const journal = await RunJournal.load(run, control);
    const standing = await control.persist(() => readStanding(run));
    await closeAbandonedSteps(journal, standing);
    if (run.isStopRequested) return this.settleAsShown(standing, "stopped");
    if (run.fence > TAKEOVERS_MAX + 1) return this.settleAsShown(standing, "interrupted", "interrupted");
    const stream = this.streamAt(standing.base);
    const ending = await this.answer(journal, stream, standing);
    // Whatever went wrong in a call of this owner, the call was made: it is on record before the run ends.
    await closeAbandonedSteps(journal, { ...standing, shown: stream.transcript });
    return this.settle(stream, ending);
  }

  // Nothing more is done for this run: the person keeps what was shown.
  private settleAsShown(standing: Standing, ...how: Parameters<Execution["ending"]>): Promise<RunEnding> {
    const handovers = standing.shown.activity
      .slice(standing.base.activity.length)
      .flatMap((entry) => (entry.kind === "agent" && isAgentId(entry.agent) ? [entry.agent] : []));
    this.progress.agent = handovers.at(-1) ?? this.progress.agent;
    this.progress.handoffCount = handovers.length;
    return this.settle(this.streamAt(standing.shown), this.ending(...how));
  }

  private async answer(journal: RunJournal, stream: RunStream, standing: Standing): Promise<RunEnding> {
    const { control } = this;
    const timer = this.startClock();
    try {
      await this.runAgents(journal, stream, standing);
      if (stream.transcript.text === "") throw new RunLimit("empty_answer");
      control.throwIfEnded();
      return this.ending("complete");
    } catch (error) {
      if (control.end === "stopped") return this.ending("stopped");
      if (control.end === "timed_out") return this.ending("error", "time_limit");
      if (control.end) throw new RunEnded(control.end);
      if (error instanceof RunEnded) throw error;
      const failure = failureOf(error);
      if (failure.reason === "internal") {
        log.error({ event: "run.failed", err: error, run: this.run.id }, "run failed");
      }
      return { ...this.ending("error", "internal"), failure };
    } finally {
      clearTimeout(timer);
    }
  }

  private async runAgents(journal: RunJournal, stream: RunStream, standing: Standing): Promise<void> {
    const { run, control, deps } = this;
    const { stepsMax, handoffsMax } = config().run;
    const info = modelOrDefault(run.model);
    const provider = llm();
    const prompt = await control.persist(() => buildPrompt(run, info, standing.base.text));
    this.progress.isTrimmed = prompt.isTrimmed;
    const model = new RunModel({
      run,
      info,
      control,
      journal,
      stream,
      stepsMax,
      progress: this.progress,
      shortening: new Shortening(prompt.olderTurns),
    });
    const context = {
      scope: run.scope,
      timeZone: standing.timeZone,
      signal: control.signal,
      searchOwnConversations: deps.searchOwnConversations,
    };
    const { features } = await control.persist(() => getPreferences(run.scope));
    const entry = buildAgentGraph(this.progress.agent, {
      tools: toolsWith(features, deps.tools),
      runTool: (call) => runTool({ control, journal, stream, context }, call),
      canHandOver: () => this.progress.handoffCount < handoffsMax,
      onHandover: (to) => this.handOver(stream, to),
    });
    const runner = new Runner({
      model,
      modelSettings: provider.settings(info),
      tracingDisabled: true,
      traceIncludeSensitiveData: false,
    });
    await runner.run(entry, prompt.items, { maxTurns: stepsMax + 1, signal: control.callSignal });
  }

  private handOver(stream: RunStream, to: AgentId): void {
    this.progress.agent = to;
    this.progress.handoffCount += 1;
    stream.emit({ type: "agent", agent: to, name: AGENT_PROFILES[to].name });
  }

  private startClock(): NodeJS.Timeout {
    const leftMs = Math.max(config().run.durationMsMax - this.run.ageMs, 0);
    return setTimeout(() => this.control.endAs("timed_out"), leftMs);
  }

  private streamAt(base: Standing["base"]): RunStream {
    return new RunStream(this.run, this.control, this.deps.writer, emptyTranscript(base));
  }

  private ending(status: RunEnding["status"], reason?: Parameters<typeof runFailure>[0]): RunEnding {
    return { status, failure: reason ? runFailure(reason) : null, ...this.progress };
  }

  private async settle(stream: RunStream, ending: RunEnding): Promise<RunEnding> {
    const { control, deps } = this;
    return settleRun(this.run, { stream, control, hooks: deps.hooks }, ending);
  }
}
