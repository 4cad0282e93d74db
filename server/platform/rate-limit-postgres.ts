// Limits counted in PostgreSQL, for all instances. Calls that arrive while a statement is under way share the next one,
// so that a busy counter costs one row update per round trip and not one per request. The end of a window is told as the
// database has it: counted from what is left, it would waver by the time that the answer was under way.

import { pool } from "./db";
import { type CountedWindow, counterKey, type Limit, type LimitStore } from "./rate-limit-store";

// Rows are taken in key order: two statements that share keys wait for each other instead of deadlocking.
const HIT = {
  name: "rate_limit_hit",
  text: `INSERT INTO rate_limit_windows AS w (key, hits, ends_at)
         SELECT key, hits, now() + seconds * interval '1 second'
           FROM unnest($1::text[], $2::int[], $3::int[]) AS t (key, hits, seconds) ORDER BY key
         ON CONFLICT (key) DO UPDATE SET
           hits = CASE WHEN w.ends_at <= now() THEN excluded.hits ELSE w.hits + excluded.hits END,
           ends_at = CASE WHEN w.ends_at <= now() THEN excluded.ends_at ELSE w.ends_at END
         RETURNING key, hits, extract(epoch FROM ends_at)::float8 * 1000 AS ends_at_ms`,
};

const SWEEP = "DELETE FROM rate_limit_windows WHERE ends_at < now() - interval '10 minutes'";

interface Waiter {
  limits: Limit[];
  resolve(windows: CountedWindow[]): void;
  reject(error: unknown): void;
}

interface Counter {
  seconds: number;
  added: number;
  total: number;
  endsAtMs: number;
}

/** The store on the application's own database. */
export function postgresLimitStore(): LimitStore {
  let waiting: Waiter[] = [];
  let isRunning = false;

  async function run(): Promise<void> {
    isRunning = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        const counters = await countBatch(batch);
        for (const waiter of batch) waiter.resolve(waiter.limits.map((limit) => take(counters, limit)));
      } catch (error) {
        for (const waiter of batch) waiter.reject(error);
      }
    }
    isRunning = false;
  }

  return {
    hit: (limits) =>
      new Promise((resolve, reject) => {
        waiting.push({ limits, resolve, reject });
        if (!isRunning) void run();
      }),
  };
}

/** Deletes the counters whose window is over; a schedule calls it. */
export async function sweepRateLimitWindows(): Promise<void> {
  await pool().query(SWEEP);
}

async function countBatch(batch: Waiter[]): Promise<Map<string, Counter>> {
  const counters = new Map<string, Counter>();
  for (const { limits } of batch) {
    for (const limit of limits) {
      const key = counterKey(limit);
      const counter = counters.get(key) ?? { seconds: limit.windowSeconds, added: 0, total: 0, endsAtMs: 0 };
      counter.added += limit.weight ?? 1;
      counters.set(key, counter);
    }
  }
  const all = [...counters.values()];
  const values = [[...counters.keys()], all.map((item) => item.added), all.map((item) => item.seconds)];
  const { rows } = await pool().query<{ key: string; hits: number; ends_at_ms: number }>({ ...HIT, values });
  for (const row of rows) {
    const counter = counters.get(row.key);
    if (counter === undefined) continue;
    counter.total = row.hits - counter.added;
    counter.endsAtMs = row.ends_at_ms;
  }
  return counters;
}

// Hands the batch's hits out one by one, in the order of arrival.
function take(counters: Map<string, Counter>, limit: Limit): CountedWindow {
  const counter = counters.get(counterKey(limit));
  if (counter === undefined) return { hits: 1, endsAtMs: Date.now() + limit.windowSeconds * 1_000 };
  counter.total += limit.weight ?? 1;
  return { hits: counter.total, endsAtMs: counter.endsAtMs };
}
