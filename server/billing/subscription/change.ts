// Changing a subscription that is there. What a change costs is asked of Stripe first and shown; what is carried out then
// is the same change, reckoned at the same instant. More is paid at once; less counts from the next invoice (decision 087).

import type Stripe from "stripe";
import type { PlanItem } from "../../catalogue/plans";
import { PLAN_CODES } from "../../catalogue/terms";
import { now } from "../../platform/clock";
import { config } from "../../platform/config";
import { AppError } from "../../platform/errors";
import { nanoOfMinor } from "../../platform/money";
import type { Subscription } from "../../platform/prisma/client";
import { withTenant } from "../../platform/tenant-db";
import type { Scope } from "../../tenants/scope";
import type { ChangeSubscription, PreviewSubscription } from "../contract";
import { fetchNow } from "../fetch-now";
import { callStripe, readStripe } from "../gateway/calls";
import { QUOTE_MINUTES, TEXT_CANCELLING, TEXT_CHANGES_OFF, TEXT_SAME_SUBSCRIPTION } from "../terms";
import { soldPlan } from "./checkout";
import { auditOf, requireLive } from "./live";
import { priceIdOf } from "./prices";
import { countPeople, seatsFor } from "./seats/seats";

export interface ChangePreview {
  plan: { code: string; name: string };
  interval: string;
  seats: number;
  currency: string;
  /** What is paid at once, and what the next invoice comes to; decimal text of nano. */
  dueNowNano: string;
  nextInvoice: { at: string; amountNano: string };
  /** What was paid for and is given back: it goes towards invoices to come. */
  creditNano: string;
  lines: { description: string; amountNano: string }[];
  /** Whether a trial ends with the change. */
  endsTrial: boolean;
  /** For `quotedAt` of the change: the instant that this was reckoned at. */
  quotedAt: string;
}

interface Plan {
  live: Subscription;
  plan: PlanItem;
  price: string;
  seats: number;
  isAtOnce: boolean;
  endsTrial: boolean;
}

/** What a change would cost, asked of Stripe. Throws as `changeSubscription`. */
export async function previewChange(scope: Scope, input: PreviewSubscription): Promise<ChangePreview> {
  const planned = await planChange(scope, input);
  const { live, plan, seats, isAtOnce, endsTrial } = planned;
  const at = Math.floor(now().getTime() / 1_000);
  const invoice = await readStripe("invoice.preview", (stripe, options) =>
    stripe.invoices.createPreview(
      { subscription: live.stripeSubscriptionId, subscription_details: paramsOf(planned, at) },
      options,
    ),
  );
  const { currency } = invoice;
  const amount = (minor: number) => nanoOfMinor(minor, currency).toString();
  const unit = plan.prices.find(({ interval }) => interval === input.interval);
  const next = isAtOnce ? BigInt(unit?.priceNano ?? 0) * BigInt(seats) : BigInt(amount(invoice.amount_due));
  return {
    plan: { code: plan.code, name: plan.name },
    interval: input.interval,
    seats,
    currency: currency.toUpperCase(),
    dueNowNano: isAtOnce ? amount(invoice.amount_due) : "0",
    nextInvoice: { at: nextInvoiceAt(planned, input, invoice), amountNano: next.toString() },
    creditNano: isAtOnce && invoice.total < 0 ? amount(-invoice.total) : "0",
    lines: invoice.lines.data.map((line) => ({
      description: line.description ?? plan.name,
      amountNano: amount(line.amount),
    })),
    endsTrial,
    quotedAt: new Date(at * 1_000).toISOString(),
  };
}

/**
 * Puts the subscription on another plan or interval. Throws `conflict` for a workspace without one, for what it has
 * already, while it is being cancelled, and for more people than the plan is for; `payment_required` when the card is
 * refused, and then nothing is changed; `unavailable` while Stripe cannot be reached.
 */
export async function changeSubscription(scope: Scope, input: ChangeSubscription): Promise<void> {
  const planned = await planChange(scope, input);
  const { live, seats } = planned;
  const { stripeSubscriptionId: id } = live;
  const { tenantId } = scope;
  const at = quoteOf(input);
  const body = {
    ...paramsOf(planned, at),
    // What cannot be paid is not changed either.
    ...(planned.isAtOnce && { payment_behavior: "error_if_incomplete" as const }),
  };
  const intent = [id, input.plan, input.interval, seats, live.appliedFence, at].join(":");
  const audit = auditOf(scope, {
    action: "subscription.change",
    subscriptionId: live.id,
    metadata: { plan: input.plan, interval: input.interval, seats, intervalBefore: live.interval },
  });
  const request = { operation: "subscription.update" as const, intent, tenantId, body, audit };
  await callStripe(request, (stripe, options) => stripe.subscriptions.update(id, body, options));
  await fetchNow("subscription", id);
}

async function planChange(scope: Scope, { plan: code, interval }: PreviewSubscription): Promise<Plan> {
  if (!config().billing.allows.planChanges) throw new AppError("forbidden", TEXT_CHANGES_OFF);
  const plan = await soldPlan(code);
  const { live, people, present } = await withTenant(scope, async (db) => {
    const live = await requireLive(db, scope.tenantId);
    const version = await db.planVersion.findUniqueOrThrow({ where: { id: live.planVersionId } });
    return { live, people: await countPeople(db, scope.tenantId), present: version.planId };
  });
  if (live.isCancelling) throw new AppError("conflict", TEXT_CANCELLING);
  if (present === code && live.interval === interval) throw new AppError("conflict", TEXT_SAME_SUBSCRIPTION);
  const isHigher = rankOf(code) > rankOf(present);
  return {
    live,
    plan,
    price: priceIdOf(code, interval),
    seats: seatsFor(plan, people),
    // Another interval begins a new period, and that is billed.
    isAtOnce: isHigher || live.interval !== interval,
    endsTrial: live.status === "trialing" && present !== code,
  };
}

// A trial is of the plan that it was given for.
function paramsOf({ live, price, seats, isAtOnce, endsTrial }: Plan, at: number | null) {
  const proration: "always_invoice" | "create_prorations" = isAtOnce ? "always_invoice" : "create_prorations";
  return {
    items: [{ id: live.stripeItemId, price, quantity: seats }],
    proration_behavior: proration,
    ...(endsTrial ? { trial_end: "now" as const } : at !== null && { proration_date: at }),
  };
}

// A quote holds for some minutes; after them the change is reckoned at its own instant.
function quoteOf({ quotedAt }: ChangeSubscription): number | null {
  if (quotedAt === undefined) return null;
  const at = new Date(quotedAt).getTime();
  const age = now().getTime() - at;
  return age >= 0 && age <= QUOTE_MINUTES * 60_000 ? Math.floor(at / 1_000) : null;
}

function nextInvoiceAt(
  { live, isAtOnce }: Plan,
  { interval }: PreviewSubscription,
  invoice: Stripe.Invoice,
): string {
  const restarts = live.interval !== interval || (isAtOnce && live.status === "trialing");
  // What is given back of a year may reach further than the month that begins.
  const ends = invoice.lines.data.filter((line) => line.amount >= 0).map(({ period }) => period.end);
  return restarts && ends.length > 0
    ? new Date(Math.max(...ends) * 1_000).toISOString()
    : live.periodEndAt.toISOString();
}

function rankOf(code: string): number {
  return (PLAN_CODES as readonly string[]).indexOf(code);
}
