// A subscription beside the one that a workspace has: ended at once, and what was paid for it becomes credit.

import { recordAudit } from "../../audit/log";
import { platformDb } from "../../platform/db";
import { logger } from "../../platform/logger";
import type { TenantId } from "../../platform/tenant-db";
import { callStripe } from "../gateway/calls";
import { isMissing } from "../gateway/failures";

const log = logger("billing");

/** Null stands for a workspace that is no more. */
export async function cancelSpare(tenantId: TenantId | null, subscriptionId: string): Promise<void> {
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
  log.warn({ event: "billing.spare_subscription", tenant_id: tenantId }, "a second subscription was ended");
  await platformDb().$transaction((tx) =>
    recordAudit(tx, {
      tenantId,
      actor: { type: "system", id: null },
      action: "subscription.end_spare",
      category: "billing",
      target: { type: "subscription", id: subscriptionId },
    }),
  );
}
