// How many streams a person holds open, over all instances and tenants. Each open stream is a lease that is renewed while
// it lives; a process that dies leaves leases that run out by themselves.

import { platformPool } from "../../platform/db";
import { AppError } from "../../platform/errors";
import { newId } from "../../platform/ids";
import { isOutage } from "../../platform/outage";
import { areAmong, type Sign, sign } from "../../platform/signs";
import { queryUser } from "../../platform/tenant-db";

export interface StreamLease {
  /** Says that the stream still lives; call it, or look at the sign, more often than LEASE_SECONDS. */
  renew(): Promise<void>;
  /** Renews the leases of many streams at once; one that has run out is renewed by itself alone. */
  sign: Sign;
  end(): Promise<void>;
}

/** Streams that one person may hold open at once, over all instances. */
export const OPEN_STREAMS_MAX = 5;

const LEASE_SECONDS = 15;

// Two streams that open at once are counted one after the other.
const LOCK = {
  name: "stream_lease_lock",
  text: "SELECT pg_advisory_xact_lock(hashtextextended('streams:' || $1::text, 0))",
};
const CLEAR = {
  name: "stream_lease_clear",
  text: "DELETE FROM stream_leases WHERE user_id = $1 AND expires_at <= now()",
};
const TAKE = {
  name: "stream_lease_take",
  text: `
  INSERT INTO stream_leases (user_id, id, expires_at)
  SELECT $1::uuid, $2::uuid, now() + ${LEASE_SECONDS} * interval '1 second'
   WHERE (SELECT count(*) FROM stream_leases WHERE user_id = $1) < ${OPEN_STREAMS_MAX}
  RETURNING id`,
};
const RENEW = {
  name: "stream_lease_renew",
  text: `
  INSERT INTO stream_leases (user_id, id, expires_at)
  VALUES ($1::uuid, $2::uuid, now() + ${LEASE_SECONDS} * interval '1 second')
  ON CONFLICT (user_id, id) DO UPDATE SET expires_at = excluded.expires_at`,
};
// A lease that has run out is left to whoever clears it. Streams of any people, hence the platform role.
const RENEW_ALL = {
  name: "stream_lease_renew_all",
  text: `
  UPDATE stream_leases l SET expires_at = now() + ${LEASE_SECONDS} * interval '1 second'
    FROM unnest($1::uuid[], $2::uuid[]) AS k (user_id, id)
   WHERE l.user_id = k.user_id AND l.id = k.id AND l.expires_at > now()
  RETURNING l.id`,
};
const END = { name: "stream_lease_end", text: "DELETE FROM stream_leases WHERE user_id = $1 AND id = $2" };

/** Takes one of the person's places, in one round trip. Throws `over_limit` when all are taken. */
export async function takeStreamLease(userId: string): Promise<StreamLease> {
  const id = newId();
  const taken = await queryUser(
    userId,
    { ...LOCK, values: [userId] },
    { ...CLEAR, values: [userId] },
    { ...TAKE, values: [userId, id] },
  );
  if (taken.length === 0) throw tooManyStreams();
  let renewing: Promise<unknown> = Promise.resolve();
  let isEnded = false;
  return {
    sign: sign(renewAll, { userId, id }),
    renew: async () => {
      if (isEnded) return;
      renewing = queryUser(userId, { ...RENEW, values: [userId, id] });
      await renewing;
    },
    end: async () => {
      isEnded = true;
      // A renewal under way would write the place anew after it was given back.
      await renewing.catch(() => {});
      await endLease(userId, id);
    },
  };
}

async function renewAll(leases: { userId: string; id: string }[]): Promise<boolean[]> {
  const ids = leases.map(({ id }) => id);
  const { rows } = await platformPool().query<{ id: string }>({
    ...RENEW_ALL,
    values: [leases.map(({ userId }) => userId), ids],
  });
  return areAmong(ids, rows);
}

// While the database is away the lease runs out by itself; the stream's own ending must not fail for it.
async function endLease(userId: string, id: string): Promise<void> {
  try {
    await queryUser(userId, { ...END, values: [userId, id] });
  } catch (error) {
    if (!isOutage(error)) throw error;
  }
}

function tooManyStreams(): AppError {
  const message = `You have ${OPEN_STREAMS_MAX} conversations streaming already. Close one to follow another.`;
  return new AppError("over_limit", message, {
    reason: "too_many_streams",
    retryAfterSeconds: LEASE_SECONDS,
  });
}
