// Objects as Stripe has them. Whoever holds the lease of an object has its highest fence; what it wants is noted before it
// is fetched, so that an event that comes meanwhile makes it fetched again. An older fetch is never written after a newer.

import { fromNow, now } from "../../../platform/clock";
import { platformDb, platformPool } from "../../../platform/db";
import { newId } from "../../../platform/ids";
import { EventFault, type Handlers, OwnerGone, type PlatformTx, type StateSync } from "../handler";
import { failureAfter, LEASE_MS, LeaseLost } from "./attempts";

export interface ClaimedObject {
  objectId: string;
  objectType: string;
  /** What was wanted when it was claimed. */
  wantedSeq: string;
  fence: string;
  attempts: number;
}

export type SyncEnd = "synced" | "failed" | "dead" | "lost";

const TAKE = `UPDATE stripe_object_syncs s
                 SET fence = s.fence + 1, attempts = s.attempts + 1, lease_owner = $1, lease_until = $3`;
const COLUMNS = `s.object_id AS "objectId", s.object_type AS "objectType", s.wanted_seq::text AS "wantedSeq",
                 s.fence::text AS fence, s.attempts`;
const DUE = `synced_seq < wanted_seq AND next_at <= $2 AND (lease_until IS NULL OR lease_until <= $2)`;

const CLAIM = {
  name: "stripe_claim_objects",
  text: `
  WITH due AS (
    SELECT object_id FROM stripe_object_syncs WHERE ${DUE} ORDER BY next_at LIMIT $4 FOR NO KEY UPDATE SKIP LOCKED
  )
  ${TAKE} FROM due WHERE s.object_id = due.object_id RETURNING ${COLUMNS}`,
};

const CLAIM_ONE = {
  name: "stripe_claim_object",
  text: `${TAKE} WHERE s.object_id = $4 AND ${DUE} RETURNING ${COLUMNS}`,
};

/** Takes up to `limit` objects that want to be fetched and are with nobody. */
export function claimObjects(limit: number): Promise<ClaimedObject[]> {
  return claim(CLAIM, limit);
}

/** Takes this one, if it wants to be fetched and nobody has it. */
export async function claimObject(objectId: string): Promise<ClaimedObject | null> {
  return (await claim(CLAIM_ONE, objectId))[0] ?? null;
}

async function claim(statement: typeof CLAIM, last: number | string): Promise<ClaimedObject[]> {
  const values = [newId(), now(), fromNow(LEASE_MS), last];
  return (await platformPool().query<ClaimedObject>({ ...statement, values })).rows;
}

/** Has an object fetched again, in the caller's transaction; the caller rings for the dispatcher afterwards. */
export async function wantObject(
  tx: PlatformTx,
  { id, type }: { id: string; type: string },
): Promise<bigint> {
  const [row] = await tx.$queryRaw<{ wanted: bigint }[]>`
    INSERT INTO stripe_object_syncs AS s (object_id, object_type, next_at) VALUES (${id}, ${type}, ${now()})
    ON CONFLICT (object_id) DO UPDATE SET wanted_seq = s.wanted_seq + 1, next_at = excluded.next_at, attempts = 0
    RETURNING s.wanted_seq AS wanted`;
  if (!row) throw new Error("an object that is wanted has a number");
  return row.wanted;
}

/** Fetches and stores one object, or notes why not. Throws only when not even that could be written. */
export async function syncObject(claimed: ClaimedObject, { states }: Handlers): Promise<SyncEnd> {
  try {
    const sync = states.find(({ objectType }) => objectType === claimed.objectType);
    if (!sync) throw new EventFault(`Nothing keeps objects of the type ${claimed.objectType}.`);
    await fetchAndApply(sync, claimed);
    return "synced";
  } catch (error) {
    if (error instanceof LeaseLost) return "lost";
    return noteFailure(claimed, error);
  }
}

async function fetchAndApply(sync: StateSync<unknown>, claimed: ClaimedObject): Promise<void> {
  const fetched = await sync.fetch(claimed.objectId);
  try {
    await end(claimed, "done", (tx) => sync.apply(tx, fetched, BigInt(claimed.fence)));
  } catch (error) {
    if (!(error instanceof OwnerGone)) throw error;
    await end(claimed, "ignored", async () => {});
  }
}

/** Ends what was wanted up to here, in one transaction with what is written for it. */
async function end(
  { objectId, fence, wantedSeq }: ClaimedObject,
  status: "done" | "ignored",
  write: (tx: PlatformTx) => Promise<void>,
): Promise<void> {
  await platformDb().$transaction(async (tx) => {
    const at = now();
    const held = await tx.$executeRaw`
      UPDATE stripe_object_syncs
         SET synced_seq = ${wantedSeq}::bigint, synced_at = ${at}, attempts = 0, last_error = NULL, next_at = ${at},
             lease_owner = NULL, lease_until = NULL
       WHERE object_id = ${objectId} AND fence = ${fence}::bigint`;
    if (held === 0) throw new LeaseLost();
    await write(tx);
    await tx.$executeRaw`
      UPDATE stripe_event_dispatches
         SET status = ${status}::dispatch_status, done_at = ${at}, last_error = NULL, attempts = attempts + 1
       WHERE object_id = ${objectId} AND wanted_seq <= ${wantedSeq}::bigint AND status IN ('pending', 'failed', 'dead')`;
    await nameOwner(tx, objectId);
  });
}

/** Events of an object may come before our own row of its customer does: whose they are, is noted once it is known. */
async function nameOwner(tx: PlatformTx, objectId: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE stripe_events e SET tenant_id = p.tenant_id
      FROM stripe_object_syncs s JOIN billing_profiles p ON p.stripe_customer_id = s.customer_id
     WHERE s.object_id = ${objectId} AND e.customer_id = s.customer_id AND e.tenant_id IS NULL`;
}

// Outside the transaction that was rolled back. What was wanted meanwhile keeps its own time.
async function noteFailure(claimed: ClaimedObject, error: unknown): Promise<SyncEnd> {
  const { objectId, objectType, wantedSeq, fence, attempts } = claimed;
  const work = { handler: objectType, id: objectId };
  const { status, delayMs, text } = failureAfter(attempts, error, work);
  const nextAt = delayMs === null ? null : fromNow(delayMs);
  return platformDb().$transaction(async (tx) => {
    const held = await tx.$executeRaw`
      UPDATE stripe_object_syncs
         SET next_at = CASE WHEN wanted_seq > ${wantedSeq}::bigint THEN next_at ELSE ${nextAt}::timestamptz END,
             last_error = ${text}, lease_owner = NULL, lease_until = NULL
       WHERE object_id = ${objectId} AND fence = ${fence}::bigint`;
    if (held === 0) return "lost";
    await tx.$executeRaw`
      UPDATE stripe_event_dispatches
         SET status = ${status}::dispatch_status, last_error = ${text}, attempts = attempts + 1
       WHERE object_id = ${objectId} AND wanted_seq <= ${wantedSeq}::bigint AND status IN ('pending', 'failed')`;
    return status;
  });
}
