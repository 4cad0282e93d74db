// Invoices: drafted, finalised, paid; what the customer has as credit is used first.
import type Stripe from "stripe";
import { defaultPaymentMethod } from "./customers";
import { change, emit } from "./events";
import { blankInvoice } from "./invoice-blank";
import { confirm, makeIntent, type Outcome } from "./payments";
import { standingAfter } from "./standing";
import { find, get, idOf, newIdOf, put, secondsNow, type World } from "./world";

const DAY_SECONDS = 86_400;
/** Days after each refusal until the card is tried again. */
const RETRY_DAYS = [3, 5, 7];

interface NewInvoice {
  subscription: Stripe.Subscription;
  lines: Stripe.InvoiceLineItem[];
  reason: Stripe.Invoice.BillingReason;
}

/** An invoice of a subscription, final and tried once unless nothing is owed. */
export function billNow(world: World, wanted: NewInvoice, how: Collecting = {}): Stripe.Invoice {
  const invoice = draft(world, wanted);
  finalize(world, invoice);
  collect(world, invoice, how);
  return invoice;
}

export function draft(world: World, { subscription, lines, reason }: NewInvoice): Stripe.Invoice {
  const invoice = blankInvoice(world, subscription, lines);
  put(world, "invoice", invoice);
  for (const line of invoice.lines.data) line.invoice = invoice.id;
  invoice.billing_reason = reason;
  subscription.latest_invoice = invoice.id;
  emit(world, "invoice.created", invoice);
  return invoice;
}

/** Gives it its number, takes the customer's credit and asks for the rest. */
export function finalize(world: World, invoice: Stripe.Invoice): void {
  const customer = get(world, "customer", idOf(invoice.customer ?? ""));
  const now = secondsNow(world, customer);
  world.invoiceNumber += 1;
  invoice.starting_balance = customer.balance;
  invoice.amount_due = Math.max(0, invoice.total + customer.balance);
  customer.balance = Math.min(0, invoice.total + customer.balance);
  Object.assign(invoice, {
    status: "open",
    number: `${customer.invoice_prefix}-${String(world.invoiceNumber).padStart(4, "0")}`,
    amount_remaining: invoice.amount_due,
    ending_balance: customer.balance,
    effective_at: now,
    auto_advance: true,
    hosted_invoice_url: `${world.url}/invoices/${invoice.id}`,
    invoice_pdf: `${world.url}/invoices/${invoice.id}/pdf`,
    status_transitions: { ...invoice.status_transitions, finalized_at: now },
  });
  if (invoice.amount_due > 0) askFor(world, invoice);
  emit(world, "invoice.finalized", invoice);
}

function askFor(world: World, invoice: Stripe.Invoice): void {
  const intent = makeIntent(world, {
    amount: invoice.amount_due,
    currency: invoice.currency,
    customer: idOf(invoice.customer ?? ""),
    description: "Subscription",
  });
  invoice.confirmation_secret = { client_secret: intent.client_secret ?? "", type: "payment_intent" };
  const payment = put(world, "invoice_payment", {
    id: newIdOf("invoice_payment"),
    object: "invoice_payment",
    amount_paid: null,
    amount_requested: invoice.amount_due,
    created: intent.created,
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: true,
    livemode: false,
    payment: { payment_intent: intent.id, type: "payment_intent" },
    status: "open",
    status_transitions: { canceled_at: null, paid_at: null },
  });
  const url = `/v1/invoice_payments?invoice=${invoice.id}`;
  invoice.payments = { object: "list", data: [payment], has_more: false, url };
}

interface Collecting {
  paymentMethod?: string | null;
  isAuthenticated?: boolean;
}

/** Charges what is open to the subscription's card, or to the customer's; answers what became of it. */
export function collect(world: World, invoice: Stripe.Invoice, how: Collecting = {}): Outcome {
  if (invoice.amount_due === 0) return settleInvoice(world, invoice, "succeeded");
  const intent = intentOf(world, invoice);
  if (!intent) return "card_declined";
  const subscription = subscriptionOf(world, invoice);
  intent.payment_method = how.paymentMethod ?? (subscription ? payingMethod(world, subscription) : null);
  const outcome = confirm(world, intent, {
    isOffSession: !how.isAuthenticated,
    isAuthenticated: how.isAuthenticated ?? false,
  });
  return settleInvoice(world, invoice, outcome);
}

/** The payment method that its invoices are charged to. */
export function payingMethod(world: World, subscription: Stripe.Subscription): string | null {
  const own = subscription.default_payment_method;
  return own === null ? defaultPaymentMethod(world, idOf(subscription.customer)) : idOf(own);
}

/** What the outcome of a payment means to its invoice and its subscription. */
export function settleInvoice(world: World, invoice: Stripe.Invoice, outcome: Outcome): Outcome {
  if (invoice.status === "paid" || outcome === "processing" || outcome === "requires_action") return outcome;
  if (outcome === "succeeded") markPaid(world, invoice);
  else markRefused(world, invoice, outcome);
  return outcome;
}

function markPaid(world: World, invoice: Stripe.Invoice): void {
  const now = secondsNow(world, invoice.customer);
  const payment = invoice.payments?.data[0];
  if (payment) {
    payment.status = "paid";
    payment.amount_paid = invoice.amount_due;
    payment.status_transitions = { canceled_at: null, paid_at: now };
    put(world, "invoice_payment", payment);
    emit(world, "invoice_payment.paid", payment);
  }
  Object.assign(invoice, {
    status: "paid",
    amount_paid: invoice.amount_due,
    amount_remaining: 0,
    attempted: true,
    attempt_count: invoice.attempt_count + (invoice.amount_due > 0 ? 1 : 0),
    auto_advance: false,
    next_payment_attempt: null,
    status_transitions: { ...invoice.status_transitions, paid_at: now },
  });
  emit(world, "invoice.paid", invoice);
  emit(world, "invoice.payment_succeeded", invoice);
  const subscription = subscriptionOf(world, invoice);
  if (subscription) standingAfter(world, subscription, "paid");
}

function markRefused(world: World, invoice: Stripe.Invoice, outcome: Outcome): void {
  const subscription = subscriptionOf(world, invoice);
  const days = RETRY_DAYS[invoice.attempt_count];
  const isFirst = invoice.billing_reason === "subscription_create";
  const next =
    days === undefined || isFirst ? null : secondsNow(world, invoice.customer) + days * DAY_SECONDS;
  Object.assign(invoice, {
    attempted: true,
    attempt_count: invoice.attempt_count + 1,
    next_payment_attempt: next,
  });
  if (outcome === "authentication_required") emit(world, "invoice.payment_action_required", invoice);
  emit(world, "invoice.payment_failed", invoice);
  if (subscription && !isFirst) standingAfter(world, subscription, next === null ? "given_up" : "refused");
}

export function intentOf(world: World, invoice: Stripe.Invoice): Stripe.PaymentIntent | null {
  const intent = invoice.payments?.data[0]?.payment.payment_intent;
  return intent ? find(world, "payment_intent", idOf(intent)) : null;
}

export function subscriptionOf(world: World, invoice: Stripe.Invoice): Stripe.Subscription | null {
  const subscription = invoice.parent?.subscription_details?.subscription;
  return subscription ? find(world, "subscription", idOf(subscription)) : null;
}

export function voidInvoice(world: World, invoice: Stripe.Invoice): void {
  const voided_at = secondsNow(world, invoice.customer);
  const changes: Partial<Stripe.Invoice> = {
    status: "void",
    auto_advance: false,
    next_payment_attempt: null,
    status_transitions: { ...invoice.status_transitions, voided_at },
  };
  change(world, invoice, { type: "invoice.voided", changes });
}
