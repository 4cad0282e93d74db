// Admission to password hashing. Hashing runs on Node's thread pool with 64 MiB each: more than two at a time add
// latency and memory, not throughput, and starve DNS, files and compression. What does not fit waits in a short queue;
// what does not fit the queue is refused at once, so that a flood of sign-ins costs the others nothing.

import { AppError } from "../../platform/errors";
import { counter, gauge, histogram } from "../../platform/metrics";

interface GateLimits {
  slots: number;
  queueLengthMax: number;
  waitMsMax: number;
}

interface Waiting {
  start(): void;
  refuse(error: Error): void;
}

const TEXT_OVERLOADED = "The server is busy. Please try again in a moment.";
const RETRY_AFTER_SECONDS = 1;

const queueLength = gauge("auth_hash_queue_length", "Password hashes waiting for a slot");
const waitSeconds = histogram("auth_hash_wait_seconds", "Time a password hash waited for a slot");
const runSeconds = histogram("auth_hash_duration_seconds", "Time a password hash took in its slot");
const refusalsTotal = counter("auth_hash_refusals_total", "Password hashes refused", ["reason"]);

export class HashGate {
  private running = 0;
  private readonly waiting: Waiting[] = [];

  constructor(private readonly limits: GateLimits) {}

  /**
   * Runs `work` when a slot is free. Throws AppError `unavailable` with a retry time when the queue is full or the wait
   * too long. An abort takes a waiting job out of the queue; a running hash is finished.
   */
  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const stopWaiting = waitSeconds.startTimer();
    await this.enter(signal);
    stopWaiting();
    const stopRunning = runSeconds.startTimer();
    try {
      return await work();
    } finally {
      stopRunning();
      this.leave();
    }
  }

  private enter(signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(overloaded("aborted"));
    if (this.running < this.limits.slots) {
      this.running += 1;
      return Promise.resolve();
    }
    if (this.waiting.length >= this.limits.queueLengthMax) return Promise.reject(overloaded("queue_full"));
    return this.wait(signal);
  }

  private wait(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
        queueLength.set(this.waiting.length);
      };
      const entry: Waiting = {
        start: () => {
          settle();
          resolve();
        },
        refuse: (error) => {
          this.waiting.splice(this.waiting.indexOf(entry), 1);
          settle();
          reject(error);
        },
      };
      const onAbort = () => entry.refuse(overloaded("aborted"));
      const timer = setTimeout(() => entry.refuse(overloaded("wait_too_long")), this.limits.waitMsMax);
      signal?.addEventListener("abort", onAbort, { once: true });
      this.waiting.push(entry);
      queueLength.set(this.waiting.length);
    });
  }

  // The slot passes straight to the next in line, so `running` does not change then.
  private leave(): void {
    const next = this.waiting.shift();
    if (next) next.start();
    else this.running -= 1;
  }
}

/** The gate of this process: every password hash goes through it. */
export const hashGate = new HashGate({ slots: 2, queueLengthMax: 50, waitMsMax: 15_000 });

function overloaded(reason: "queue_full" | "wait_too_long" | "aborted"): AppError {
  refusalsTotal.inc({ reason });
  return new AppError("unavailable", TEXT_OVERLOADED, {
    reason: "overloaded",
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}
