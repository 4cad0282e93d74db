// What a subscription's status means for whoever asks for it.

import type { Prisma, Subscription, SubscriptionStatus } from "../../platform/prisma/client";
import type { TenantId } from "../../platform/tenant-db";

/** A workspace has at most one of these. */
export const LIVE_STATUSES = [
  "trialing",
  "active",
  "past_due",
  "incomplete",
  "unpaid",
  "paused",
] as const satisfies readonly SubscriptionStatus[];

export function isLive(status: SubscriptionStatus): boolean {
  return (LIVE_STATUSES as readonly SubscriptionStatus[]).includes(status);
}

/** The subscription that a workspace has, in a transaction of its own or of the platform role; null for none. */
export function findLive(
  tx: Pick<Prisma.TransactionClient, "subscription">,
  tenantId: TenantId,
): Promise<Subscription | null> {
  return tx.subscription.findFirst({ where: { tenantId, status: { in: [...LIVE_STATUSES] } } });
}
