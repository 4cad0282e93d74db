// Subscriptions that nobody uses: one beside the one that a workspace has, and that of a workspace that is no more. They
// are ended at once, and what was paid for the rest becomes credit. Whether a workspace still has the other one is asked of
// Stripe first: events of its end may come after those of the next one.

import { recordAudit } from "../../../audit/log";
import { platformDb } from "../../../platform/db";
import { logger } from "../../../platform/logger";
import type { SubscriptionStatus } from "../../../platform/prisma/client";
import type { TenantId } from "../../../platform/tenant-db";
import { fetchNow } from "../../fetch-now";
import { callStripe, readStripe } from "../../gateway/calls";
import { isMissing } from "../../gateway/failures";
import { findLive, isLive } from "../statuses";

const log = logger("billing");

/** Ends it, unless the other one has ended meanwhile: then this one is the workspace's, and is stored as such. */
export async function endSpare(tenantId: TenantId, subscriptionId: string): Promise<void> {
  const other = await findLive(platformDb(), tenantId);
  const otherId = other?.stripeSubscriptionId ?? subscriptionId;
  if (otherId !== subscriptionId && (await goesOn(otherId))) return cancelUnused(tenantId, subscriptionId);
  if (otherId !== subscriptionId) await fetchNow("subscription", otherId);
  await fetchNow("subscription", subscriptionId);
}

// Throws while it is not known: nothing is ended on a guess.
async function goesOn(id: string): Promise<boolean> {
  const fetched = await readStripe("subscription.read", (stripe) => stripe.subscriptions.retrieve(id));
  return isLive(fetched.status as SubscriptionStatus);
}

/** Ends it, whatever there is beside it; null stands for a workspace that is no more. */
export async function cancelUnused(tenantId: TenantId | null, subscriptionId: string): Promise<void> {
  const body = { prorate: true, invoice_now: true };
  try {
    await callStripe(
      { operation: "subscription.cancel", intent: subscriptionId, tenantId, body },
      (stripe, options) => stripe.subscriptions.cancel(subscriptionId, body, options),
    );
  } catch (error) {
    // Ended meanwhile, by whom ever: that is what is wanted.
    if (!isMissing(error)) throw error;
  }
  const [why, words] =
    tenantId === null
      ? ["erased", "the subscription of an erased workspace was ended"]
      : ["spare", "a second subscription was ended"];
  log.warn({ event: `billing.${why}_subscription`, tenant_id: tenantId }, words);
  await platformDb().$transaction((tx) =>
    recordAudit(tx, {
      tenantId,
      actor: { type: "system", id: null },
      action: `subscription.end_${why}`,
      category: "billing",
      target: { type: "subscription", id: subscriptionId },
    }),
  );
}
