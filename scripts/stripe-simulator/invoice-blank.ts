// An invoice as it begins: the subscription's lines added up, nothing paid.
import type Stripe from "stripe";
import { get, idOf, newIdOf, secondsNow, type World } from "./world";

export function blankInvoice(
  world: World,
  subscription: Stripe.Subscription,
  lines: Stripe.InvoiceLineItem[],
): Stripe.Invoice {
  const id = newIdOf("invoice");
  const total = lines.reduce((sum, { amount }) => sum + amount, 0);
  const now = secondsNow(world, subscription.customer);
  return {
    id,
    object: "invoice",
    ...amounts(total),
    ...customerFields(world, idOf(subscription.customer)),
    ...unused(),
    automatic_tax: automaticTax(subscription),
    billing_reason: "manual",
    created: now,
    currency: subscription.currency,
    lines: { object: "list", data: lines, has_more: false, url: `/v1/invoices/${id}/lines` },
    parent: {
      quote_details: null,
      subscription_details: { metadata: subscription.metadata, subscription: subscription.id },
      type: "subscription_details",
    },
    payments: { object: "list", data: [], has_more: false, url: `/v1/invoice_payments?invoice=${id}` },
    period_end: now,
    period_start: now,
    status: "draft",
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
  };
}

function amounts(total: number) {
  return {
    amount_due: Math.max(0, total),
    amount_overpaid: 0,
    amount_paid: 0,
    amount_remaining: Math.max(0, total),
    amount_shipping: 0,
    ending_balance: null,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    starting_balance: 0,
    subtotal: total,
    subtotal_excluding_tax: total,
    total,
    total_discount_amounts: [],
    total_excluding_tax: total,
    total_pretax_credit_amounts: [],
    total_taxes: [],
  };
}

function customerFields(world: World, id: string) {
  const customer = get(world, "customer", id);
  return {
    customer: id,
    customer_account: null,
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: null,
    customer_shipping: null,
    customer_tax_exempt: "none" as const,
    customer_tax_ids: [],
    test_clock: customer.test_clock ?? null,
  };
}

function automaticTax({ automatic_tax }: Stripe.Subscription): Stripe.Invoice.AutomaticTax {
  const { enabled } = automatic_tax;
  return {
    disabled_reason: null,
    enabled,
    liability: enabled ? { type: "self" } : null,
    provider: enabled ? "stripe" : null,
    status: enabled ? "complete" : null,
  };
}

/** What this simulator never fills in. */
function unused() {
  return {
    account_country: "US",
    account_name: "Parley (simulated)",
    account_tax_ids: null,
    application: null,
    attempt_count: 0,
    attempted: false,
    auto_advance: true,
    automatically_finalizes_at: null,
    collection_method: "charge_automatically" as const,
    custom_fields: null,
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    due_date: null,
    effective_at: null,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    issuer: { type: "self" as const },
    last_finalization_error: null,
    latest_revision: null,
    livemode: false,
    metadata: {},
    next_payment_attempt: null,
    number: null,
    on_behalf_of: null,
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    statement_descriptor: null,
    webhooks_delivered_at: null,
  };
}
