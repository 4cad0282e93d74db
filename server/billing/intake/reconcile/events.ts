// What Stripe has told and we have not heard: once an hour its own list of events is gone through from where the last run
// ended, a little earlier to be sure, and what is missing is stored as if it had been delivered.

import type Stripe from "stripe";
import { now } from "../../../platform/clock";
import { platformDb } from "../../../platform/db";
import { newId } from "../../../platform/ids";
import { logger } from "../../../platform/logger";
import { readStripe } from "../../gateway/calls";
import { HANDLERS } from "../../handlers";
import type { Handlers } from "../handler";
import { nudgeDispatcher } from "../nudge";
import { readEvent, storeEvent } from "../store";

export const RECONCILE_EVENTS_JOB = "billing.reconcile_events";

const HOUR_MS = 3_600_000;
const OVERLAP_MS = 2 * HOUR_MS;
/** Stripe keeps events for 30 days (docs.stripe.com/api/events). */
const KEPT_MS = 30 * 24 * HOUR_MS;
const EVENTS_PER_PAGE = 100;

const log = logger("billing.reconcile");

export interface EventsRun {
  listed: number;
  missing: number;
}

/** Stores what no delivery brought. A run that breaks off is made again from where it began. */
export async function reconcileEvents(
  signal: AbortSignal,
  handlers: Handlers = HANDLERS,
): Promise<EventsRun> {
  const startedAt = now();
  const since = await beginningOf(startedAt);
  const run: EventsRun = { listed: 0, missing: 0 };
  let after: string | undefined;
  do {
    signal.throwIfAborted();
    const page = await listPage({ since, until: startedAt }, after);
    for (const event of page.data) await keep(event, run, handlers);
    after = page.has_more ? page.data.at(-1)?.id : undefined;
  } while (after !== undefined);
  await nameOwners();
  const data = { id: newId(), startedAt, endedAt: now(), coveredUntil: startedAt, ...run };
  await platformDb().stripeReconciliation.create({ data });
  if (run.missing === 0) return run;
  log.warn({ event: "stripe.events_recovered", ...run }, "events were missing");
  nudgeDispatcher();
  return run;
}

async function beginningOf(startedAt: Date): Promise<Date> {
  const last = await platformDb().stripeReconciliation.findFirst({ orderBy: { coveredUntil: "desc" } });
  const earliest = startedAt.getTime() - KEPT_MS;
  return new Date(Math.max(earliest, (last?.coveredUntil.getTime() ?? 0) - OVERLAP_MS));
}

function listPage(range: { since: Date; until: Date }, after: string | undefined) {
  const created = { gte: secondsOf(range.since), lte: secondsOf(range.until) };
  const query = { created, limit: EVENTS_PER_PAGE, ...(after !== undefined && { starting_after: after }) };
  return readStripe("event.list", (stripe) => stripe.events.list(query));
}

async function keep(listed: Stripe.Event, run: EventsRun, handlers: Handlers): Promise<void> {
  const event = readEvent(listed);
  if (event === null) return;
  run.listed += 1;
  const raw = Buffer.from(JSON.stringify(listed));
  const fate = await storeEvent({ event, raw, source: "reconciler" }, handlers);
  if (fate !== "repeated") run.missing += 1;
}

// Events that nobody hears are asked for nobody's sake again: whose they are is found here.
async function nameOwners(): Promise<void> {
  await platformDb().$executeRaw`
    UPDATE stripe_events e SET tenant_id = o.tenant_id
      FROM (SELECT stripe_customer_id AS customer_id, tenant_id FROM billing_profiles
             UNION ALL SELECT customer_id, tenant_id FROM stripe_former_customers) o
     WHERE e.tenant_id IS NULL AND e.customer_id = o.customer_id AND o.tenant_id IS NOT NULL`;
}

function secondsOf(at: Date): number {
  return Math.floor(at.getTime() / 1_000);
}
