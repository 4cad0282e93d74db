// Differences in words.

import type { DifferenceKind } from "../../../../server/billing/terms";

export const KIND_WORDS: Record<DifferenceKind, string> = {
  subscription_status: "Standing of a subscription",
  subscription_plan: "Plan of a subscription",
  subscription_seats: "Seats as we know them",
  subscription_period: "Period of a subscription",
  subscription_cancellation: "Cancellation",
  subscription_customer: "Customer of a subscription",
  subscription_missing: "Subscription unknown to Stripe",
  subscription_unknown: "Subscription unknown here",
  seats: "Seats taken and seats billed",
  payment_unknown: "Payment that was not booked",
  payment_missing: "Payment unknown to Stripe",
  payment_amount: "Amount of a payment",
  payment_taken: "Refunds and disputes",
  payment_books: "Payment and ledger",
  balance: "Balance and ledger",
};
