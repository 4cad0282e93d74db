// One call to Stripe as a few attempts: what may pass is tried again, with the same key, after a pause that grows. Each
// attempt is measured and logged by its operation; bodies are neither.

import Stripe from "stripe";
import { sleep } from "../../platform/clock";
import { type Logger, logger } from "../../platform/logger";
import { counter, histogram } from "../../platform/metrics";
import { type Failure, failureOf, isRepeatable, refusalOf } from "./failures";
import type { Operation } from "./operations";

const ATTEMPTS_MAX = 4;
/** After this no further attempt begins: somebody is waiting. */
const PATIENCE_MS = 25_000;
const PAUSE_MS = 250;
const PAUSE_MS_MAX = 5_000;
const BUCKETS_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40];

const requests = counter("stripe_api_requests_total", "Requests to Stripe", ["operation", "result"]);
const latency = histogram("stripe_api_latency_seconds", "Time one request to Stripe took", {
  labelNames: ["operation"],
  buckets: BUCKETS_SECONDS,
});
const operations = counter("stripe_gateway_operations_total", "Calls to Stripe, with their repeats", [
  "operation",
  "result",
]);
const duration = histogram(
  "stripe_gateway_operation_duration_seconds",
  "Time a call took, with its repeats",
  {
    labelNames: ["operation"],
    buckets: BUCKETS_SECONDS,
  },
);

const log = logger("stripe");

export interface Attempted {
  operation: Operation;
  /** The idempotency key; null for what changes nothing. */
  callId: string | null;
  tenantId: string | null;
}

/** Runs `attempt` until it succeeds, is refused, or patience ends; throws what Stripe's SDK threw last. */
export async function attemptCall<T>(call: Attempted, attempt: () => Promise<T>): Promise<T> {
  const { operation } = call;
  const begun = performance.now();
  try {
    for (let number = 1; ; number++) {
      try {
        const answer = await measuredAttempt({ ...call, number }, attempt);
        operations.inc({ operation, result: "ok" });
        return answer;
      } catch (error) {
        const pauseMs = pauseAfter(error, number);
        const isLate = performance.now() - begun + pauseMs > PATIENCE_MS;
        if (number < ATTEMPTS_MAX && !isLate && isRepeatable(error)) await sleep(pauseMs);
        else throw error;
      }
    }
  } catch (error) {
    operations.inc({ operation, result: failureOf(error) });
    throw error;
  } finally {
    duration.observe({ operation }, secondsSince(begun));
  }
}

async function measuredAttempt<T>(
  call: Attempted & { number: number },
  attempt: () => Promise<T>,
): Promise<T> {
  const begun = performance.now();
  let result: "ok" | Failure = "ok";
  let refusal: ReturnType<typeof refusalOf> = null;
  try {
    return await attempt();
  } catch (error) {
    result = failureOf(error);
    refusal = refusalOf(error);
    throw error;
  } finally {
    const seconds = secondsSince(begun);
    requests.inc({ operation: call.operation, result });
    latency.observe({ operation: call.operation }, seconds);
    write(log, {
      tenant_id: call.tenantId,
      operation: call.operation,
      call_id: call.callId,
      attempt: call.number,
      result,
      duration_ms: Math.round(seconds * 1_000),
      ...(refusal && { type: refusal.type, code: refusal.code, status: refusal.status }),
    });
  }
}

function write(to: Logger, line: { result: string } & Record<string, unknown>): void {
  const { result } = line;
  const isGood = result === "ok" || result === "refused";
  to[isGood ? "info" : "warn"]({ event: "stripe.request", ...line }, "asked Stripe");
}

// Half of the pause is chance, so that those who were turned away together do not come back together.
function pauseAfter(error: unknown, number: number): number {
  const asked =
    error instanceof Stripe.errors.StripeError ? Number(error.headers?.["retry-after"]) : Number.NaN;
  if (Number.isFinite(asked) && asked > 0) return Math.min(asked * 1_000, PAUSE_MS_MAX);
  const pause = Math.min(PAUSE_MS * 2 ** (number - 1), PAUSE_MS_MAX);
  return pause * (0.5 + Math.random() / 2);
}

function secondsSince(begun: number): number {
  return (performance.now() - begun) / 1_000;
}
