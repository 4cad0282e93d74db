// Why a model call failed, in the few ways that callers tell apart. The provider's text is looked at for these ways only,
// and nothing of it goes on: it may quote keys or prompts.

import type { IncomingHttpHeaders } from "node:http";

export type ModelFailureReason =
  | "provider_rate_limited"
  | "provider_unavailable"
  | "provider_timeout"
  | "provider_disconnected"
  | "provider_refused"
  | "provider_rejected"
  | "prompt_too_long"
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

/** The failure behind an error of the driver, the transport or the stream. */
export function toModelFailure(error: unknown, signal?: AbortSignal): ModelFailure {
  if (signal?.aborted) return new ModelFailure("aborted");
  return error instanceof ModelFailure ? error : new ModelFailure("provider_disconnected");
}

// How OpenAI, vLLM, llama.cpp, Mistral, Anthropic, Gemini and TGI say it; there is no standard for it.
const TOO_LONG =
  /context[ _-]?(?:length|window|size)|maximum model length|prompt is too long|too many tokens|token count|reduce the length|`inputs`/i;

/** The failure that an answer with this status means; `text` is the beginning of its body. */
export function failureOfStatus(status: number, headers: IncomingHttpHeaders, text = ""): ModelFailure {
  if (status === 413 || (isRefusal(status) && TOO_LONG.test(text)))
    return new ModelFailure("prompt_too_long");
  if (status === 429) return new ModelFailure("provider_rate_limited", retryAfterMs(headers));
  if (status === 401 || status === 403) return new ModelFailure("provider_refused");
  if (status === 408) return new ModelFailure("provider_timeout");
  if (status >= 500) return new ModelFailure("provider_unavailable", retryAfterMs(headers));
  return new ModelFailure("provider_rejected");
}

/** Whether an answer with this status says why only in its body. */
export function isRefusal(status: number): boolean {
  return status === 400 || status === 422;
}

function retryAfterMs(headers: IncomingHttpHeaders): number | null {
  const seconds = Number(headers["retry-after"]);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : null;
}
