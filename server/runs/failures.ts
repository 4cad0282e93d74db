// How a run fails, in words for the person: what happened, and that it can be tried again. Reasons are a closed list.

import { MaxTurnsExceededError, ModelBehaviorError } from "@openai/agents";
import { AppError } from "../platform/errors";
import { ModelFailure, type ModelFailureReason } from "../platform/model-failure";

const REFUSALS = [
  "usage_limit_exceeded",
  "monthly_cap_reached",
  "reserve_insufficient",
  "subscription_inactive",
  "model_unavailable",
] as const;
/** Why the wallet refused a call in the middle of a run. */
type Refusal = (typeof REFUSALS)[number];

export type RunFailureReason =
  | Refusal
  | Exclude<ModelFailureReason, "aborted">
  | "step_limit"
  | "time_limit"
  | "empty_answer"
  | "model_misbehaved"
  | "interrupted"
  | "internal";

export interface RunFailure {
  reason: RunFailureReason;
  message: string;
}

const MESSAGES: Record<Exclude<RunFailureReason, Refusal>, string> = {
  provider_rate_limited: "The model is receiving too many requests right now. Wait a moment, then retry.",
  provider_unavailable: "The model's provider has a problem. Retry, or choose another model.",
  provider_timeout: "The model stopped answering in time. Retry, or choose another model.",
  provider_disconnected: "The connection to the model broke off. Retry to ask again.",
  provider_refused:
    "The model's provider refused our access. An administrator must check the model settings.",
  prompt_too_long:
    "The conversation is too long for this model. Shorten your message, or choose another model.",
  provider_rejected: "The model could not accept this conversation. Retry, or choose another model.",
  step_limit: "The answer took too many steps and was ended. Ask for a smaller part of it.",
  time_limit: "The answer took too long and was ended. Ask for a smaller part of it.",
  empty_answer: "The model answered nothing. Retry, or put the question differently.",
  model_misbehaved: "The model asked for something that does not exist. Retry, or choose another model.",
  interrupted: "The answer was interrupted. Continue it, or retry.",
  internal: "Something went wrong on our side. Retry to ask again.",
};

/** A failure by its reason. */
export function runFailure(reason: Exclude<RunFailureReason, Refusal>): RunFailure {
  return { reason, message: MESSAGES[reason] };
}

/** The failure behind whatever ended the work on a run. */
export function failureOf(error: unknown): RunFailure {
  const refusal =
    error instanceof AppError ? REFUSALS.find((reason) => reason === error.details.reason) : undefined;
  if (refusal && error instanceof AppError) return { reason: refusal, message: error.message };
  if (error instanceof RunLimit) return runFailure(error.reason);
  if (error instanceof ModelFailure && error.reason !== "aborted") return runFailure(error.reason);
  if (error instanceof MaxTurnsExceededError) return runFailure("step_limit");
  if (error instanceof ModelBehaviorError) return runFailure("model_misbehaved");
  return runFailure("internal");
}

/** Thrown when a run has used up what it may. */
export class RunLimit extends Error {
  override readonly name = "RunLimit";

  constructor(readonly reason: "step_limit" | "empty_answer") {
    super(reason);
  }
}
