// Seats that are billed follow the people who belong. More people are billed at once, for the rest of the period; fewer are
// billed from the next period on, and nothing is given back (decision 087). Never inside a webhook, and never twice.

import type Stripe from "stripe";
import type { PlanItem } from "../../../catalogue/plans";
import { now } from "../../../platform/clock";
import { platformDb } from "../../../platform/db";
import { AppError } from "../../../platform/errors";
import type { Prisma, Subscription } from "../../../platform/prisma/client";
import { enqueue } from "../../../platform/queue";
import { consumeLimits } from "../../../platform/rate-limit";
import type { TenantId } from "../../../platform/tenant-db";
import { noteSuspects } from "../../compare/differences";
import { callStripe, readStripe } from "../../gateway/calls";
import { itemOf } from "../row";
import { findLive } from "../statuses";
import { SEATS_JOB } from "../sync";

/** So long before its end a period is over for seats that are left. */
const RELEASE_BEFORE_MS = 86_400_000;
/** Stripe takes 200 changes of a quantity in an hour. */
const CHANGES = { name: "billing-seats", points: 100, windowSeconds: 3_600 };
const POSTPONED_MS = 600_000;
/** Standings in which Stripe sends invoices. */
const BILLED: readonly string[] = ["trialing", "active", "past_due"];

/** People who take a seat: all who belong and can still sign in. */
export function countPeople(
  tx: Pick<Prisma.TransactionClient, "tenantMember">,
  tenantId: TenantId,
): Promise<number> {
  return tx.tenantMember.count({ where: { tenantId, user: { status: { not: "disabled" } } } });
}

/** Seats for so many people on a plan. Throws `conflict` when the plan is for fewer. */
export function seatsFor({ name, includedSeats, seatMax }: PlanItem, people: number): number {
  const seats = Math.max(people, includedSeats);
  if (seatMax === null || seats <= seatMax) return seats;
  const message = `${name} is for ${seatMax} people, and ${people} are to have a seat.`;
  throw new AppError("conflict", message, { reason: "seat_limit_reached", fields: { seats: message } });
}

/** Brings the billed seats to those that are taken; does nothing where they are the same. */
export async function reconcileSeats(tenantId: TenantId): Promise<void> {
  const live = await findLive(platformDb(), tenantId);
  if (!live || !BILLED.includes(live.status)) return;
  const { stripeSubscriptionId: id } = live;
  const fetched = await readStripe("subscription.read", (stripe) => stripe.subscriptions.retrieve(id));
  const item = itemOf(fetched);
  const billed = item.quantity ?? 1;
  if (billed !== live.seatsBilled) await noteDrift(live, billed);
  const wanted = seatsDue(fetched, await seatsWanted(tenantId, live.planVersionId));
  if (wanted === billed || !(await isWithinLimits(tenantId))) return;
  const isMore = wanted > billed;
  const body = {
    items: [{ id: item.id, quantity: wanted }],
    proration_behavior: isMore ? ("create_prorations" as const) : ("none" as const),
  };
  // What is known of the subscription names the attempt: repeated, it is the same; after a change, it is another.
  const intent = `${item.id}:seats:${billed}:${wanted}:${live.appliedFence}:${item.current_period_end}`;
  await callStripe({ operation: "subscription.update", intent, tenantId, body }, (stripe, options) =>
    stripe.subscriptions.update(id, body, options),
  );
}

/** The seats that are to be billed now, of those that are wanted; those that are billed where nothing is due. */
export function seatsDue(fetched: Stripe.Subscription, wanted: number): number {
  const item = itemOf(fetched);
  const billed = item.quantity ?? 1;
  if (!BILLED.includes(fetched.status)) return billed;
  const isPeriodOver = item.current_period_end * 1_000 - now().getTime() < RELEASE_BEFORE_MS;
  return wanted > billed || fetched.status === "trialing" || isPeriodOver ? wanted : billed;
}

// Somebody else changed them, or its event is on the way: the next look tells.
async function noteDrift(live: Subscription, billed: number): Promise<void> {
  const { tenantId, stripeSubscriptionId: objectId, seatsBilled } = live;
  const ours = String(seatsBilled);
  const drift = { kind: "subscription_seats" as const, objectId, tenantId, ours, theirs: String(billed) };
  await noteSuspects(platformDb(), [drift], now());
}

/** Enqueues the look at every workspace that is billed: what was missed is found within the hour. */
export async function sweepSeats(): Promise<void> {
  const billed = await platformDb().subscription.findMany({
    where: { status: { in: ["trialing", "active", "past_due"] } },
    select: { tenantId: true },
  });
  for (const { tenantId } of billed)
    await enqueue(platformDb(), SEATS_JOB, { tenantId }, { jobKey: `${SEATS_JOB}:${tenantId}` });
}

/** One for each who belongs, within what the plan is for. */
export async function seatsWanted(tenantId: TenantId, planVersionId: string): Promise<number> {
  const { seatMin, seatMax } = await platformDb().planVersion.findUniqueOrThrow({
    where: { id: planVersionId },
  });
  const people = await countPeople(platformDb(), tenantId);
  return Math.min(Math.max(people, seatMin), seatMax ?? Number.MAX_SAFE_INTEGER);
}

async function isWithinLimits(tenantId: TenantId): Promise<boolean> {
  const { allowed } = await consumeLimits([{ ...CHANGES, key: tenantId }]);
  if (!allowed) {
    const runAt = new Date(now().getTime() + POSTPONED_MS);
    await enqueue(platformDb(), SEATS_JOB, { tenantId }, { jobKey: `${SEATS_JOB}:${tenantId}`, runAt });
  }
  return allowed;
}
