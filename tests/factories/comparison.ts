// Comparisons with the simulated Stripe, and the second look that makes a difference count.

import { lookAgain, SETTLE_MS } from "../../server/billing/compare/looks";
import { compareAll } from "../../server/billing/compare/run";
import { now, travel } from "../../server/platform/clock";
import { platformDb } from "../../server/platform/db";

/** One comparison to its end; what it found does not count yet. */
export function compareOnce(): Promise<void> {
  return compareAll(null, new AbortController().signal);
}

/** So much later everything open is looked at again; the clock stays there. */
export async function lookLater(ms = SETTLE_MS + 1_000): Promise<void> {
  travel(now().getTime() - Date.now() + ms);
  await lookAgain();
}

/** All rows of an object, the oldest first. */
export function differencesOf(objectId: string) {
  return platformDb().billingDifference.findMany({ where: { objectId }, orderBy: { kind: "asc" } });
}

/** Those of an object that count and are open, as [kind, ours, theirs]. */
export async function openOf(objectId: string): Promise<(string | null)[][]> {
  const rows = await differencesOf(objectId);
  return rows
    .filter(({ confirmedAt, resolvedAt }) => confirmedAt !== null && resolvedAt === null)
    .map(({ kind, ours, theirs }) => [kind, ours, theirs]);
}
