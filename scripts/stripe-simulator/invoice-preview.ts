// What an invoice would say: the same sums as the real one, and nothing is kept.
import type Stripe from "stripe";
import type { z } from "zod";
import { StripeFailure } from "./failure";
import { blankInvoice } from "./invoice-blank";
import { periodLine } from "./invoice-lines";
import type { previewParameters } from "./invoice-parameters";
import { periodAt } from "./periods";
import { type Changed, changed } from "./subscription-changes";
import { firstPeriod, pricedOf } from "./subscription-items";
import { blankSubscription, periodLines } from "./subscription-start";
import { get, secondsNow, type World } from "./world";

type Preview = z.output<typeof previewParameters>;

export function preview(world: World, params: Preview): Stripe.Invoice {
  return params.subscription ? previewOf(world, params, params.subscription) : previewNew(world, params);
}

function previewOf(world: World, params: Preview, id: string): Stripe.Invoice {
  const subscription = get(world, "subscription", id, "subscription");
  const details = params.subscription_details ?? {};
  const isEnding = details.cancel_at_period_end ?? subscription.cancel_at_period_end;
  const waiting = world.pendingLines[id] ?? [];
  if (subscription.ended_at !== null || (isEnding && waiting.length === 0 && !details.items))
    throw noneUpcoming();
  const next = changed(world, subscription, {
    items: details.items,
    proration: details.proration_behavior,
    prorationDate: details.proration_date,
    trialEnd: details.trial_end,
    anchor: details.billing_cycle_anchor,
  });
  const invoice = draftOf(
    world,
    { ...subscription, items: { ...subscription.items, data: next.items } },
    () => {
      if (params.preview_mode === "recurring") return nextLines(next);
      if (next.dueNow) return [...waiting, ...next.dueNow];
      return [...waiting, ...next.prorations, ...(isEnding ? [] : nextLines(next))];
    },
  );
  const prorationDate = details.proration_date ?? secondsNow(world, subscription.customer);
  const parent = invoice.parent?.subscription_details;
  if (parent && details.items) parent.subscription_proration_date = prorationDate;
  invoice.next_payment_attempt = next.dueNow ? invoice.created : (next.items[0]?.current_period_end ?? null);
  return invoice;
}

/** The lines of the period that follows. */
function nextLines({ items, anchor }: Changed): Stripe.InvoiceLineItem[] {
  return items.map((item) => {
    const recurring = item.price.recurring ?? { interval: "month" as const, interval_count: 1 };
    return periodLine(pricedOf(item), periodAt(anchor, recurring, item.current_period_end));
  });
}

/** The first invoice of a subscription that does not exist yet. */
function previewNew(world: World, params: Preview): Stripe.Invoice {
  const customer = params.customer ?? "";
  get(world, "customer", customer, "customer");
  const { items = [], trial_end } = params.subscription_details ?? {};
  const now = secondsNow(world, customer);
  const trialEnd = typeof trial_end === "number" ? trial_end : null;
  const wanted = {
    customer,
    items: items.map(({ price = "", quantity = 1 }) => ({ price, quantity })),
    metadata: {},
    trialDays: null,
    paymentMethod: null,
    hasAutomaticTax: params.automatic_tax?.enabled ?? false,
  };
  const subscription = blankSubscription(world, wanted, { now, trialEnd });
  const isRecurring = params.preview_mode === "recurring";
  return draftOf(world, subscription, () =>
    isRecurring && trialEnd !== null
      ? subscription.items.data.map((item) => periodLine(pricedOf(item), firstPeriod(item.price, trialEnd)))
      : periodLines(subscription, trialEnd !== null && !isRecurring),
  );
}

function draftOf(
  world: World,
  subscription: Stripe.Subscription,
  lines: () => Stripe.InvoiceLineItem[],
): Stripe.Invoice {
  const invoice = blankInvoice(world, subscription, lines());
  const { balance } = get(world, "customer", String(subscription.customer));
  invoice.id = invoice.id.replace("in_", "upcoming_in_");
  invoice.billing_reason = "upcoming";
  invoice.starting_balance = balance;
  invoice.amount_due = Math.max(0, invoice.total + balance);
  invoice.amount_remaining = invoice.amount_due;
  invoice.ending_balance = Math.min(0, invoice.total + balance);
  return invoice;
}

function noneUpcoming(): StripeFailure {
  return new StripeFailure(404, {
    type: "invalid_request_error",
    code: "invoice_upcoming_none",
    message: "No upcoming invoices for customer",
  });
}
