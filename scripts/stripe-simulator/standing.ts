// What paid and unpaid invoices make of a subscription.
import type Stripe from "stripe";
import { change } from "./events";
import { secondsNow, type World } from "./world";

/** `refused`: the card will be tried again; `given_up`: it will not. */
export type Collected = "paid" | "refused" | "given_up";

export function standingAfter(world: World, subscription: Stripe.Subscription, collected: Collected): void {
  if (subscription.ended_at !== null) return;
  const status = nextStatus(world, subscription, collected);
  if (status === subscription.status) return;
  if (status === "canceled") endSubscription(world, subscription, "payment_failed");
  else change(world, subscription, { type: "customer.subscription.updated", changes: { status } });
}

function nextStatus(
  world: World,
  subscription: Stripe.Subscription,
  collected: Collected,
): Stripe.Subscription.Status {
  const { status } = subscription;
  if (collected === "paid") return status === "trialing" || status === "paused" ? status : "active";
  if (collected === "refused") return status === "unpaid" ? status : "past_due";
  return world.dunningEnd === "cancel" ? "canceled" : world.dunningEnd;
}

/** The end of a subscription, for good. */
export function endSubscription(
  world: World,
  subscription: Stripe.Subscription,
  reason: "cancellation_requested" | "payment_failed",
): void {
  const now = secondsNow(world, subscription.customer);
  delete world.pendingLines[subscription.id];
  const changes: Partial<Stripe.Subscription> = {
    status: "canceled",
    canceled_at: subscription.canceled_at ?? now,
    ended_at: now,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason },
  };
  change(world, subscription, { type: "customer.subscription.deleted", changes });
}
