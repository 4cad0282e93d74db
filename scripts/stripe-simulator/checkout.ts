// Checkout sessions as the API offers them; paying one is in checkout-pay.ts.
import Stripe from "stripe";
import type { z } from "zod";
import { blankSession } from "./checkout-blank";
import { createParameters, listParameters } from "./checkout-parameters";
import { emit } from "./events";
import { invalid } from "./failure";
import { isInRange, listPage } from "./lists";
import { nothing } from "./parameters";
import { type Route, route } from "./route";
import { all, changedMetadata, find, get, newIdOf, newStripeId, put, secondsNow, type World } from "./world";

const OPEN_SECONDS = 86_400;
const TRIAL_SECONDS_MIN = 2 * 86_400;
const EXPIRES = { soonestSeconds: 1_800, latestSeconds: 86_400, slackSeconds: 60 };

type Create = z.output<typeof createParameters>;

export const CHECKOUT_ROUTES: Route[] = [
  route("POST /v1/checkout/sessions", createParameters, ({ world, params }) => create(world, params)),
  route("GET /v1/checkout/sessions", listParameters, ({ world, params }) => {
    const found = all(world, "checkout.session")
      .filter(({ customer }) => !params.customer || customer === params.customer)
      .filter(({ payment_intent }) => !params.payment_intent || payment_intent === params.payment_intent)
      .filter(({ subscription }) => !params.subscription || subscription === params.subscription)
      .filter(({ status }) => !params.status || status === params.status)
      .filter(({ created }) => isInRange(created, params.created));
    return listPage(found, params, "/v1/checkout/sessions");
  }),
  route("GET /v1/checkout/sessions/:id", nothing, ({ world, id }) => get(world, "checkout.session", id)),
  route("GET /v1/checkout/sessions/:id/line_items", listParameters, ({ world, id }) => {
    const { line_items } = get(world, "checkout.session", id);
    return line_items ?? { object: "list", data: [], has_more: false, url: "" };
  }),
  route("POST /v1/checkout/sessions/:id/expire", nothing, ({ world, id }) => {
    const session = get(world, "checkout.session", id);
    if (session.status !== "open")
      throw invalid('Only Checkout Sessions with a status in ["open"] can be expired.');
    expire(world, session);
    return session;
  }),
];

export function expire(world: World, session: Stripe.Checkout.Session): void {
  Object.assign(session, { status: "expired", url: null });
  emit(world, "checkout.session.expired", session);
}

function create(world: World, params: Create): Stripe.Checkout.Session {
  if (params.customer && params.customer_email)
    throw invalid("You may only specify one of these parameters: customer, customer_email.");
  if (params.customer) get(world, "customer", params.customer, "customer");
  if (params.mode === "payment" && params.subscription_data)
    throw invalid("You can not pass `subscription_data` in `payment` mode.", { param: "subscription_data" });
  if (params.mode === "subscription" && params.payment_intent_data)
    throw invalid("You can not pass `payment_intent_data` in `subscription` mode.", {
      param: "payment_intent_data",
    });
  const now = secondsNow(world, params.customer ?? null);
  checkExpiry(params.expires_at, now);
  checkTrialEnd(params.subscription_data?.trial_end, now);
  const id = newIdOf("checkout.session");
  const items = params.line_items.map((item, position) => lineItem(world, params, { item, position }));
  const total = items.reduce((sum, { amount_total }) => sum + amount_total, 0);
  const isFree = params.mode === "subscription" && isTrial(params);
  const session = put(world, "checkout.session", {
    id,
    object: "checkout.session",
    ...blankSession(params),
    amount_subtotal: isFree ? 0 : total,
    amount_total: isFree ? 0 : total,
    created: now,
    currency: items[0]?.currency ?? "usd",
    expires_at: params.expires_at ?? now + OPEN_SECONDS,
    line_items: {
      object: "list",
      data: items,
      has_more: false,
      url: `/v1/checkout/sessions/${id}/line_items`,
    },
    url: `${world.url}/checkout/${id}`,
  });
  world.checkouts[id] = {
    trialDays: params.subscription_data?.trial_period_days ?? null,
    trialEnd: params.subscription_data?.trial_end ?? null,
    missingPaymentMethod:
      params.subscription_data?.trial_settings?.end_behavior.missing_payment_method ?? null,
    description: params.payment_intent_data?.description ?? params.subscription_data?.description ?? null,
    metadata: changedMetadata({}, params.payment_intent_data?.metadata ?? params.subscription_data?.metadata),
    futureUse: params.payment_intent_data?.setup_future_usage ?? null,
  };
  return session;
}

function checkExpiry(wanted: number | undefined, now: number): void {
  const { soonestSeconds, latestSeconds, slackSeconds } = EXPIRES;
  if (wanted === undefined) return;
  if (wanted < now + soonestSeconds - slackSeconds || wanted > now + latestSeconds + slackSeconds)
    throw invalid(
      "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.",
      {
        param: "expires_at",
      },
    );
}

function checkTrialEnd(wanted: number | undefined, now: number): void {
  if (wanted !== undefined && wanted < now + TRIAL_SECONDS_MIN)
    throw invalid("The `trial_end` date has to be at least 2 days in the future.", {
      param: "subscription_data[trial_end]",
    });
}

function isTrial({ subscription_data: data }: Create): boolean {
  return Boolean(data?.trial_period_days || data?.trial_end);
}

interface Position {
  item: Create["line_items"][number];
  position: number;
}

function lineItem(world: World, { mode }: Create, { item, position }: Position): Stripe.LineItem {
  const param = `line_items[${position}]`;
  const price = item.price
    ? get(world, "price", item.price, `${param}[price]`)
    : inlinePrice(world, item, param);
  if (mode === "payment" && price.type === "recurring")
    throw invalid("You specified `payment` mode but passed a recurring price.", { param });
  if (mode === "subscription" && price.type !== "recurring")
    throw invalid("You must provide at least one recurring price in `subscription` mode.", { param });
  const quantity = item.quantity ?? 1;
  const amount = (price.unit_amount ?? 0) * quantity;
  return {
    id: newStripeId("li"),
    object: "item",
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency: price.currency,
    description: item.price_data?.product_data?.name ?? nameOf(world, price),
    discounts: [],
    metadata: {},
    price,
    quantity,
    taxes: [],
  };
}

function nameOf(world: World, price: Stripe.Price): string {
  return find(world, "product", String(price.product))?.name ?? price.id;
}

/** A price made for this session alone. */
function inlinePrice(world: World, { price_data: data }: Position["item"], param: string): Stripe.Price {
  if (!data)
    throw invalid(`Missing required param: ${param}[price].`, {
      code: "parameter_missing",
      param: `${param}[price]`,
    });
  if (!data.product && !data.product_data)
    throw invalid("A price needs a product.", { param: `${param}[price_data]` });
  return put(world, "price", {
    id: newIdOf("price"),
    object: "price",
    active: false,
    billing_scheme: "per_unit",
    created: secondsNow(world),
    currency: data.currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: null,
    metadata: {},
    nickname: null,
    product: data.product ?? newIdOf("product"),
    recurring: null,
    tax_behavior: data.tax_behavior ?? "unspecified",
    tiers_mode: null,
    transform_quantity: null,
    type: "one_time",
    unit_amount: data.unit_amount,
    unit_amount_decimal: Stripe.Decimal.from(data.unit_amount),
  });
}
