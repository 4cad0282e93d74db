// A subscription of Stripe as a row of ours.

import type Stripe from "stripe";
import { now } from "../../platform/clock";
import { config } from "../../platform/config";
import type { Prisma, Subscription, SubscriptionStatus } from "../../platform/prisma/client";
import { EventFault } from "../intake/handler";
import type { PricedPlan } from "./prices";

const DAY_MS = 86_400_000;

/** The one item that a subscription of ours has. Throws EventFault for any other. */
export function itemOf({ id, items }: Stripe.Subscription): Stripe.SubscriptionItem {
  const [item] = items.data;
  if (!item || items.data.length > 1) throw new EventFault(`The subscription ${id} has not one item.`);
  return item;
}

export interface Facts {
  priced: PricedPlan;
  stored: Subscription | null;
  fence: bigint;
}

export type SubscriptionRow = ReturnType<typeof rowOf>;

/** What of a subscription is stored. */
export function rowOf(fetched: Stripe.Subscription, { priced, stored, fence }: Facts) {
  const item = itemOf(fetched);
  const { price } = item;
  const pastDueSince = fetched.status === "past_due" ? lateSince(fetched, stored) : null;
  return {
    stripeItemId: item.id,
    status: fetched.status as SubscriptionStatus,
    planVersionId: priced.planVersionId,
    interval: priced.interval,
    seatsBilled: item.quantity ?? 1,
    anchorAt: instant(fetched.billing_cycle_anchor),
    periodStartAt: instant(item.current_period_start),
    periodEndAt: instant(item.current_period_end),
    isCancelling: fetched.cancel_at_period_end || fetched.cancel_at !== null,
    cancelAt: fetched.cancel_at === null ? null : instant(fetched.cancel_at),
    trialEndsAt: fetched.trial_end === null ? null : instant(fetched.trial_end),
    pastDueSince,
    graceEndsAt: pastDueSince && new Date(pastDueSince.getTime() + config().billing.graceDays * DAY_MS),
    snapshot: {
      priceId: price.id,
      currency: price.currency.toUpperCase(),
      unitAmount: price.unit_amount,
      latestInvoiceId: idOf(fetched.latest_invoice),
    } satisfies Prisma.InputJsonObject,
    appliedFence: fence,
    fetchedAt: now(),
  };
}

// Grace begins with the first invoice that was not paid, however late that is heard of.
function lateSince({ latest_invoice: invoice }: Stripe.Subscription, stored: Subscription | null): Date {
  const billedAt =
    typeof invoice === "object" && invoice !== null
      ? instant(invoice.status_transitions.finalized_at ?? invoice.created)
      : now();
  return stored?.pastDueSince && stored.pastDueSince < billedAt ? stored.pastDueSince : billedAt;
}

/** The id of what Stripe names by id or whole; null for nothing. */
export function idOf(value: unknown): string | null {
  if (typeof value === "string") return value;
  const id = (value as { id?: unknown } | null | undefined)?.id;
  return typeof id === "string" ? id : null;
}

function instant(seconds: number): Date {
  return new Date(seconds * 1_000);
}
