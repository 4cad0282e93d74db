// Subscriptions: read, changed, cancelled.
import type Stripe from "stripe";
import type { z } from "zod";
import { attachMethod, usableMethod } from "./cards";
import { change } from "./events";
import { invalid, StripeFailure } from "./failure";
import { billNow } from "./invoices";
import { isInRange, listPage } from "./lists";
import type { Route } from "./route";
import { route } from "./route";
import { endSubscription } from "./standing";
import { changed } from "./subscription-changes";
import {
  cancelParameters,
  createParameters,
  listItemsParameters,
  listParameters,
  nothing,
  updateItemParameters,
  updateParameters,
} from "./subscription-parameters";
import { startSubscription } from "./subscription-start";
import { all, changedMetadata, get, secondsNow, type World } from "./world";

export const SUBSCRIPTION_ROUTES: Route[] = [
  route("POST /v1/subscriptions", createParameters, ({ world, params }) => create(world, params)),
  route("GET /v1/subscriptions", listParameters, ({ world, params }) => {
    const found = all(world, "subscription")
      .filter(({ customer }) => !params.customer || customer === params.customer)
      .filter(({ created }) => isInRange(created, params.created))
      .filter(({ items }) => !params.price || items.data.some(({ price }) => price.id === params.price))
      .filter(({ status }) => isWanted(status, params.status));
    return listPage(found, params, "/v1/subscriptions");
  }),
  route("GET /v1/subscriptions/:id", nothing, ({ world, id }) => get(world, "subscription", id)),
  route("POST /v1/subscriptions/:id", updateParameters, ({ world, params, id }) =>
    updateSubscription(world, running(world, id), params),
  ),
  route("DELETE /v1/subscriptions/:id", cancelParameters, ({ world, params, id }) =>
    cancelNow(world, running(world, id), params),
  ),
  route("GET /v1/subscription_items", listItemsParameters, ({ world, params }) => {
    const { items } = get(world, "subscription", params.subscription, "subscription");
    return { object: "list", url: "/v1/subscription_items", has_more: false, data: items.data };
  }),
  route("GET /v1/subscription_items/:id", nothing, ({ world, id }) => ownerOf(world, id).item),
  route("POST /v1/subscription_items/:id", updateItemParameters, ({ world, params, id }) => {
    const { subscription } = ownerOf(world, id);
    const { price, quantity, metadata: _own, ...rest } = params;
    const item = {
      id,
      ...(price === undefined ? {} : { price }),
      ...(quantity === undefined ? {} : { quantity }),
    };
    updateSubscription(world, subscription, { ...rest, items: [item] });
    return ownerOf(world, id).item;
  }),
];

function isWanted(status: Stripe.Subscription.Status, wanted: string | undefined): boolean {
  if (wanted === "all") return true;
  if (wanted === "ended") return status === "canceled" || status === "incomplete_expired";
  return wanted ? status === wanted : status !== "canceled";
}

/** Throws when it has ended: what has ended is final for its id. */
function running(world: World, id: string): Stripe.Subscription {
  const subscription = get(world, "subscription", id);
  if (subscription.ended_at !== null)
    throw new StripeFailure(404, {
      type: "invalid_request_error",
      code: "resource_missing",
      message: `No such subscription: '${id}'`,
      param: "id",
    });
  return subscription;
}

function ownerOf(world: World, itemId: string) {
  for (const subscription of all(world, "subscription")) {
    const item = subscription.items.data.find(({ id }) => id === itemId);
    if (item) return { subscription, item };
  }
  throw invalid(`No such subscription_item: '${itemId}'`, { code: "resource_missing", param: "item" });
}

function create(world: World, params: z.output<typeof createParameters>): Stripe.Subscription {
  get(world, "customer", params.customer, "customer");
  const method = params.default_payment_method;
  const owned = method
    ? attachMethod(world, usableMethod(world, method, "default_payment_method"), params.customer).id
    : null;
  return startSubscription(world, {
    customer: params.customer,
    items: params.items.map(({ price, quantity }) => ({ price, quantity: quantity ?? 1 })),
    metadata: changedMetadata({}, params.metadata),
    trialDays: params.trial_period_days ?? null,
    trialEnd: typeof params.trial_end === "number" ? params.trial_end : null,
    missingPaymentMethod: params.trial_settings?.end_behavior.missing_payment_method,
    paymentMethod: owned,
    hasAutomaticTax: params.automatic_tax?.enabled ?? false,
    description: params.description ?? null,
    isIncompleteAtFirst: params.payment_behavior === "default_incomplete",
  });
}

type Update = z.output<typeof updateParameters>;

/** Applies a change, bills what is due now and keeps the rest for the next invoice. */
export function updateSubscription(
  world: World,
  subscription: Stripe.Subscription,
  params: Update,
): Stripe.Subscription {
  const next = changed(world, subscription, {
    items: params.items,
    proration: params.proration_behavior,
    prorationDate: params.proration_date,
    trialEnd: params.trial_end,
    anchor: params.billing_cycle_anchor,
  });
  const isTrialOver = subscription.status === "trialing" && next.trialEnd === null;
  const end = next.items[0]?.current_period_end ?? 0;
  const changes: Partial<Stripe.Subscription> = {
    items: { ...subscription.items, data: next.items },
    billing_cycle_anchor: next.anchor,
    ...(isTrialOver ? { trial_end: secondsNow(world, subscription.customer), status: "active" } : {}),
    ...(next.trialEnd === null ? {} : { trial_end: next.trialEnd, status: "trialing" }),
    ...endingOf(world, subscription, { params, end }),
    ...plainChanges(world, subscription, params),
  };
  change(world, subscription, { type: "customer.subscription.updated", changes });
  const waiting = world.pendingLines[subscription.id] ?? [];
  if (next.dueNow === null) world.pendingLines[subscription.id] = [...waiting, ...next.prorations];
  else {
    delete world.pendingLines[subscription.id];
    billNow(world, { subscription, lines: [...waiting, ...next.dueNow], reason: "subscription_update" });
  }
  return subscription;
}

interface Ending {
  params: Update;
  end: number;
}

function endingOf(
  world: World,
  subscription: Stripe.Subscription,
  { params, end }: Ending,
): Partial<Stripe.Subscription> {
  const now = secondsNow(world, subscription.customer);
  if (params.cancel_at_period_end === true)
    return {
      cancel_at_period_end: true,
      cancel_at: end,
      canceled_at: now,
      cancellation_details: { ...BLANK_CANCELLATION, reason: "cancellation_requested" },
    };
  if (typeof params.cancel_at === "number") return { cancel_at: params.cancel_at, canceled_at: now };
  if (params.cancel_at_period_end === false || params.cancel_at === "")
    return {
      cancel_at_period_end: false,
      cancel_at: null,
      canceled_at: null,
      cancellation_details: BLANK_CANCELLATION,
    };
  return subscription.cancel_at_period_end ? { cancel_at: end } : {};
}

const BLANK_CANCELLATION = { comment: null, feedback: null, feedback_option: null, reason: null };

function plainChanges(
  world: World,
  subscription: Stripe.Subscription,
  params: Update,
): Partial<Stripe.Subscription> {
  const method = params.default_payment_method;
  if (
    method &&
    get(world, "payment_method", method, "default_payment_method").customer !== subscription.customer
  )
    throw invalid("The payment method is attached to another customer.", { param: "default_payment_method" });
  const hasTax = params.automatic_tax?.enabled;
  return {
    metadata: changedMetadata(subscription.metadata, params.metadata),
    ...(method === undefined ? {} : { default_payment_method: method }),
    ...(params.description === undefined ? {} : { description: params.description || null }),
    ...(hasTax === undefined
      ? {}
      : {
          automatic_tax: {
            disabled_reason: null,
            enabled: hasTax,
            liability: hasTax ? { type: "self" as const } : null,
          },
        }),
  };
}

/** Ends it at once; `prorate` with `invoice_now` gives the unused time back as credit. */
function cancelNow(
  world: World,
  subscription: Stripe.Subscription,
  params: z.output<typeof cancelParameters>,
): Stripe.Subscription {
  const waiting = world.pendingLines[subscription.id] ?? [];
  if (params.invoice_now && waiting.length > 0)
    billNow(world, { subscription, lines: waiting, reason: "subscription_update" });
  endSubscription(world, subscription, "cancellation_requested");
  return subscription;
}
