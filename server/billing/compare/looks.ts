// Looking again at what a comparison found: object by object, as it is now on both sides. What is still different counts from
// then on; what is equal is over. While something of the object is on its way nothing is said, but not for longer than an hour.

import { fromNow, now } from "../../platform/clock";
import { platformDb, platformPool } from "../../platform/db";
import { logger } from "../../platform/logger";
import { readGaugeBy } from "../../platform/metrics";
import type { BillingDifference } from "../../platform/prisma/client";
import { findBalanceApart } from "../../wallet/balances";
import { SEATS_JOB } from "../subscription/sync";
import { DIFFERENCE_KINDS } from "../terms";
import { confirmDifference, endDifference, postponeDifference, type Suspect } from "./differences";
import { lookAtPayment } from "./payments";
import { lookAtSubscription } from "./subscriptions";
import { balanceSuspect } from "./walks";

export const LOOK_JOB = "billing.compare_again";

/** Between two looks: longer than a delivery and its handling take. */
export const SETTLE_MS = 10 * 60_000;
/** What is on its way longer than this is stuck, and no excuse. */
const ON_ITS_WAY_MS = 3_600_000;
const TURN_MS = 120_000;

const log = logger("billing.compare");

readGaugeBy(
  "stripe_differences_open",
  "Differences between Stripe and our books that were seen twice",
  { label: "kind", values: DIFFERENCE_KINDS },
  async () => {
    const rows = await platformDb().billingDifference.groupBy({
      by: ["kind"],
      where: { confirmedAt: { not: null }, resolvedAt: null },
      _count: true,
    });
    return new Map(rows.map(({ kind, _count: count }) => [kind, count]));
  },
);

/** Looks once at every open difference whose last look is long enough ago. */
export async function lookAgain(signal?: AbortSignal): Promise<void> {
  const before = fromNow(-SETTLE_MS);
  const endsAt = performance.now() + TURN_MS;
  while (!signal?.aborted && performance.now() < endsAt) {
    const difference = await platformDb().billingDifference.findFirst({
      where: { resolvedAt: null, lookedAt: { lte: before } },
      orderBy: { lookedAt: "asc" },
    });
    if (difference === null) return;
    try {
      await lookAt(difference);
    } catch (error) {
      const { id, kind } = difference;
      log.warn({ event: "billing.difference_unread", difference: id, kind, err: error }, "could not look");
      await postponeDifference(id);
    }
  }
}

/** Looks at one difference now; answers whether it is over. */
export async function lookAt(difference: BillingDifference): Promise<boolean> {
  const { id, kind } = difference;
  const seen = (await suspectsOf(difference)).find((suspect) => suspect.kind === kind);
  if (!seen) await endDifference(id);
  else if (difference.confirmedAt === null && (await isOnItsWay(difference))) await postponeDifference(id);
  else await confirm(difference, seen);
  return !seen;
}

async function confirm(difference: BillingDifference, seen: Suspect): Promise<void> {
  await confirmDifference(difference.id, seen);
  const { kind, objectId, tenantId } = difference;
  const line = { event: "billing.difference", kind, object: objectId, tenant_id: tenantId };
  if (difference.confirmedAt === null) log.warn(line, "Stripe and the books differ");
}

async function suspectsOf({ kind, objectId }: BillingDifference): Promise<Suspect[]> {
  if (kind.startsWith("payment_")) return lookAtPayment(objectId);
  if (kind !== "balance") return lookAtSubscription(objectId);
  const apart = await findBalanceApart(objectId);
  return apart === null ? [] : [balanceSuspect(apart)];
}

const ON_ITS_WAY = `
  SELECT EXISTS (SELECT FROM stripe_object_syncs s
                  WHERE s.object_id = $1 AND s.synced_seq < s.wanted_seq AND s.next_at IS NOT NULL)
      OR EXISTS (SELECT FROM stripe_event_dispatches d JOIN stripe_events e ON e.event_id = d.event_id
                  WHERE d.status IN ('pending', 'running', 'failed') AND d.object_id IS NULL
                    AND (e.object_id = $1 OR e.payload #>> '{data,object,payment_intent}' = $1))
      OR EXISTS (SELECT FROM graphile_worker.jobs j WHERE j.key = $2) AS found`;

/** Whether something is under way, or waits, that would end it. */
async function isOnItsWay({ kind, objectId, tenantId, foundAt }: BillingDifference): Promise<boolean> {
  if (now().getTime() - foundAt.getTime() > ON_ITS_WAY_MS) return false;
  const isOfSeats = kind === "seats" || kind === "subscription_seats";
  const values = [objectId, isOfSeats ? `${SEATS_JOB}:${tenantId}` : null];
  const { rows } = await platformPool().query<{ found: boolean }>(ON_ITS_WAY, values);
  return rows[0]?.found ?? false;
}
