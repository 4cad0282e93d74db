// Why a run must not go on, told to everything that works for it. The first reason holds, except that losing the run
// overrides all others: an owner without the lease writes nothing more.

import { setMaxListeners } from "node:events";
import { sleep } from "../../platform/clock";
import { isOutage } from "../../platform/outage";

/** stopped: by the person. timed_out: by the limit. handed_over: this process ends. lost: another owner has it. */
export type RunEnd = "stopped" | "timed_out" | "handed_over" | "lost";

/** How long a stopped call is still read, unseen, for its usage; then it is estimated. */
const USAGE_WAIT_MS = 500;
const RETRY_MS = 100;
const RETRY_MS_MAX = 2_000;

/** Thrown out of whatever a run is doing once it must not go on. */
export class RunEnded extends Error {
  override readonly name = "RunEnded";

  constructor(readonly end: RunEnd) {
    super(`the run has ended here: ${end}`);
  }
}

export class RunControl {
  private readonly work = new AbortController();
  private readonly call = new AbortController();
  private reason: RunEnd | null = null;

  constructor(private readonly usageWaitMs = USAGE_WAIT_MS) {
    // Every step of a run listens to these; a run has many.
    setMaxListeners(0, this.work.signal, this.call.signal);
  }

  /** Why the run ends, once it does. */
  get end(): RunEnd | null {
    return this.reason;
  }

  /** Aborts when the run ends: tools, pauses. */
  get signal(): AbortSignal {
    return this.work.signal;
  }

  /** Aborts when a model call must be cut off: at once, or after a stopped call had its chance to tell its usage. */
  get callSignal(): AbortSignal {
    return this.call.signal;
  }

  /** The person asked to stop. */
  stop(): void {
    if (this.reason) return;
    this.reason = "stopped";
    this.work.abort();
    setTimeout(() => this.call.abort(), this.usageWaitMs).unref();
  }

  /** Ends the run here at once. */
  endAs(reason: Exclude<RunEnd, "stopped">): void {
    if (!this.reason || reason === "lost") this.reason = reason;
    this.work.abort();
    this.call.abort();
  }

  throwIfEnded(): void {
    if (this.reason) throw new RunEnded(this.reason);
  }

  /** Throws when nothing may be written any more. */
  throwIfLost(): void {
    if (this.reason === "lost") throw new RunEnded("lost");
  }

  /**
   * Does work on the database until it succeeds or the run is lost. An outage is waited out: while it lasts nobody
   * else can claim the run either. The work must bear being done twice.
   */
  async persist<T>(work: () => Promise<T>): Promise<T> {
    for (let pauseMs = RETRY_MS; ; pauseMs = Math.min(pauseMs * 2, RETRY_MS_MAX)) {
      this.throwIfLost();
      try {
        return await work();
      } catch (error) {
        if (error instanceof RunEnded && error.end === "lost") this.endAs("lost");
        if (!isOutage(error)) throw error;
        await sleep(pauseMs);
      }
    }
  }
}
