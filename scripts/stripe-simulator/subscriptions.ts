// Subscriptions: read, changed, cancelled.
import type Stripe from "stripe";
import type { z } from "zod";
import { attachMethod, usableMethod } from "./cards";
import { invalid, StripeFailure } from "./failure";
import { unusedLine } from "./invoice-lines";
import { billNow } from "./invoices";
import { isInRange, listPage } from "./lists";
import { nothing } from "./parameters";
import type { Route } from "./route";
import { route } from "./route";
import { endSubscription } from "./standing";
import { periodOf, pricedOf } from "./subscription-items";
import {
  cancelParameters,
  createParameters,
  listItemsParameters,
  listParameters,
  updateItemParameters,
  updateParameters,
} from "./subscription-parameters";
import { startSubscription } from "./subscription-start";
import { updateSubscription } from "./subscription-update";
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

/** Ends it at once; `prorate` with `invoice_now` gives the unused time back as credit. */
function cancelNow(
  world: World,
  subscription: Stripe.Subscription,
  params: z.output<typeof cancelParameters>,
): Stripe.Subscription {
  const waiting = world.pendingLines[subscription.id] ?? [];
  const lines = [...waiting, ...(params.prorate ? unusedLines(world, subscription) : [])];
  if (params.invoice_now && lines.length > 0)
    billNow(world, { subscription, lines, reason: "subscription_update" });
  endSubscription(world, subscription, "cancellation_requested");
  return subscription;
}

/** The rest of the period, where it is paid. */
function unusedLines(
  world: World,
  { status, customer, items }: Stripe.Subscription,
): Stripe.InvoiceLineItem[] {
  const at = secondsNow(world, customer);
  return status === "active" ? items.data.map((item) => unusedLine(pricedOf(item), periodOf(item), at)) : [];
}
