// Events of payments into the reserve. Whatever event speaks of a payment, the payment is fetched with all of its refunds and
// disputes, and the books are brought to what was fetched: order and repetition of events mean nothing.

import type Stripe from "stripe";
import type { MoneyHandler } from "../intake/handler";
import { idOf } from "../subscription/row";
import { fetchPayment, type Payment } from "./payment";
import { bringToBooks } from "./reserve-books";

export const paymentHandler: MoneyHandler<Payment> = {
  name: "reserve_payment",
  eventTypes: [
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "payment_intent.*",
    "charge.*",
    "refund.*",
  ],
  fetch: fetchPaymentOf,
  book: bringToBooks,
};

async function fetchPaymentOf({ data: { object } }: Stripe.Event): Promise<Payment | null> {
  const about = object as { object?: string; id?: unknown; payment_intent?: unknown };
  const id = about.object === "payment_intent" ? idOf(about) : idOf(about.payment_intent);
  return id === null ? null : fetchPayment(id);
}
