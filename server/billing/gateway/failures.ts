// How a call to Stripe can fail, told apart by what to do next, and as people are told of it. Nothing of Stripe's own text
// goes on to a person but why a card was refused: it is written for them.

import Stripe from "stripe";
import { AppError, type ErrorCode, type ErrorDetails } from "../../platform/errors";

export type Failure =
  /** Nothing came back, or not in time: whether it was done is not known. */
  | "unreachable"
  /** Stripe failed; the answer is kept under the key, and may stand for something that was done. */
  | "failed"
  /** Not done, too many at once. */
  | "limited"
  /** The same call is under way. */
  | "busy"
  /** Stripe said no, and the same call gets the same answer. */
  | "refused"
  /** Not Stripe's: a fault of ours. */
  | "fault";

const CARD_UNHELPFUL = "The card was declined. Try another card, or ask your bank.";
const TEXT_AUTHENTICATION = "Your bank wants you to confirm this payment.";
const TEXT_UNREACHABLE =
  "Payments cannot be reached right now. Nothing was changed; please try again in a moment.";
const TEXT_MISSING = "That is no longer there.";
export const TEXT_NOT_SET_UP = "Payments are not set up here.";
const RETRY_AFTER_SECONDS = 10;

/** What Stripe said, in its own words for machines. */
export interface Refusal {
  type: string;
  code: string | null;
  declineCode: string | null;
  status: number | null;
  paymentIntentId: string | null;
}

/** A refusal of Stripe's, safe to show; `refusal` is for those who decide by it. */
export class StripeRefusal extends AppError {
  constructor(
    code: ErrorCode,
    message: string,
    readonly refusal: Refusal,
    details: ErrorDetails = {},
  ) {
    super(code, message, details);
  }
}

export function failureOf(error: unknown): Failure {
  if (!(error instanceof Stripe.errors.StripeError)) return "fault";
  if (error instanceof Stripe.errors.StripeConnectionError) return "unreachable";
  const { statusCode = 0, code } = error;
  if (code === "idempotency_key_in_use" || code === "lock_timeout") return "busy";
  if (error instanceof Stripe.errors.StripeRateLimitError) return "limited";
  // An answer that is no JSON comes from something in between.
  return statusCode >= 500 || statusCode === 0 || statusCode < 400 ? "failed" : "refused";
}

/** Whether the same call, with the same key, may be answered a moment later. */
export function isRepeatable(error: unknown): boolean {
  const failure = failureOf(error);
  if (failure === "fault" || failure === "refused") return false;
  return !(error instanceof Stripe.errors.StripeError && error.headers?.["stripe-should-retry"] === "false");
}

export function refusalOf(error: unknown): Refusal | null {
  if (!(error instanceof Stripe.errors.StripeError)) return null;
  return {
    type: error.rawType ?? error.type,
    code: error.code ?? null,
    declineCode: error.decline_code ?? null,
    status: error.statusCode ?? null,
    paymentIntentId: error.payment_intent?.id ?? null,
  };
}

/** True for an object that Stripe does not have (any more). */
export function isMissing(error: unknown): boolean {
  return error instanceof StripeRefusal && error.refusal.code === "resource_missing";
}

/** The error as rooms see it: what a person can do something about is an AppError, what we did wrong is left as it is. */
export function toDomainError(error: unknown): unknown {
  const refusal = refusalOf(error);
  if (refusal === null) return error;
  if (error instanceof Stripe.errors.StripeCardError) return cardRefusal(error, refusal);
  if (refusal.code === "resource_missing") return new StripeRefusal("not_found", TEXT_MISSING, refusal);
  const isOurs = error instanceof Stripe.errors.StripeInvalidRequestError || refusal.status === 409;
  if (isOurs || error instanceof Stripe.errors.StripeIdempotencyError)
    return failureOf(error) === "busy" ? unreachable(refusal) : error;
  return unreachable(refusal);
}

function cardRefusal(
  error: InstanceType<typeof Stripe.errors.StripeCardError>,
  refusal: Refusal,
): StripeRefusal {
  const isAuthentication =
    refusal.code === "authentication_required" || refusal.declineCode === "authentication_required";
  return isAuthentication
    ? new StripeRefusal("payment_required", TEXT_AUTHENTICATION, refusal, {
        reason: "authentication_required",
      })
    : new StripeRefusal("payment_required", error.message || CARD_UNHELPFUL, refusal, {
        reason: "card_declined",
      });
}

function unreachable(refusal: Refusal): StripeRefusal {
  const details = { reason: "billing_unavailable" as const, retryAfterSeconds: RETRY_AFTER_SECONDS };
  return new StripeRefusal("unavailable", TEXT_UNREACHABLE, refusal, details);
}
