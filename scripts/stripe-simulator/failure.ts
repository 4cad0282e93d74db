// Stripe's errors: an HTTP status and the envelope `{"error": {...}}`.
import type Stripe from "stripe";

interface ErrorFields {
  type: "api_error" | "card_error" | "idempotency_error" | "invalid_request_error" | "rate_limit_error";
  message: string;
  code?: string;
  decline_code?: string;
  param?: string;
  charge?: string;
  payment_intent?: Stripe.PaymentIntent;
  payment_method?: Stripe.PaymentMethod;
}

export class StripeFailure extends Error {
  override readonly name = "StripeFailure";
  constructor(
    readonly status: number,
    readonly fields: ErrorFields,
    /** Refused before anything began: no result is kept under the idempotency key. */
    readonly isBeforeStart = false,
  ) {
    super(fields.message);
  }
}

export function invalid(message: string, details: { code?: string; param?: string } = {}): StripeFailure {
  return new StripeFailure(400, { type: "invalid_request_error", message, ...details });
}

export function missing(kind: string, id: string, param = "id"): StripeFailure {
  const message = `No such ${kind}: '${id}'`;
  const status = param === "id" ? 404 : 400;
  return new StripeFailure(status, {
    type: "invalid_request_error",
    code: "resource_missing",
    message,
    param,
  });
}
