// A subscription at Stripe beside ours. What the syncer would write now is compared with what stands, field by field, and
// the seats that are billed with those that are taken.

import type Stripe from "stripe";
import { platformDb } from "../../platform/db";
import type { Subscription } from "../../platform/prisma/client";
import { tenantIdOfBooks } from "../../tenants/scope";
import { readStripe } from "../gateway/calls";
import { isMissing } from "../gateway/failures";
import { findOwner, type Owner } from "../intake/customers";
import { EventFault } from "../intake/handler";
import { planOfPrice } from "../subscription/prices";
import { idOf, itemOf, rowOf, type SubscriptionRow } from "../subscription/row";
import { seatsDue, seatsWanted } from "../subscription/seats/seats";
import { isLive } from "../subscription/statuses";
import type { DifferenceKind } from "../terms";
import type { Suspect } from "./differences";

type Aspect = (
  row: Pick<
    Subscription,
    "status" | "seatsBilled" | "periodStartAt" | "periodEndAt" | "isCancelling" | "cancelAt"
  >,
) => string;

const ASPECTS: readonly (readonly [kind: DifferenceKind, aspect: Aspect])[] = [
  ["subscription_status", ({ status }) => status],
  ["subscription_seats", ({ seatsBilled }) => String(seatsBilled)],
  [
    "subscription_period",
    ({ periodStartAt, periodEndAt }) => `${instant(periodStartAt)} to ${instant(periodEndAt)}`,
  ],
  [
    "subscription_cancellation",
    ({ isCancelling, cancelAt }) =>
      isCancelling ? `ends ${cancelAt === null ? "with the period" : instant(cancelAt)}` : "goes on",
  ],
];

/** The subscription of this id as Stripe has it now, compared with ours. */
export async function lookAtSubscription(id: string): Promise<Suspect[]> {
  const there = await readStripe("subscription.read", (stripe) => stripe.subscriptions.retrieve(id)).catch(
    (error: unknown) => {
      if (isMissing(error)) return null;
      throw error;
    },
  );
  if (there !== null) return compareSubscription(there);
  const here = await platformDb().subscription.findUnique({ where: { stripeSubscriptionId: id } });
  return here && isLive(here.status)
    ? [
        {
          kind: "subscription_missing",
          objectId: id,
          tenantId: here.tenantId,
          ours: here.status,
          theirs: null,
        },
      ]
    : [];
}

/** What differs; nothing for a subscription that has ended on both sides, or that is not of our selling. */
export async function compareSubscription(there: Stripe.Subscription): Promise<Suspect[]> {
  const here = await platformDb().subscription.findUnique({ where: { stripeSubscriptionId: there.id } });
  const isLiveThere = isLive(there.status as Subscription["status"]);
  if (!isLiveThere && (here === null || !isLive(here.status))) return [];
  const owner = await findOwner(platformDb(), idOf(there.customer) ?? "");
  if (here === null) return unknown(there, owner);
  const found: [DifferenceKind, string, string][] = [];
  const { plan, row } = await wouldWrite(there, here);
  if (row === null) found.push(["subscription_plan", plan.ours, plan.theirs]);
  else {
    if (plan.ours !== plan.theirs) found.push(["subscription_plan", plan.ours, plan.theirs]);
    for (const [kind, aspect] of ASPECTS)
      if (aspect(here) !== aspect(row)) found.push([kind, aspect(here), aspect(row)]);
    const seats = await seatsApart(there, here);
    if (seats !== null) found.push(["seats", ...seats]);
  }
  if (owner.tenantId !== here.tenantId)
    found.push(["subscription_customer", await customerOf(here), idOf(there.customer) ?? "nobody"]);
  const { tenantId } = here;
  return found.map(([kind, ours, theirs]) => ({ kind, objectId: there.id, tenantId, ours, theirs }));
}

// Accounts may sell other things too: those are none of ours, unless one of our customers pays for them.
async function unknown(there: Stripe.Subscription, { tenantId, isErased }: Owner): Promise<Suspect[]> {
  if (tenantId === null && !isErased && (await nameOfPlan(there)) === null) return [];
  const theirs = isErased ? `${there.status}, of a workspace that is no more` : there.status;
  return [{ kind: "subscription_unknown", objectId: there.id, tenantId, ours: null, theirs }];
}

async function nameOfPlan(there: Stripe.Subscription): Promise<string | null> {
  try {
    const { planId } = await planOfPrice(platformDb(), itemOf(there).price, null);
    return planId;
  } catch (error) {
    if (error instanceof EventFault) return null;
    throw error;
  }
}

interface Compared {
  plan: { ours: string; theirs: string };
  /** Null for what the syncer would refuse. */
  row: SubscriptionRow | null;
}

async function wouldWrite(there: Stripe.Subscription, here: Subscription): Promise<Compared> {
  const { priceId } = here.snapshot as { priceId?: string };
  const ours = await planText(here, priceId);
  try {
    const { price } = itemOf(there);
    const pinned = priceId === price.id ? here.planVersionId : null;
    const priced = await planOfPrice(platformDb(), price, pinned);
    const row = rowOf(there, { priced, stored: here, fence: here.appliedFence });
    return { plan: { ours, theirs: await planText(row, price.id) }, row };
  } catch (error) {
    if (!(error instanceof EventFault)) throw error;
    return { plan: { ours, theirs: error.message }, row: null };
  }
}

async function planText(
  { planVersionId, interval }: Pick<Subscription, "planVersionId" | "interval">,
  priceId: string | undefined,
): Promise<string> {
  const { planId, version } = await platformDb().planVersion.findUniqueOrThrow({
    where: { id: planVersionId },
  });
  return `${planId}, version ${version}, per ${interval}, ${priceId ?? "no price"}`;
}

/** Seats that are billed and seats that should be; null where they are the same. */
async function seatsApart(there: Stripe.Subscription, here: Subscription): Promise<[string, string] | null> {
  const wanted = await seatsWanted(tenantIdOfBooks(here), here.planVersionId);
  const billed = itemOf(there).quantity ?? 1;
  return seatsDue(there, wanted) === billed ? null : [`${wanted} taken`, `${billed} billed`];
}

async function customerOf({ tenantId }: Subscription): Promise<string> {
  const profile = await platformDb().billingProfile.findUnique({ where: { tenantId } });
  return profile?.stripeCustomerId ?? "no customer";
}

function instant(at: Date): string {
  return at.toISOString().slice(0, 16);
}
