// Which processes and job runners are alive. Each one renews its row; a runner whose row is gone stale is dead, and the
// jobs it had locked are released (the queue itself would wait four hours).

import { platformPool } from "./db";
import { logger } from "./logger";
import { programVersion } from "./version";

const INTERVAL_MS = 5_000;
const DEAD_AFTER = "20 seconds";

const BEAT = {
  name: "instance_beat",
  text: `INSERT INTO instances (id, heartbeat_at, version) SELECT unnest($1::text[]), now(), $2
         ON CONFLICT (id) DO UPDATE SET heartbeat_at = excluded.heartbeat_at`,
};

// Platform role: the queue's tables are closed to the application. A lock younger than a beat may belong to a runner
// that has not written its first row.
const LIST_DEAD_RUNNERS = `
  SELECT DISTINCT j.locked_by AS id FROM graphile_worker._private_jobs j
   WHERE j.locked_by IS NOT NULL AND j.locked_at < now() - interval '${DEAD_AFTER}'
     AND NOT EXISTS (SELECT FROM instances i
                      WHERE i.id = j.locked_by AND i.heartbeat_at > now() - interval '${DEAD_AFTER}')`;

const SWEEP = "DELETE FROM instances WHERE heartbeat_at < now() - interval '1 day'";

const log = logger("heartbeat");

export interface Heartbeat {
  stop(): Promise<void>;
}

/**
 * Renews the rows of these ids every few seconds and releases what dead runners hold. `ids` is asked at each beat, since
 * runners come and go; `release` is the queue's way of unlocking them.
 */
export function startHeartbeat(ids: () => string[], release: (dead: string[]) => Promise<void>): Heartbeat {
  let running: Promise<void> = Promise.resolve();
  // Runners are gone from `ids` by the time of `stop`; their rows go with the process.
  const written = new Set<string>();
  const tick = () => {
    const living = ids();
    for (const id of living) written.add(id);
    running = beat(living, release).catch((error: unknown) => {
      log.warn({ event: "heartbeat.failed", err: error }, "no heartbeat");
    });
  };
  const timer = setInterval(tick, INTERVAL_MS);
  timer.unref();
  tick();
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
      await platformPool()
        .query("DELETE FROM instances WHERE id = ANY($1::text[])", [[...written]])
        .catch(() => {});
    },
  };
}

async function beat(ids: string[], release: (dead: string[]) => Promise<void>): Promise<void> {
  const pool = platformPool();
  await pool.query({ ...BEAT, values: [ids, programVersion()] });
  const { rows } = await pool.query<{ id: string }>(LIST_DEAD_RUNNERS);
  if (rows.length > 0) {
    await release(rows.map((row) => row.id));
    log.warn({ event: "heartbeat.released", count: rows.length }, "released the jobs of dead runners");
  }
  if (Math.random() < 0.01) await pool.query(SWEEP);
}
