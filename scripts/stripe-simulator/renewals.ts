// What time brings: trials end, periods begin anew, cards are tried again, what was cancelled ends. Worked off one by one in
// the order of time, each at its own instant, however far the clock jumped.
import type Stripe from "stripe";
import { expire } from "./checkout";
import { defaultPaymentMethod } from "./customers";
import { change, emit } from "./events";
import { billNow, collect, draft, subscriptionOf, voidInvoice } from "./invoices";
import { periodAt } from "./periods";
import { endSubscription } from "./standing";
import { periodLines } from "./subscription-start";
import { all, clockOf, find, idOf, secondsNow, type World } from "./world";

const DAY_SECONDS = 86_400;
const TRIAL_WARNING_SECONDS = 3 * DAY_SECONDS;
const UPCOMING_SECONDS = 7 * DAY_SECONDS;
const INCOMPLETE_SECONDS = 23 * 3_600;
/** A clock that jumps very far must still come to an end. */
const STEPS_MAX = 20_000;

interface Due {
  at: number;
  run(): void;
}

/** Works off all that is due; `clockId` for the customers of that test clock, otherwise for all others. */
export function runDue(world: World, clockId: string | null = null): void {
  const until = clockId
    ? (find(world, "test_helpers.test_clock", clockId)?.frozen_time ?? 0)
    : secondsNow({ ...world, pinnedSeconds: null });
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const next = earliest(dueOf(world, clockId), until);
    if (!next) return;
    world.pinnedSeconds = next.at;
    try {
      next.run();
    } finally {
      world.pinnedSeconds = null;
    }
  }
}

function earliest(due: Due[], until: number): Due | null {
  let first: Due | null = null;
  for (const one of due) if (one.at <= until && (!first || one.at < first.at)) first = one;
  return first;
}

function dueOf(world: World, clockId: string | null): Due[] {
  const isOurs = (customer: Stripe.Invoice["customer"]) =>
    (customer ? (clockOf(world, idOf(customer))?.id ?? null) : null) === clockId;
  const subscriptions = all(world, "subscription").filter(
    ({ ended_at, customer }) => ended_at === null && isOurs(customer),
  );
  const invoices = all(world, "invoice").filter(
    ({ status, customer }) => status === "open" && isOurs(customer),
  );
  const sessions = all(world, "checkout.session").filter(
    ({ status, customer }) => status === "open" && isOurs(customer),
  );
  return [
    ...subscriptions.flatMap((subscription) => dueOfSubscription(world, subscription)),
    ...invoices.flatMap((invoice) => retryOf(world, invoice)),
    ...sessions.map((session) => ({ at: session.expires_at, run: () => expire(world, session) })),
  ];
}

function retryOf(world: World, invoice: Stripe.Invoice): Due[] {
  const at = invoice.next_payment_attempt;
  return at === null ? [] : [{ at, run: () => void collect(world, invoice) }];
}

function dueOfSubscription(world: World, subscription: Stripe.Subscription): Due[] {
  if (subscription.status === "paused") return [];
  if (subscription.status === "incomplete")
    return [
      { at: subscription.created + INCOMPLETE_SECONDS, run: () => expireIncomplete(world, subscription) },
    ];
  const end = subscription.items.data[0]?.current_period_end ?? Number.POSITIVE_INFINITY;
  return [...announcements(world, subscription, end), ...endings(world, subscription, end)];
}

function endings(world: World, subscription: Stripe.Subscription, end: number): Due[] {
  const { cancel_at } = subscription;
  if (cancel_at !== null && cancel_at <= end)
    return [{ at: cancel_at, run: () => endSubscription(world, subscription, "cancellation_requested") }];
  return [{ at: end, run: () => renew(world, subscription) }];
}

/** Mails of Stripe's: three days before a trial ends, a week before an invoice. */
function announcements(world: World, subscription: Stripe.Subscription, end: number): Due[] {
  const isTrial = subscription.status === "trialing";
  const type = isTrial ? "customer.subscription.trial_will_end" : "invoice.upcoming";
  const at = end - (isTrial ? TRIAL_WARNING_SECONDS : UPCOMING_SECONDS);
  const mark = `${subscription.id}:${type}:${end}`;
  const isTooLate = at < subscription.created || subscription.cancel_at !== null;
  if (world.announced.includes(mark) || isTooLate) return [];
  const run = () => {
    world.announced.push(mark);
    emit(world, type, isTrial ? subscription : upcoming(subscription, end));
  };
  return [{ at, run }];
}

function upcoming(subscription: Stripe.Subscription, end: number): object {
  return {
    object: "invoice",
    customer: subscription.customer,
    currency: subscription.currency,
    next_payment_attempt: end,
    parent: {
      quote_details: null,
      subscription_details: { metadata: subscription.metadata, subscription: subscription.id },
      type: "subscription_details",
    },
    status: "draft",
  };
}

function expireIncomplete(world: World, subscription: Stripe.Subscription): void {
  for (const invoice of all(world, "invoice"))
    if (invoice.status === "open" && subscriptionOf(world, invoice) === subscription)
      voidInvoice(world, invoice);
  const changes: Partial<Stripe.Subscription> = {
    status: "incomplete_expired",
    ended_at: secondsNow(world, subscription.customer),
  };
  change(world, subscription, { type: "customer.subscription.updated", changes });
}

/** The next period begins: its invoice with whatever waited for it. */
function renew(world: World, subscription: Stripe.Subscription): void {
  const isTrialOver = subscription.status === "trialing";
  if (isTrialOver && !hasPaymentMethod(world, subscription) && !isBilledAnyway(world, subscription)) return;
  const items = subscription.items.data.map((item) => {
    const recurring = item.price.recurring ?? { interval: "month" as const, interval_count: 1 };
    const period = periodAt(subscription.billing_cycle_anchor, recurring, item.current_period_end);
    return { ...item, current_period_start: period.start, current_period_end: period.end };
  });
  const changes: Partial<Stripe.Subscription> = {
    items: { ...subscription.items, data: items },
    ...(isTrialOver ? { status: "active" } : {}),
  };
  change(world, subscription, { type: "customer.subscription.updated", changes });
  const lines = [...(world.pendingLines[subscription.id] ?? []), ...periodLines(subscription)];
  delete world.pendingLines[subscription.id];
  const wanted = { subscription, lines, reason: "subscription_cycle" as const };
  // Who is unpaid is not charged any more; the invoice waits as a draft.
  if (subscription.status === "unpaid") draft(world, wanted);
  else billNow(world, wanted);
}

function hasPaymentMethod(world: World, subscription: Stripe.Subscription): boolean {
  const { default_payment_method, customer } = subscription;
  return Boolean(default_payment_method ?? defaultPaymentMethod(world, idOf(customer)));
}

/** What a trial without a card does at its end; answers whether it goes on to an invoice. */
function isBilledAnyway(world: World, subscription: Stripe.Subscription): boolean {
  const wanted = subscription.trial_settings?.end_behavior.missing_payment_method;
  if (wanted === "cancel") endSubscription(world, subscription, "cancellation_requested");
  if (wanted === "pause") {
    change(world, subscription, { type: "customer.subscription.paused", changes: { status: "paused" } });
  }
  return wanted !== "cancel" && wanted !== "pause";
}
