// The subscription as Stripe has it. Whatever announces a change, the subscription is read anew and stored as it is; plan
// and standing of the workspace follow in the same transaction. One that has ended stays so for its id.

import type Stripe from "stripe";
import { applySubscription } from "../../catalogue/subscription";
import type { Standing } from "../../catalogue/terms";
import { now } from "../../platform/clock";
import { config } from "../../platform/config";
import { newId } from "../../platform/ids";
import type { Subscription, SubscriptionStatus } from "../../platform/prisma/client";
import { enqueue } from "../../platform/queue";
import type { TenantId } from "../../platform/tenant-db";
import { readStripe } from "../gateway/calls";
import { tenantOfCustomer } from "../intake/customers";
import type { PlatformTx, StateSync } from "../intake/handler";
import { announce } from "./news";
import { type PricedPlan, planOfPrice } from "./prices";
import { idOf, itemOf, rowOf, type SubscriptionRow } from "./row";
import { isLive, LIVE_STATUSES } from "./statuses";

/** Ends a subscription beside the one that the workspace has already. */
export const SPARE_JOB = "billing.cancel-spare";
/** Brings the billed seats of a workspace to those that are taken. */
export const SEATS_JOB = "billing.seats";

/** Ends a trial whose card has had one. */
export const SECOND_TRIAL_JOB = "billing.second-trial";
/** Brings a subscription to whether its workspace is deleted. */
export const FOLLOW_WORKSPACE_JOB = "billing.follow_workspace";

export const subscriptionSync: StateSync<Stripe.Subscription> = {
  objectType: "subscription",
  eventTypes: [
    "customer.subscription.*",
    "checkout.session.completed",
    "invoice.paid",
    "invoice.payment_failed",
  ],
  objectIdOf: ({ data: { object } }) => subscriptionIdOf(object as unknown as Record<string, unknown>),
  fetch: (id) =>
    readStripe("subscription.read", (stripe) =>
      stripe.subscriptions.retrieve(id, { expand: ["latest_invoice"] }),
    ),
  apply: storeSubscription,
};

function subscriptionIdOf(object: Record<string, unknown>): string | null {
  if (object["object"] === "subscription") return idOf(object["id"]);
  const parent = object["parent"] as { subscription_details?: { subscription?: unknown } } | null | undefined;
  return idOf(object["subscription"] ?? parent?.subscription_details?.subscription);
}

async function storeSubscription(tx: PlatformTx, fetched: Stripe.Subscription, fence: bigint): Promise<void> {
  const tenantId = await tenantOfCustomer(tx, fetched.customer);
  const status = fetched.status as SubscriptionStatus;
  const where = { stripeSubscriptionId: fetched.id };
  const stored = await tx.subscription.findUnique({ where });
  if (stored && (stored.tenantId !== tenantId || stored.appliedFence >= fence)) return;
  if (stored && isOver(stored.status) && !isOver(status)) return;
  if (isLive(status) && (await isSpare(tx, tenantId, fetched))) return;
  const priced = await planOf(tx, fetched, stored);
  const row = rowOf(fetched, { priced, stored, fence });
  await tx.subscription.upsert({
    where,
    create: { tenantId, id: newId(), stripeSubscriptionId: fetched.id, ...row },
    update: row,
  });
  await entitle(tx, tenantId, { row, planId: priced.planId, stored });
  await announce(tx, tenantId, { row, planId: priced.planId, stored, fetched });
  if (status === "trialing" && stored?.status !== "trialing") await lookAtCard(tx, tenantId, fetched.id);
  if (!isLive(status)) return;
  await enqueue(tx, SEATS_JOB, { tenantId }, { jobKey: `${SEATS_JOB}:${tenantId}` });
  if (!row.isCancelling && (await isDeleted(tx, tenantId))) await followWorkspaceLater(tx, tenantId);
}

// One that begins, or was kept at Stripe, after its workspace was deleted.
async function isDeleted(tx: PlatformTx, tenantId: TenantId): Promise<boolean> {
  return (await tx.tenant.count({ where: { id: tenantId, deletedAt: { not: null } } })) > 0;
}

/** For whoever deletes a workspace or brings it back: its subscription follows. Nothing where billing is switched off. */
export async function followWorkspaceLater(
  tx: Pick<PlatformTx, "$executeRaw">,
  tenantId: TenantId,
): Promise<void> {
  if (config().billing.stripe === null) return;
  await enqueue(tx, FOLLOW_WORKSPACE_JOB, { tenantId }, { jobKey: `${FOLLOW_WORKSPACE_JOB}:${tenantId}` });
}

function lookAtCard(tx: PlatformTx, tenantId: TenantId, subscriptionId: string): Promise<void> {
  const jobKey = `${SECOND_TRIAL_JOB}:${subscriptionId}`;
  return enqueue(tx, SECOND_TRIAL_JOB, { tenantId, subscriptionId }, { jobKey });
}

// Two payment pages that were both gone through make two subscriptions. The first to arrive stays, unless it waits for its
// first payment while the other one is paid.
async function isSpare(tx: PlatformTx, tenantId: TenantId, fetched: Stripe.Subscription): Promise<boolean> {
  const other = await tx.subscription.findFirst({
    where: { tenantId, status: { in: [...LIVE_STATUSES] }, NOT: { stripeSubscriptionId: fetched.id } },
  });
  if (!other) return false;
  const isOtherSpare = other.status === "incomplete" && fetched.status !== "incomplete";
  const spare = isOtherSpare ? other.stripeSubscriptionId : fetched.id;
  await enqueue(tx, SPARE_JOB, { tenantId, subscriptionId: spare }, { jobKey: `${SPARE_JOB}:${spare}` });
  if (isOtherSpare) await tx.subscription.deleteMany({ where: { tenantId, id: other.id } });
  return !isOtherSpare;
}

function planOf(
  tx: PlatformTx,
  fetched: Stripe.Subscription,
  stored: Subscription | null,
): Promise<PricedPlan> {
  const { price } = itemOf(fetched);
  const known = stored?.snapshot as { priceId?: string } | undefined;
  return planOfPrice(tx, price, known?.priceId === price.id ? (stored?.planVersionId ?? null) : null);
}

const STANDINGS: Partial<Record<SubscriptionStatus, Standing>> = {
  trialing: "trialing",
  active: "active",
  past_due: "past_due",
  unpaid: "suspended",
  paused: "suspended",
};

interface Change {
  row: SubscriptionRow;
  planId: PricedPlan["planId"];
  stored: Subscription | null;
}

async function entitle(tx: PlatformTx, tenantId: TenantId, { row, planId, stored }: Change): Promise<void> {
  const standing = STANDINGS[row.status];
  const hasEnded = isOver(row.status) && stored !== null && STANDINGS[stored.status] !== undefined;
  if (!standing && !hasEnded) return;
  // While nothing is paid yet, months go on as they were counted.
  const anchorAt = row.status !== "trialing" && row.anchorAt <= now() ? row.anchorAt : null;
  const { planVersionId, graceEndsAt } = row;
  const paid = standing ? { planId, planVersionId, standing, graceEndsAt, anchorAt } : null;
  const applied = await applySubscription(tx, tenantId, paid);
  if (applied?.movedAnchor)
    await tx.$queryRaw`SELECT wallet_turn_month(${tenantId}::uuid, ${applied.movedAnchor}, ${now()})::text`;
  const status = standing === "past_due" ? "delinquent" : standing === "suspended" ? "suspended" : "active";
  await tx.billingProfile.updateMany({ where: { tenantId }, data: { status, updatedAt: now() } });
}

function isOver(status: SubscriptionStatus): boolean {
  return status === "canceled" || status === "incomplete_expired";
}
