// Runs are found, owned and executed here, in every instance. A nudge makes it immediate; polling is what it rests on:
// a run that nobody told of, or whose owner died, is found within a second of being claimable.

import { TOOLS } from "../agents/registry";
import type { SearchOwnConversations, ToolDefinition } from "../agents/tool";
import { subscribe } from "../platform/events";
import { newId } from "../platform/ids";
import { logger } from "../platform/logger";
import { gauge } from "../platform/metrics";
import { endTracing } from "../platform/model-tracing";
import { executeRun } from "./executor";
import { type ClaimedRun, claimRuns, type LeaseTerms, renewLeases } from "./owner/claims";
import { RunControl } from "./owner/control";
import { nudgeRuns, onNudge } from "./queue";
import type { SettledHook } from "./settlement";
import { controlChannel, QUEUED_CHANNEL } from "./stream/channel";
import { EventWriter } from "./stream/writer";

export interface DispatcherOptions {
  searchOwnConversations: SearchOwnConversations;
  /** Both are called in the transaction that settles a run. */
  keepAnswer: SettledHook;
  onSettled?: SettledHook;
  tools?: readonly ToolDefinition[];
  leaseMs?: number;
  renewMs?: number;
  pollMs?: number;
  /** How long a stopped call may still tell its usage. */
  usageWaitMs?: number;
}

const LEASE_MS = 10_000;
const RENEW_MS = 3_000;
const POLL_MS = 1_000;
const RUNS_MAX = 300;

const log = logger("chat.runs");
const activeRuns = gauge("chat_runs_active", "Runs that this process is working on");

let dispatcher: RunDispatcher | undefined;

/** Begins to take runs in this process; a second call does nothing. */
export async function startRunDispatcher(options: DispatcherOptions): Promise<void> {
  if (dispatcher) return;
  endTracing();
  dispatcher = new RunDispatcher(options);
  await dispatcher.start();
}

/** Stops taking runs and gives those at work to other instances at once; resolves when all are released. */
export async function handOverRuns(): Promise<void> {
  const ending = dispatcher;
  dispatcher = undefined;
  await ending?.stop();
}

interface Work {
  run: ClaimedRun;
  control: RunControl;
  done: Promise<void>;
}

class RunDispatcher {
  private readonly terms: LeaseTerms;
  private readonly works = new Map<string, Work>();
  private readonly writer = new EventWriter();
  private readonly timers: NodeJS.Timeout[] = [];
  private endings: (() => void)[] = [];
  private claiming: Promise<void> | undefined;
  private isAskedAgain = false;
  private isStopping = false;

  constructor(private readonly options: DispatcherOptions) {
    this.terms = { owner: newId(), leaseMs: options.leaseMs ?? LEASE_MS };
  }

  async start(): Promise<void> {
    onNudge(() => this.look());
    this.timers.push(setInterval(() => this.look(), this.options.pollMs ?? POLL_MS));
    this.timers.push(setInterval(() => void this.renew(), this.options.renewMs ?? RENEW_MS));
    this.look();
    this.endings.push(await subscribe(QUEUED_CHANNEL, () => void this.look()));
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    onNudge(null);
    for (const timer of this.timers) clearInterval(timer);
    for (const end of this.endings) end();
    await this.claiming;
    const works = [...this.works.values()];
    for (const { control } of works) control.endAs("handed_over");
    await Promise.all(works.map((work) => work.done));
    if (works.length > 0) nudgeRuns();
  }

  /** Claims what there is, unless this process is full or ending; answers whether it looks. */
  look(): boolean {
    if (this.isStopping || this.works.size >= RUNS_MAX) return false;
    if (this.claiming) {
      this.isAskedAgain = true;
      return true;
    }
    this.claiming = this.claim().finally(() => {
      this.claiming = undefined;
      if (!this.isAskedAgain) return;
      this.isAskedAgain = false;
      this.look();
    });
    return true;
  }

  private async claim(): Promise<void> {
    try {
      const runs = await claimRuns(this.terms, RUNS_MAX - this.works.size);
      for (const run of runs) this.begin(run);
    } catch (error) {
      log.warn({ event: "run.claim_failed", err: error }, "runs cannot be claimed now");
    }
  }

  private begin(run: ClaimedRun): void {
    // A lease that ran out here too may be claimed here again: the earlier owner is another one by now.
    this.works.get(run.id)?.control.endAs("lost");
    const control = new RunControl(this.options.usageWaitMs);
    const done = this.execute(run, control);
    this.works.set(run.id, { run, control, done });
    activeRuns.set(this.works.size);
  }

  private async execute(run: ClaimedRun, control: RunControl): Promise<void> {
    const { tools = TOOLS, searchOwnConversations, keepAnswer, onSettled = async () => {} } = this.options;
    const hooks = { keepAnswer, onSettled };
    const listening = subscribe(controlChannel(run.id), () => control.stop());
    try {
      await executeRun(run, control, { writer: this.writer, tools, searchOwnConversations, hooks });
    } finally {
      if (this.works.get(run.id)?.control === control) this.works.delete(run.id);
      activeRuns.set(this.works.size);
      const end = await listening;
      end();
    }
  }

  private async renew(): Promise<void> {
    const works = [...this.works.values()];
    if (works.length === 0) return;
    try {
      const renewed = await renewLeases(
        this.terms,
        works.map((work) => work.run),
      );
      const owned = new Map(renewed.map((run) => [run.id, run]));
      for (const { run, control } of works) {
        const own = owned.get(run.id);
        if (own?.isStopRequested) control.stop();
        // A run that ended while the leases were renewed is not lost: it is no longer at work here.
        if (!own && this.works.get(run.id)?.control === control) control.endAs("lost");
      }
    } catch (error) {
      log.warn({ event: "run.renew_failed", err: error }, "leases cannot be renewed now");
    }
  }
}
