// The beginning of a subscription: its items, its trial, its first invoice.
import type Stripe from "stripe";
import { emit } from "./events";
import { invalid } from "./failure";
import { periodLine } from "./invoice-lines";
import { billNow, draft, finalize } from "./invoices";
import { firstPeriod, makeItem, periodOf, pricedOf, priceFor } from "./subscription-items";
import { get, newIdOf, put, secondsNow, type World } from "./world";

const DAY_SECONDS = 86_400;

export interface NewSubscription {
  customer: string;
  items: { price: string; quantity: number }[];
  metadata: Stripe.Metadata;
  trialDays: number | null;
  trialEnd?: number | null;
  missingPaymentMethod?: "cancel" | "create_invoice" | "pause" | undefined;
  paymentMethod: string | null;
  hasAutomaticTax: boolean;
  description?: string | null;
  /** default_incomplete: the first invoice waits for its payer. */
  isIncompleteAtFirst?: boolean;
  /** The payer stands before the page of the bank and said yes. */
  isAuthenticated?: boolean;
}

/** Starts it and, unless it is on trial, charges its first period. */
export function startSubscription(world: World, wanted: NewSubscription): Stripe.Subscription {
  const now = secondsNow(world, wanted.customer);
  const trialEnd = wanted.trialEnd ?? (wanted.trialDays ? now + wanted.trialDays * DAY_SECONDS : null);
  const subscription = blankSubscription(world, wanted, { now, trialEnd });
  put(world, "subscription", subscription);
  emit(world, "customer.subscription.created", subscription);
  const lines = periodLines(subscription, trialEnd !== null);
  const reason = "subscription_create";
  const how = { isAuthenticated: wanted.isAuthenticated ?? false };
  if (!wanted.isIncompleteAtFirst || trialEnd) billNow(world, { subscription, lines, reason }, how);
  else finalize(world, draft(world, { subscription, lines, reason }));
  return subscription;
}

/** A line for each item's current period. */
export function periodLines(subscription: Stripe.Subscription, isTrial = false): Stripe.InvoiceLineItem[] {
  return subscription.items.data.map((item) => periodLine(pricedOf(item), periodOf(item), isTrial));
}

/** A subscription that is in no world yet. */
export function blankSubscription(
  world: World,
  wanted: NewSubscription,
  { now, trialEnd }: { now: number; trialEnd: number | null },
): Stripe.Subscription {
  const id = newIdOf("subscription");
  const items = wanted.items.map(({ price, quantity }, position) => {
    const found = priceFor(world, price, `items[${position}][price]`);
    const period = trialEnd ? { start: now, end: trialEnd } : firstPeriod(found, now);
    return makeItem({ price: found, quantity, subscription: id, period });
  });
  const [first] = items;
  if (!first) throw invalid("A subscription needs at least one item.", { param: "items" });
  return {
    id,
    object: "subscription",
    ...unused(),
    automatic_tax: {
      disabled_reason: null,
      enabled: wanted.hasAutomaticTax,
      liability: wanted.hasAutomaticTax ? { type: "self" } : null,
    },
    billing_cycle_anchor: trialEnd ?? now,
    created: now,
    currency: first.price.currency,
    customer: wanted.customer,
    default_payment_method: wanted.paymentMethod,
    description: wanted.description ?? null,
    items: { object: "list", data: items, has_more: false, url: `/v1/subscription_items?subscription=${id}` },
    metadata: wanted.metadata,
    start_date: now,
    status: trialEnd ? "trialing" : "incomplete",
    test_clock: get(world, "customer", wanted.customer).test_clock ?? null,
    trial_end: trialEnd,
    trial_settings: {
      end_behavior: { missing_payment_method: wanted.missingPaymentMethod ?? "create_invoice" },
    },
    trial_start: trialEnd ? now : null,
  };
}

/** What this simulator never fills in. */
function unused() {
  return {
    application: null,
    application_fee_percent: null,
    billing_cycle_anchor_config: null,
    billing_mode: { flexible: { proration_discounts: "included" as const }, type: "flexible" as const },
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
    collection_method: "charge_automatically" as const,
    customer_account: null,
    days_until_due: null,
    default_source: null,
    default_tax_rates: [],
    discounts: [],
    ended_at: null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: { type: "self" as const },
    },
    latest_invoice: null,
    livemode: false,
    managed_payments: null,
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: "off" as const,
    },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: null,
    transfer_data: null,
  };
}
