// The subscription that a workspace has, for whoever changes it; and leaving it, or staying after all.

import type { AuditEntry, AuditMetadata } from "../../audit/log";
import { config } from "../../platform/config";
import { AppError } from "../../platform/errors";
import type { Subscription } from "../../platform/prisma/client";
import { type TenantDb, type TenantId, withTenant } from "../../platform/tenant-db";
import type { Scope } from "../../tenants/scope";
import { fetchNow } from "../fetch-now";
import { callStripe } from "../gateway/calls";
import {
  TEXT_BROUGHT_BACK,
  TEXT_CANCEL_FIRST,
  TEXT_CANCELLATION_OFF,
  TEXT_CANCELLING,
  TEXT_NOT_CANCELLING,
  TEXT_NOT_SUBSCRIBED,
} from "../terms";
import { findLive } from "./statuses";

/** Throws `conflict` for a workspace without a subscription. */
export async function requireLive(db: TenantDb, tenantId: TenantId): Promise<Subscription> {
  const live = await findLive(db, tenantId);
  if (live) return live;
  throw new AppError("conflict", TEXT_NOT_SUBSCRIBED);
}

/** For the catalogue: a plan that is paid for is left where it is paid. */
export async function requireUnpaid(db: TenantDb, tenantId: TenantId): Promise<void> {
  if (await findLive(db, tenantId)) throw new AppError("conflict", TEXT_CANCEL_FIRST);
}

/** Lets the subscription end with the period that is paid. Throws `conflict` where there is none or it ends already. */
export async function cancelSubscription(scope: Scope): Promise<void> {
  if (!config().billing.allows.cancellation) throw new AppError("forbidden", TEXT_CANCELLATION_OFF);
  await turn(scope, { isCancelling: true, conflict: TEXT_CANCELLING, action: "subscription.cancel" });
}

/** Lets it go on after all. Throws `conflict` where there is none, or it goes on already. */
export async function resumeSubscription(scope: Scope): Promise<void> {
  await turn(scope, { isCancelling: false, conflict: TEXT_NOT_CANCELLING, action: "subscription.resume" });
}

interface Turn {
  isCancelling: boolean;
  conflict: string;
  action: string;
}

async function turn(scope: Scope, { isCancelling, conflict, action }: Turn): Promise<void> {
  const { tenantId } = scope;
  const live = await withTenant(scope, (db) => requireLive(db, tenantId));
  // It is about to go on with its workspace: nothing that is asked for meanwhile would last.
  if (live.endedByDeletionAt !== null) throw new AppError("conflict", TEXT_BROUGHT_BACK);
  if (live.isCancelling === isCancelling) throw new AppError("conflict", conflict);
  const { stripeSubscriptionId: id, appliedFence } = live;
  const body = { cancel_at_period_end: isCancelling };
  const request = {
    operation: "subscription.update" as const,
    intent: `${id}:${action}:${appliedFence}`,
    tenantId,
    body,
    audit: auditOf(scope, { action, subscriptionId: live.id }),
  };
  await callStripe(request, (stripe, options) => stripe.subscriptions.update(id, body, options));
  await fetchNow("subscription", id);
}

/** Somebody changes a subscription, as the audit log tells it. */
export function auditOf(
  { tenantId, actor, request }: Scope,
  {
    action,
    subscriptionId,
    metadata = {},
  }: { action: string; subscriptionId: string; metadata?: AuditMetadata },
): AuditEntry {
  const target = { type: "subscription", id: subscriptionId };
  return { tenantId, actor, action, category: "billing", target, metadata, request };
}
