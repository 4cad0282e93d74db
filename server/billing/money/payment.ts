// A payment into the reserve as Stripe has it, with all that was taken back of it.

import type Stripe from "stripe";
import { readStripe } from "../gateway/calls";
import { EventFault } from "../intake/handler";
import { isAutomatic, purposeOf } from "./purpose";

const LIST_MAX = 100;

/** A payment as Stripe has it. */
export interface Payment {
  intent: Stripe.PaymentIntent;
  refunds: Stripe.Refund[];
  disputes: Stripe.Dispute[];
}

/** The payment with what was taken back; null for one that does not fill a reserve. */
export async function fetchPayment(intentId: string): Promise<Payment | null> {
  const expand = ["latest_charge"];
  const intent = await readStripe("payment_intent.read", (stripe) =>
    stripe.paymentIntents.retrieve(intentId, { expand }),
  );
  if (purposeOf(intent) === null) return null;
  // What was not paid cannot be taken back.
  if (intent.status !== "succeeded") return { intent, refunds: [], disputes: [] };
  const wanted = { payment_intent: intentId, limit: LIST_MAX };
  const refunds = await readStripe("refund.list", (stripe) =>
    stripe.refunds.list(wanted).autoPagingToArray({ limit: LIST_MAX * LIST_MAX }),
  );
  const disputes = await readStripe("dispute.list", (stripe) =>
    stripe.disputes.list(wanted).autoPagingToArray({ limit: LIST_MAX }),
  );
  return { intent, refunds, disputes };
}

/** The workspace's own words on a payment must agree with whose it is and what was paid. Throws EventFault. */
export function assertUncontradicted({ intent }: Payment, tenantId: string): void {
  const { tenant_id: named, amount_cents: cents } = intent.metadata;
  if (named !== undefined && named !== tenantId)
    throw new EventFault(`The payment ${intent.id} names another workspace than its customer's.`);
  if (cents !== undefined && cents !== String(intent.amount))
    throw new EventFault(`The payment ${intent.id} is of another amount than was asked for.`);
  if (intent.status === "succeeded" && intent.amount_received <= 0)
    throw new EventFault(`Nothing was received for the payment ${intent.id}.`);
  if (isAutomatic(intent) && intent.metadata["attempt_id"] === undefined)
    throw new EventFault(`The payment ${intent.id} names no attempt.`);
}
