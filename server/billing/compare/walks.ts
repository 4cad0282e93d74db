// Everything that is compared, walk by walk and page by page: what Stripe lists, what of ours it did not list, and balances.
// A page says what it found and where the next one begins; nothing is written here.

import type Stripe from "stripe";
import { platformDb } from "../../platform/db";
import { type BalanceApart, compareBalances } from "../../wallet/balances";
import { exactDollars } from "../../wallet/terms";
import { readStripe } from "../gateway/calls";
import { isMissing } from "../gateway/failures";
import { LIVE_STATUSES } from "../subscription/statuses";
import { PAYMENTS_COMPARED_DAYS } from "../terms";
import type { Suspect } from "./differences";
import { lookAtPayment, suspectPayments } from "./payments";
import { compareSubscription, lookAtSubscription } from "./subscriptions";

export interface Place {
  /** When the comparison began. */
  startedAt: Date;
  /** Where the page begins; null for the first. */
  position: string | null;
}

export interface Page {
  suspects: Suspect[];
  compared: number;
  /** Ids at Stripe that were met. */
  met: string[];
  /** Where the next page begins; null after the last. */
  next: string | null;
}

export type Step =
  | "subscriptions_there"
  | "subscriptions_here"
  | "payments_there"
  | "payments_here"
  | "balances";
type Walk = readonly [step: Step, readPage: (place: Place) => Promise<Page>];

/** In the order in which they are walked. */
export const WALKS: readonly [Walk, ...Walk[]] = [
  ["subscriptions_there", subscriptionsThere],
  ["subscriptions_here", subscriptionsHere],
  ["payments_there", paymentsThere],
  ["payments_here", paymentsHere],
  ["balances", balances],
];

const LISTED_PER_PAGE = 100;
/** Each is asked for by its id. */
const ASKED_PER_PAGE = 20;
const DAY_MS = 86_400_000;

async function subscriptionsThere({ position }: Place): Promise<Page> {
  const page = await listed(position, (after) =>
    readStripe("subscription.list", (stripe) =>
      stripe.subscriptions.list({ limit: LISTED_PER_PAGE, ...after }),
    ),
  );
  const suspects: Suspect[] = [];
  for (const subscription of page.data) suspects.push(...(await compareSubscription(subscription)));
  return pageOf(page, suspects);
}

async function subscriptionsHere({ startedAt, position }: Place): Promise<Page> {
  const rows = await platformDb().subscription.findMany({
    where: {
      status: { in: [...LIVE_STATUSES] },
      OR: [{ comparedAt: null }, { comparedAt: { lt: startedAt } }],
      ...(position !== null && { stripeSubscriptionId: { gt: position } }),
    },
    orderBy: { stripeSubscriptionId: "asc" },
    take: ASKED_PER_PAGE,
    select: { stripeSubscriptionId: true },
  });
  return asked(
    rows.map(({ stripeSubscriptionId: id }) => id),
    lookAtSubscription,
  );
}

async function paymentsThere({ startedAt, position }: Place): Promise<Page> {
  const created = { gte: Math.floor(sinceOf(startedAt).getTime() / 1_000) };
  const page = await listed(position, (after) =>
    readStripe("payment_intent.list", (stripe) =>
      stripe.paymentIntents.list({
        created,
        limit: LISTED_PER_PAGE,
        expand: ["data.latest_charge"],
        ...after,
      }),
    ),
  );
  const suspects: Suspect[] = [];
  for (const id of await suspectPayments(page.data)) suspects.push(...(await lookAtPayment(id)));
  return pageOf(page, suspects);
}

async function paymentsHere({ startedAt, position }: Place): Promise<Page> {
  const rows = await platformDb().reservePayment.findMany({
    where: {
      // One that was made just before the first day may be booked on it.
      createdAt: { gte: new Date(sinceOf(startedAt).getTime() + DAY_MS) },
      OR: [{ comparedAt: null }, { comparedAt: { lt: startedAt } }],
      ...(position !== null && { paymentIntentId: { gt: position } }),
    },
    orderBy: { paymentIntentId: "asc" },
    take: ASKED_PER_PAGE,
    select: { paymentIntentId: true },
  });
  return asked(
    rows.map(({ paymentIntentId: id }) => id),
    lookAtPayment,
  );
}

async function balances({ position }: Place): Promise<Page> {
  const { apart, compared, last } = await compareBalances(position, LISTED_PER_PAGE);
  const next = compared < LISTED_PER_PAGE ? null : last;
  return { suspects: apart.map(balanceSuspect), compared, met: [], next };
}

/** A balance that is not the sum of its ledger. */
export function balanceSuspect({ tenantId, balanceNano, ledgerNano }: BalanceApart): Suspect {
  const theirs = `in the ledger ${exactDollars(ledgerNano)}`;
  return { kind: "balance", objectId: tenantId, tenantId, ours: exactDollars(balanceNano), theirs };
}

type After = { starting_after?: string };

// What ended meanwhile leaves Stripe's list, and the list does not go on from there: it is begun anew.
async function listed<Item extends { id: string }>(
  position: string | null,
  list: (after: After) => Promise<Stripe.ApiList<Item>>,
): Promise<Stripe.ApiList<Item>> {
  if (position === null) return list({});
  return list({ starting_after: position }).catch((error: unknown) => {
    if (isMissing(error)) return list({});
    throw error;
  });
}

function pageOf({ data, has_more }: Stripe.ApiList<{ id: string }>, suspects: Suspect[]): Page {
  const met = data.map(({ id }) => id);
  return { suspects, compared: met.length, met, next: has_more ? (met.at(-1) ?? null) : null };
}

async function asked(ids: string[], look: (id: string) => Promise<Suspect[]>): Promise<Page> {
  const suspects: Suspect[] = [];
  for (const id of ids) suspects.push(...(await look(id)));
  const next = ids.length < ASKED_PER_PAGE ? null : (ids.at(-1) ?? null);
  return { suspects, compared: ids.length, met: ids, next };
}

function sinceOf(startedAt: Date): Date {
  return new Date(startedAt.getTime() - PAYMENTS_COMPARED_DAYS * DAY_MS);
}
