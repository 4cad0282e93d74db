// A workspace that is deleted pays for no further period: its subscription ends with the period that has begun, and goes on
// when the workspace is brought back before. Which deletion has ended it stands on its row; what a person has cancelled
// before bears no such mark, and stays cancelled.
// Each ending has a number, by which its calls are named: after a crash the same call is made again. Before a subscription
// goes on, the call that ended it is made once more, since it may arrive as long as Stripe has not answered it.

import type Stripe from "stripe";
import { platformDb } from "../../../platform/db";
import type { Subscription, SubscriptionStatus } from "../../../platform/prisma/client";
import type { TenantDb, TenantId } from "../../../platform/tenant-db";
import { tenantIdOfBooks } from "../../../tenants/scope";
import { fetchNow } from "../../fetch-now";
import { callStripe, readStripe } from "../../gateway/calls";
import { findLive, isLive } from "../statuses";
import { followWorkspaceLater } from "../sync";

/** Brings the subscription to whether the workspace is deleted. Throws while Stripe cannot be asked, to be repeated. */
export async function followWorkspace(tenantId: TenantId): Promise<void> {
  const live = await findLive(platformDb(), tenantId);
  if (!live) return;
  const select = { deletedAt: true };
  const tenant = await platformDb().tenant.findUnique({ where: { id: tenantId }, select });
  // Erased meanwhile: what took its subscription away has it ended.
  if (!tenant) return;
  const { deletedAt } = tenant;
  const { endedByDeletionAt: endedBy } = live;
  if (endedBy !== null && endedBy.getTime() !== deletedAt?.getTime()) {
    await goOn(live);
    // It may have been deleted again meanwhile.
    return followWorkspace(tenantId);
  }
  if (deletedAt !== null) await end(live, deletedAt);
}

/** Enqueues what was missed: Stripe was away for long, or a subscription began while its workspace was being deleted. */
export async function sweepFollowers(): Promise<void> {
  const rows = await platformDb().$queryRaw<{ tenantId: string }[]>`
    SELECT s.tenant_id AS "tenantId" FROM subscriptions s JOIN tenants t ON t.id = s.tenant_id
     WHERE s.status IN ('trialing', 'active', 'past_due', 'unpaid', 'paused')
       AND (t.deleted_at IS NOT NULL AND NOT s.is_cancelling
            OR s.ended_by_deletion_at IS NOT NULL AND s.ended_by_deletion_at IS DISTINCT FROM t.deleted_at)`;
  for (const row of rows) await followWorkspaceLater(platformDb(), tenantIdOfBooks(row));
}

/** When a subscription ends that ends with its workspace now; null for none, and for one that ends already. */
export async function endsWithWorkspaceAt(db: TenantDb, tenantId: TenantId): Promise<Date | null> {
  const live = await findLive(db, tenantId);
  if (!live || live.isCancelling || !isBinding(live.status)) return null;
  return live.status === "trialing" ? (live.trialEndsAt ?? live.periodEndAt) : live.periodEndAt;
}

/** What becomes of the subscription of a workspace that is brought back now; null where its deletion has ended none. */
export async function fateOnReturn(db: TenantDb, tenantId: TenantId): Promise<"goes_on" | "ended" | null> {
  const { deletedAt } = await db.tenant.findUniqueOrThrow({
    where: { id: tenantId },
    select: { deletedAt: true },
  });
  if (deletedAt === null) return null;
  const ended = await db.subscription.findFirst({ where: { tenantId, endedByDeletionAt: deletedAt } });
  return ended && (isLive(ended.status) ? "goes_on" : "ended");
}

async function end(live: Subscription, deletedAt: Date): Promise<void> {
  const fetched = await readAtStripe(live);
  if (!isBinding(fetched.status as SubscriptionStatus)) return;
  if (fetched.cancel_at_period_end || fetched.cancel_at !== null) return;
  // Marked and going on: the call was never made, or somebody has let it go on at Stripe since.
  if (live.endedByDeletionAt !== null) await turn(live, true);
  const marked = await mark(live, deletedAt);
  if (marked === null) return followWorkspace(tenantIdOfBooks(live));
  await turn(marked, true);
  await fetchNow("subscription", live.stripeSubscriptionId);
}

async function goOn(live: Subscription): Promise<void> {
  const { tenantId, id, deletionEndings } = live;
  if (isBinding((await readAtStripe(live)).status as SubscriptionStatus)) {
    await turn(live, true);
    await turn(live, false);
  }
  await platformDb().subscription.updateMany({
    where: { tenantId, id, deletionEndings },
    data: { endedByDeletionAt: null },
  });
  await fetchNow("subscription", live.stripeSubscriptionId);
}

// One whose first payment was never made ends by itself, and Stripe changes nothing about it until then.
function isBinding(status: SubscriptionStatus): boolean {
  return isLive(status) && status !== "incomplete";
}

function readAtStripe({ stripeSubscriptionId: id }: Subscription): Promise<Stripe.Subscription> {
  return readStripe("subscription.read", (stripe) => stripe.subscriptions.retrieve(id));
}

// The workspace's row is held meanwhile: whoever brings it back finds the mark. Null when it came back before, or somebody
// else has marked.
async function mark(live: Subscription, deletedAt: Date): Promise<Subscription | null> {
  const { tenantId, id, deletionEndings } = live;
  const count = await platformDb().$executeRaw`
    UPDATE subscriptions s SET ended_by_deletion_at = t.deleted_at, deletion_endings = s.deletion_endings + 1
      FROM (SELECT deleted_at FROM tenants
             WHERE id = ${tenantId}::uuid AND deleted_at = ${deletedAt}::timestamptz FOR SHARE) t
     WHERE s.tenant_id = ${tenantId}::uuid AND s.id = ${id}::uuid AND s.deletion_endings = ${deletionEndings}`;
  return count === 0 ? null : { ...live, endedByDeletionAt: deletedAt, deletionEndings: deletionEndings + 1 };
}

async function turn(live: Subscription, isEnding: boolean): Promise<void> {
  const { id: subscriptionId, stripeSubscriptionId: id, deletionEndings } = live;
  const tenantId = tenantIdOfBooks(live);
  const action = isEnding ? "subscription.end_deleted" : "subscription.resume_restored";
  const body = { cancel_at_period_end: isEnding };
  const request = {
    operation: "subscription.update" as const,
    intent: `${id}:${action}:${deletionEndings}`,
    tenantId,
    body,
    audit: {
      tenantId,
      actor: { type: "system" as const, id: null },
      action,
      category: "billing" as const,
      target: { type: "subscription", id: subscriptionId },
    },
    find: async (stripe: Stripe) => {
      const found = await stripe.subscriptions.retrieve(id);
      return found.cancel_at_period_end === isEnding ? found : null;
    },
  };
  await callStripe<Stripe.Subscription>(request, (stripe, options) =>
    stripe.subscriptions.update(id, body, options),
  );
}
