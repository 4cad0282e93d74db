// Why a model call failed, in the few ways that callers tell apart. Nothing of the provider's text goes on: it may quote
// keys or prompts.

import OpenAI from "openai";

export type ModelFailureReason =
  | "provider_rate_limited"
  | "provider_unavailable"
  | "provider_timeout"
  | "provider_disconnected"
  | "provider_refused"
  | "provider_rejected"
  | "aborted";

const RETRYABLE = new Set<ModelFailureReason>([
  "provider_rate_limited",
  "provider_unavailable",
  "provider_timeout",
  "provider_disconnected",
]);

export class ModelFailure extends Error {
  override readonly name = "ModelFailure";

  constructor(
    readonly reason: ModelFailureReason,
    readonly retryAfterMs: number | null = null,
  ) {
    super(reason);
  }

  /** Whether the same call may succeed a moment later. */
  get isRetryable(): boolean {
    return RETRYABLE.has(this.reason);
  }
}

/** The failure behind an error of the client, the transport or the stream. */
export function toModelFailure(error: unknown, signal?: AbortSignal): ModelFailure {
  if (error instanceof ModelFailure) return error;
  if (signal?.aborted || error instanceof OpenAI.APIUserAbortError) return new ModelFailure("aborted");
  const inner = causeOf(error);
  if (inner) return inner;
  if (error instanceof OpenAI.APIConnectionTimeoutError) return new ModelFailure("provider_timeout");
  if (error instanceof OpenAI.APIError && error.status) return failureOfStatus(error.status, error.headers);
  return new ModelFailure("provider_disconnected");
}

// The client wraps what its fetch throws; our fetch throws ModelFailure.
function causeOf(error: unknown): ModelFailure | undefined {
  let cause: unknown = error;
  for (let depth = 0; depth < 5 && cause instanceof Error; depth += 1) {
    if (cause instanceof ModelFailure) return cause;
    cause = cause.cause;
  }
  return undefined;
}

function failureOfStatus(status: number, headers: Headers | undefined): ModelFailure {
  if (status === 429) return new ModelFailure("provider_rate_limited", retryAfterMs(headers));
  if (status === 401 || status === 403) return new ModelFailure("provider_refused");
  if (status === 408) return new ModelFailure("provider_timeout");
  if (status >= 500) return new ModelFailure("provider_unavailable", retryAfterMs(headers));
  return new ModelFailure("provider_rejected");
}

function retryAfterMs(headers: Headers | undefined): number | null {
  const seconds = Number(headers?.get("retry-after"));
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : null;
}
