// Items of subscriptions: a price, so many seats, and the period that they are paid for.
import type Stripe from "stripe";
import { invalid } from "./failure";
import type { Priced } from "./invoice-lines";
import { type Period, periodAt } from "./periods";
import { get, idOf, newStripeId, type World } from "./world";

export function pricedOf(item: Stripe.SubscriptionItem): Priced {
  return {
    price: item.price,
    quantity: item.quantity ?? 1,
    itemId: item.id,
    subscription: item.subscription,
  };
}

export function periodOf(item: Stripe.SubscriptionItem): Period {
  return { start: item.current_period_start, end: item.current_period_end };
}

export function priceFor(world: World, id: string, param: string): Stripe.Price {
  const price = get(world, "price", id, param);
  if (!price.recurring) throw invalid("The price specified is set to `type=one_time`.", { param });
  if (!price.active) throw invalid("The price specified is inactive.", { param });
  return price;
}

export function firstPeriod(price: Stripe.Price, anchor: number): Period {
  return periodAt(anchor, price.recurring ?? { interval: "month", interval_count: 1 }, anchor);
}

interface NewItem {
  price: Stripe.Price;
  quantity: number;
  subscription: string;
  period: Period;
  id?: string;
}

export function makeItem({ price, quantity, subscription, period, id }: NewItem): Stripe.SubscriptionItem {
  return {
    id: id ?? newStripeId("si"),
    object: "subscription_item",
    billing_thresholds: null,
    created: period.start,
    current_period_end: period.end,
    current_period_start: period.start,
    discounts: [],
    metadata: {},
    plan: planOf(price),
    price,
    quantity,
    subscription,
    tax_rates: [],
  };
}

/** The old name of a price, which Stripe still sends beside it. */
function planOf(price: Stripe.Price): Stripe.Plan {
  return {
    id: price.id,
    object: "plan",
    active: price.active,
    amount: price.unit_amount,
    amount_decimal: price.unit_amount_decimal,
    billing_scheme: price.billing_scheme,
    created: price.created,
    currency: price.currency,
    interval: price.recurring?.interval ?? "month",
    interval_count: price.recurring?.interval_count ?? 1,
    livemode: false,
    metadata: price.metadata,
    meter: null,
    nickname: price.nickname,
    product: idOf(price.product),
    tiers_mode: null,
    transform_usage: null,
    trial_period_days: null,
    usage_type: "licensed",
  };
}
