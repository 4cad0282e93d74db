// How often, and how long after each other, an event is tried; and what is kept of why it failed.

import { AppError } from "../../../platform/errors";
import { logger } from "../../../platform/logger";
import { counter } from "../../../platform/metrics";
import { EventFault } from "../handler";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
/** The first delays; later ones are ten minutes, give or take one. */
const DELAYS_MS = [30 * SECOND_MS, MINUTE_MS, 2 * MINUTE_MS, 4 * MINUTE_MS, 8 * MINUTE_MS];
const LATER_DELAY_MS = 10 * MINUTE_MS;
const JITTER_MS = MINUTE_MS;
/** About a day. */
export const ATTEMPTS_MAX = 150;
/** Longer than reading at Stripe, with its repeats, and writing here take together. */
export const LEASE_MS = 120 * SECOND_MS;

const log = logger("billing.dispatch");
const retryTotal = counter(
  "stripe_dispatch_retry_total",
  "Attempts to handle an event that came to nothing",
  ["handler", "result"],
);

export interface Failure {
  /** Null when it is not tried again by itself. */
  delayMs: number | null;
  status: "failed" | "dead";
  text: string;
}

/** What becomes of work whose attempt, the first being 1, failed; says it loudly when it is given up. */
export function failureAfter(
  attempt: number,
  error: unknown,
  work: { handler: string; id: string },
): Failure {
  const text = textOf(error);
  const { handler } = work;
  if (attempt >= ATTEMPTS_MAX) {
    retryTotal.inc({ handler, result: "dead" });
    log.error({ event: "stripe.dispatch_dead", ...work, reason: text }, "an event was given up");
    return { delayMs: null, status: "dead", text };
  }
  retryTotal.inc({ handler, result: "failed" });
  // An event may overtake our own row of its customer: that it comes again once is ordinary.
  const say = attempt === 1 ? "info" : "warn";
  log[say]({ event: "stripe.dispatch_failed", ...work, attempt, reason: text }, "an event was not handled");
  return { delayMs: delayAfter(attempt), status: "failed", text };
}

/** How long to wait after this attempt. */
export function delayAfter(attempt: number): number {
  return DELAYS_MS[attempt - 1] ?? Math.round(LATER_DELAY_MS + (Math.random() * 2 - 1) * JITTER_MS);
}

/** What is kept of an error: messages that were not written for operators may quote what an event says, so only their kind. */
export function textOf(error: unknown): string {
  if (error instanceof EventFault || error instanceof AppError) return error.message;
  const { name, code } = error as { name?: unknown; code?: unknown };
  return [name, code].filter((part) => typeof part === "string" && part !== "").join(" ") || "unknown";
}

/** Another instance has it by now: what was done here is undone. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
}
