// What waits for a payment: the invoice that asked for it, the checkout that began it.
import type Stripe from "stripe";
import { emit } from "./events";
import { settleInvoice } from "./invoices";
import { type Outcome, refuse, succeed } from "./payments";
import { all, find, idOf, type World } from "./world";

export function afterPayment(world: World, intent: Stripe.PaymentIntent, outcome: Outcome): void {
  const invoice = invoiceOf(world, intent);
  if (invoice) settleInvoice(world, invoice, outcome);
}

export function invoiceOf(world: World, intent: Stripe.PaymentIntent): Stripe.Invoice | null {
  const payment = all(world, "invoice_payment").find(
    ({ payment: { payment_intent } }) => payment_intent !== undefined && idOf(payment_intent) === intent.id,
  );
  return payment ? find(world, "invoice", idOf(payment.invoice)) : null;
}

/** A payment that was processing ends: its money came, or did not. */
export function finishProcessing(world: World, intent: Stripe.PaymentIntent, hasSucceeded: boolean): void {
  if (intent.status !== "processing") throw new Error(`${intent.id} is not processing but ${intent.status}.`);
  if (hasSucceeded) succeed(world, intent);
  else refuse(world, intent, "insufficient_funds");
  afterPayment(world, intent, hasSucceeded ? "succeeded" : "insufficient_funds");
  const invoiceId = invoiceOf(world, intent)?.id;
  const session = all(world, "checkout.session").find(
    ({ payment_intent, invoice }) => payment_intent === intent.id || (invoice && invoice === invoiceId),
  );
  if (session?.payment_status !== "unpaid") return;
  if (hasSucceeded) session.payment_status = "paid";
  const type = hasSucceeded
    ? "checkout.session.async_payment_succeeded"
    : "checkout.session.async_payment_failed";
  emit(world, type, session);
}
