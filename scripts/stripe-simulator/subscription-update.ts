// Changing a running subscription: what is due is billed, the rest waits for the next invoice.
import type Stripe from "stripe";
import type { z } from "zod";
import { cardFailure } from "./charges";
import { change } from "./events";
import { invalid } from "./failure";
import { billNow, payingMethod } from "./invoices";
import { foreseenRefusal } from "./payments";
import { changed } from "./subscription-changes";
import type { updateParameters } from "./subscription-parameters";
import { changedMetadata, get, idOf, secondsNow, type World } from "./world";

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
  if (params.payment_behavior === "error_if_incomplete" && next.dueNow)
    requirePayable(world, subscription, next.dueNow);
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

/** What cannot be paid is not changed: throws before anything is. */
function requirePayable(
  world: World,
  subscription: Stripe.Subscription,
  lines: Stripe.InvoiceLineItem[],
): void {
  const { balance } = get(world, "customer", idOf(subscription.customer));
  const waiting = world.pendingLines[subscription.id] ?? [];
  const owed = [...waiting, ...lines].reduce((sum, { amount }) => sum + amount, balance);
  if (owed <= 0) return;
  const method = payingMethod(world, subscription);
  if (!method)
    throw invalid("This customer has no attached payment source or default payment method.", {
      code: "resource_missing",
    });
  const refusal = foreseenRefusal(world, method);
  if (refusal) throw cardFailure(refusal);
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
