// What may be asked of subscriptions.
import type Stripe from "stripe";
import { z } from "zod";
import {
  bool,
  clearableMetadata,
  count,
  expand,
  int,
  metadata,
  oneOf,
  orEmpty,
  page,
  paramsOf,
  range,
  text,
} from "./parameters";

const proration = oneOf<Stripe.SubscriptionUpdateParams.ProrationBehavior>()(
  "none",
  "create_prorations",
  "always_invoice",
);
const paymentBehavior = oneOf<Stripe.SubscriptionUpdateParams.PaymentBehavior>()(
  "allow_incomplete",
  "default_incomplete",
  "error_if_incomplete",
);
const automaticTax = z.strictObject({ enabled: bool }).exactOptional();
const trialEnd = z.union([z.literal("now"), int]).exactOptional();
export const trialSettings = z
  .strictObject({
    end_behavior: z.strictObject({ missing_payment_method: z.enum(["cancel", "create_invoice", "pause"]) }),
  })
  .exactOptional();
const itemChange = z.strictObject({
  id: text.exactOptional(),
  price: text.exactOptional(),
  quantity: count.exactOptional(),
  deleted: bool.exactOptional(),
});
export const itemChanges = z.array(itemChange).max(20).exactOptional();

export const createParameters = paramsOf<Stripe.SubscriptionCreateParams>()({
  customer: text,
  items: z
    .array(z.strictObject({ price: text, quantity: count.exactOptional() }))
    .min(1)
    .max(20),
  automatic_tax: automaticTax,
  default_payment_method: text.exactOptional(),
  description: text.exactOptional(),
  metadata,
  off_session: bool.exactOptional(),
  payment_behavior: paymentBehavior,
  proration_behavior: proration,
  trial_end: trialEnd,
  trial_period_days: count.exactOptional(),
  trial_settings: trialSettings,
  expand,
});

export const updateParameters = paramsOf<Stripe.SubscriptionUpdateParams>()({
  automatic_tax: automaticTax,
  billing_cycle_anchor: z.enum(["now", "unchanged"]).exactOptional(),
  cancel_at: orEmpty(int).exactOptional(),
  cancel_at_period_end: bool.exactOptional(),
  default_payment_method: text.exactOptional(),
  description: orEmpty(text).exactOptional(),
  items: itemChanges,
  metadata: clearableMetadata,
  off_session: bool.exactOptional(),
  payment_behavior: paymentBehavior,
  proration_behavior: proration,
  proration_date: int.exactOptional(),
  trial_end: trialEnd,
  expand,
});

export const cancelParameters = paramsOf<Stripe.SubscriptionCancelParams>()({
  invoice_now: bool.exactOptional(),
  prorate: bool.exactOptional(),
  expand,
});

export const listParameters = paramsOf<Stripe.SubscriptionListParams>()({
  ...page,
  created: range,
  customer: text.exactOptional(),
  price: text.exactOptional(),
  status: oneOf<Stripe.SubscriptionListParams.Status>()(
    "active",
    "all",
    "canceled",
    "ended",
    "incomplete",
    "incomplete_expired",
    "past_due",
    "paused",
    "trialing",
    "unpaid",
  ),
});

export const listItemsParameters = paramsOf<Stripe.SubscriptionItemListParams>()({
  ...page,
  subscription: text,
});

export const updateItemParameters = paramsOf<Stripe.SubscriptionItemUpdateParams>()({
  price: text.exactOptional(),
  quantity: count.exactOptional(),
  metadata: clearableMetadata,
  off_session: bool.exactOptional(),
  payment_behavior: paymentBehavior,
  proration_behavior: proration,
  proration_date: int.exactOptional(),
  expand,
});
