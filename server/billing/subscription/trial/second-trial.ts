// One trial for each card (decision 089). Which card pays is known only when Stripe's page was gone through: a trial that begins
// with the card of another workspace's trial ends at once, its first payment is made, and those who look after the money
// are told why.

import { recordAudit } from "../../../audit/log";
import { platformDb } from "../../../platform/db";
import type { TenantId } from "../../../platform/tenant-db";
import { fetchCustomer } from "../../customer/customer-sync";
import { trialRefusedMail } from "../../emails";
import { callStripe, readStripe } from "../../gateway/calls";
import { mailManagers } from "../../letters";
import { idOf } from "../row";
import { claimCard } from "./trial-cards";

/** Ends the trial of a subscription whose card has had one; called as often as one likes. */
export async function endSecondTrial(tenantId: TenantId, subscriptionId: string): Promise<void> {
  const subscription = await readStripe("subscription.read", (stripe) =>
    stripe.subscriptions.retrieve(subscriptionId),
  );
  if (subscription.status !== "trialing") return;
  const { method } = await fetchCustomer(idOf(subscription.customer) ?? "");
  const fingerprint = method?.card?.fingerprint;
  if (!fingerprint) return;
  const isFirst = await platformDb().$transaction(async (tx) => {
    const isOurs = await claimCard(tx, tenantId, fingerprint);
    // The mails go by their cause: they are queued once, however often this is come back to.
    const cause = `second_trial:${subscriptionId}`;
    if (!isOurs) await mailManagers(tx, tenantId, { cause, mailFor: trialRefusedMail });
    return isOurs;
  });
  if (isFirst) return;
  const body = { trial_end: "now" as const, proration_behavior: "none" as const };
  await callStripe(
    { operation: "subscription.update", intent: `${subscriptionId}:second-trial`, tenantId, body },
    (stripe, options) => stripe.subscriptions.update(subscriptionId, body, options),
  );
  await platformDb().$transaction((tx) =>
    recordAudit(tx, {
      tenantId,
      actor: { type: "system", id: null },
      action: "subscription.end_second_trial",
      category: "billing",
      target: { type: "subscription", id: subscriptionId },
    }),
  );
}
