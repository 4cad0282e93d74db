// Events of money, one by one. What was paid is read at Stripe first; then its booking and the end of the event are one
// transaction, which only the holder of the lease can commit.

import type Stripe from "stripe";
import { fromNow, now } from "../../../platform/clock";
import { platformDb, platformPool } from "../../../platform/db";
import { newId } from "../../../platform/ids";
import { customerIdOf, findTenantOfCustomer, namedTenantOf } from "../customers";
import { EventFault, type Handlers, type MoneyHandler, OwnerGone, type PlatformTx } from "../handler";
import { ATTEMPTS_MAX, failureAfter, LEASE_MS, LeaseLost } from "./attempts";

export interface ClaimedDispatch {
  id: string;
  eventId: string;
  handler: string;
  /** This one included. */
  attempts: number;
  lease: string;
  event: Stripe.Event;
}

export type MoneyEnd = "done" | "ignored" | "failed" | "dead" | "lost";

const COLUMNS = `d.id, d.event_id AS "eventId", d.handler, d.attempts, d.lease_owner AS lease, e.payload AS event`;
const TAKE = `UPDATE stripe_event_dispatches d
                 SET status = 'running', attempts = d.attempts + 1, lease_owner = $1, lease_until = $3`;

// An attempt is counted before it is made: an event that ends the process is given up like any other.
const CLAIM = {
  name: "stripe_claim_moneys",
  text: `
  WITH due AS (
    SELECT event_id, handler FROM stripe_event_dispatches
     WHERE status IN ('pending', 'failed') AND next_at <= $2 ORDER BY next_at LIMIT $4 FOR NO KEY UPDATE SKIP LOCKED
  ), orphaned AS (
    SELECT event_id, handler FROM stripe_event_dispatches
     WHERE status = 'running' AND lease_until <= $2 ORDER BY lease_until LIMIT $4 FOR NO KEY UPDATE SKIP LOCKED
  )
  ${TAKE}
    FROM (SELECT * FROM due UNION ALL SELECT * FROM orphaned LIMIT $4) c, stripe_events e
   WHERE d.event_id = c.event_id AND d.handler = c.handler AND e.event_id = c.event_id
  RETURNING ${COLUMNS}`,
};

const CLAIM_ONE = {
  name: "stripe_claim_money",
  text: `${TAKE} FROM stripe_events e
   WHERE d.id = $4 AND d.status IN ('pending', 'failed') AND d.next_at <= $2 AND e.event_id = d.event_id
  RETURNING ${COLUMNS}`,
};

/** Takes up to `limit` events that are due, or whose holder is gone. */
export function claimMoneys(limit: number): Promise<ClaimedDispatch[]> {
  return claim(CLAIM, limit);
}

/** Takes this one, if it is due and nobody has it. */
export async function claimMoney(id: string): Promise<ClaimedDispatch | null> {
  return (await claim(CLAIM_ONE, id))[0] ?? null;
}

async function claim(statement: typeof CLAIM, last: number | string): Promise<ClaimedDispatch[]> {
  const values = [newId(), now(), fromNow(LEASE_MS), last];
  return (await platformPool().query<ClaimedDispatch>({ ...statement, values })).rows;
}

/** Handles one event to an end, or notes why not. Throws only when not even that could be written. */
export async function handleMoney(dispatch: ClaimedDispatch, { moneys }: Handlers): Promise<MoneyEnd> {
  try {
    const handler = moneys.find(({ name }) => name === dispatch.handler);
    if (!handler) throw new EventFault(`No handler is called ${dispatch.handler}.`);
    if (dispatch.attempts > ATTEMPTS_MAX) throw new EventFault("The process ended at every attempt.");
    await refuseContradiction(dispatch.event);
    return await book(handler, dispatch);
  } catch (error) {
    if (error instanceof LeaseLost) return "lost";
    return noteFailure(dispatch, error);
  }
}

async function book(handler: MoneyHandler<unknown>, dispatch: ClaimedDispatch): Promise<MoneyEnd> {
  const { event } = dispatch;
  const fetched = await handler.fetch(event);
  try {
    return await end(dispatch, async (tx) =>
      fetched === null ? "ignored" : handler.book(tx, fetched, event),
    );
  } catch (error) {
    if (error instanceof OwnerGone) return end(dispatch, async () => "ignored");
    throw error;
  }
}

type Booking = (tx: PlatformTx) => Promise<"done" | "ignored">;

function end(dispatch: ClaimedDispatch, booking: Booking): Promise<MoneyEnd> {
  return platformDb().$transaction(async (tx) => {
    await lockDispatch(tx, dispatch);
    const status = await booking(tx);
    await tx.$executeRaw`
      UPDATE stripe_event_dispatches
         SET status = ${status}::dispatch_status, done_at = ${now()}, next_at = NULL, lease_owner = NULL, lease_until = NULL,
             last_error = NULL
       WHERE id = ${dispatch.id}::uuid`;
    await nameOwner(tx, dispatch.event);
    return status;
  });
}

/** Throws when somebody else has it by now; holds it until the transaction ends otherwise. */
async function lockDispatch(tx: PlatformTx, { id, lease }: ClaimedDispatch): Promise<void> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM stripe_event_dispatches
     WHERE id = ${id}::uuid AND lease_owner = ${lease}::uuid AND status = 'running' FOR NO KEY UPDATE`;
  if (rows.length === 0) throw new LeaseLost();
}

/** An event may come before our own row of its customer does: whose it is, is noted once it is known. */
async function nameOwner(tx: PlatformTx, event: Stripe.Event): Promise<void> {
  const customerId = customerIdOf(event);
  const tenantId = customerId === null ? null : await findTenantOfCustomer(tx, customerId);
  if (tenantId === null) return;
  await tx.stripeEvent.updateMany({ where: { eventId: event.id, tenantId: null }, data: { tenantId } });
}

async function refuseContradiction(event: Stripe.Event): Promise<void> {
  const named = namedTenantOf(event);
  const customerId = customerIdOf(event);
  if (named === null || customerId === null) return;
  const tenantId = await findTenantOfCustomer(platformDb(), customerId);
  if (tenantId !== null && tenantId !== named)
    throw new EventFault("The metadata names another workspace than the one whose customer this is.");
}

// Outside the transaction that was rolled back.
async function noteFailure(dispatch: ClaimedDispatch, error: unknown): Promise<MoneyEnd> {
  const { id, handler, attempts, lease } = dispatch;
  const { status, delayMs, text } = failureAfter(attempts, error, { handler, id });
  const nextAt = delayMs === null ? null : fromNow(delayMs);
  const { rowCount } = await platformPool().query(
    `UPDATE stripe_event_dispatches
        SET status = $3, next_at = $4, last_error = $5, lease_owner = NULL, lease_until = NULL
      WHERE id = $1 AND lease_owner = $2 AND status = 'running'`,
    [id, lease, status, nextAt, text],
  );
  return rowCount === 1 ? status : "lost";
}
