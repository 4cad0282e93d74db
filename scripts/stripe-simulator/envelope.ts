// Stripe's envelope: headers and errors around every answer.
import type { IncomingHttpHeaders } from "node:http";
import { StripeFailure } from "./failure";

export interface ApiCall {
  method: string;
  path: string;
  query: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface ApiAnswer {
  status: number;
  body: string;
  headers: Record<string, string>;
  /** Infinite: until the faults are cleared. */
  delayMs: number;
  /** The connection is closed without an answer. */
  isLost: boolean;
}

/** A call with the id that its answer carries. */
export type Call = ApiCall & { requestId: string };

export function failed(call: Call, failure: unknown): ApiAnswer {
  if (!(failure instanceof StripeFailure)) {
    const message = failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
    return failed(
      call,
      new StripeFailure(500, { type: "api_error", message: `The simulator failed: ${message}` }),
    );
  }
  const error = {
    ...failure.fields,
    request_log_url: `https://dashboard.stripe.com/test/logs/${call.requestId}`,
  };
  return answerOf(call, failure.status, JSON.stringify({ error }, null, 2));
}

export function answerOf(call: Call, status: number, body: string): ApiAnswer {
  return { status, body, headers: headersOf(call), delayMs: 0, isLost: false };
}

function headersOf({ requestId, headers }: Call): Record<string, string> {
  const version = headers["stripe-version"];
  const key = headers["idempotency-key"];
  return {
    "content-type": "application/json",
    "request-id": requestId,
    ...(typeof version === "string" ? { "stripe-version": version } : {}),
    ...(typeof key === "string" ? { "idempotency-key": key } : {}),
  };
}

export function replayHeaders(call: Call): Record<string, string> {
  return { ...headersOf(call), "idempotent-replayed": "true" };
}

export function idempotency(status: number, message: string, code?: string): StripeFailure {
  return new StripeFailure(status, { type: "idempotency_error", message, ...(code ? { code } : {}) }, true);
}

export function otherParameters(key: string): StripeFailure {
  return idempotency(
    400,
    `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
  );
}

export function inUseFailure(key: string): StripeFailure {
  const message = `There is currently another in-progress request using this Idempotent Key: ${key}. Please try again later.`;
  return idempotency(409, message, "idempotency_key_in_use");
}
