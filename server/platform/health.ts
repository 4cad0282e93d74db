// The state of what Parley stands on, for operators: database, Redis, storage, queue, workers. Each part is asked by doing
// what it is there for, and answers within two seconds whatever hangs.

import { sleep } from "./clock";
import { config } from "./config";
import { platformPool, pool } from "./db";
import { newId } from "./ids";
import { readiness } from "./readiness";
import { readPiece, removeStored, store } from "./storage";

export type HealthState = "ok" | "failed" | "off";

export interface PartHealth {
  state: HealthState;
  latencyMs: number | null;
}

export interface QueueHealth extends PartHealth {
  /** Jobs whose time has come and that nobody has taken. */
  waiting: number;
  running: number;
  /** Jobs that have used up their tries. */
  dead: number;
  oldestWaitingSeconds: number | null;
}

export interface WorkerHealth {
  id: string;
  startedAt: string;
  heartbeatAt: string;
  version: string | null;
  isAlive: boolean;
}

export interface SystemHealth {
  database: PartHealth;
  redis: PartHealth;
  storage: PartHealth & { place: "database" | "folder" };
  queue: QueueHealth;
  /** Processes that work jobs off, newest heartbeat first. */
  workers: WorkerHealth[];
}

const TIMEOUT_MS = 2_000;
const ALIVE_SECONDS = 20;

const QUEUE = `
  SELECT count(*) FILTER (WHERE locked_by IS NULL AND attempts < max_attempts AND run_at <= now())::int AS waiting,
         count(*) FILTER (WHERE locked_by IS NOT NULL)::int AS running,
         count(*) FILTER (WHERE locked_by IS NULL AND attempts >= max_attempts)::int AS dead,
         extract(epoch FROM now() - min(run_at) FILTER (
           WHERE locked_by IS NULL AND attempts < max_attempts AND run_at <= now()))::int AS oldest
    FROM graphile_worker._private_jobs`;

// Runners have rows beside their process's; theirs begin with the queue's word for them.
const WORKERS = `
  SELECT id, started_at, heartbeat_at, version, heartbeat_at > now() - interval '${ALIVE_SECONDS} seconds' AS is_alive
    FROM instances WHERE id NOT LIKE 'worker-%' ORDER BY heartbeat_at DESC LIMIT 50`;

/** Asks every part at the same time. Does not throw. */
export async function systemHealth(): Promise<SystemHealth> {
  const [database, redis, storage, queue, workers] = await Promise.all([
    timed(() => Promise.all([pool().query("SELECT 1"), platformPool().query("SELECT 1")])),
    redisHealth(),
    timed(probeStorage),
    timed(() => platformPool().query<QueueRow>(QUEUE)),
    timed(() => platformPool().query<WorkerRow>(WORKERS)),
  ]);
  const place = config().storageFolder === null ? "database" : "folder";
  const counts = queue.answer?.rows[0];
  return {
    database: partOf(database),
    redis,
    storage: { ...partOf(storage), place },
    queue: {
      ...partOf(queue),
      waiting: counts?.waiting ?? 0,
      running: counts?.running ?? 0,
      dead: counts?.dead ?? 0,
      oldestWaitingSeconds: counts?.oldest ?? null,
    },
    workers: (workers.answer?.rows ?? []).map(workerOf),
  };
}

interface QueueRow {
  waiting: number;
  running: number;
  dead: number;
  oldest: number | null;
}

interface WorkerRow {
  id: string;
  started_at: Date;
  heartbeat_at: Date;
  version: string | null;
  is_alive: boolean;
}

interface Timed<Answer> extends PartHealth {
  answer: Answer | null;
}

async function timed<Answer>(ask: () => Promise<Answer>): Promise<Timed<Answer>> {
  const startedAt = performance.now();
  const failed = { state: "failed" as const, latencyMs: null, answer: null };
  const asked = ask().then(
    (answer): Timed<Answer> => ({
      state: "ok",
      latencyMs: Math.round(performance.now() - startedAt),
      answer,
    }),
    () => failed,
  );
  return Promise.race([asked, sleep(TIMEOUT_MS).then(() => failed)]);
}

async function redisHealth(): Promise<PartHealth> {
  if (config().redisUrls.length === 0) return { state: "off", latencyMs: null };
  const { answer, latencyMs } = await timed(readiness);
  const isThere = answer?.checks["redis"] === "ok";
  return { state: isThere ? "ok" : "failed", latencyMs: isThere ? latencyMs : null };
}

/** A few bytes go in, come back the same, and leave. */
async function probeStorage(): Promise<void> {
  const key = `health/${newId()}`;
  const bytes = Buffer.from("health");
  await store(key, [bytes]);
  const back = await readPiece(key, 0);
  await removeStored(key);
  if (back === null || !back.equals(bytes)) throw new Error("the storage gave back something else");
}

function partOf({ state, latencyMs }: PartHealth): PartHealth {
  return { state, latencyMs };
}

function workerOf(row: WorkerRow): WorkerHealth {
  return {
    id: row.id,
    startedAt: row.started_at.toISOString(),
    heartbeatAt: row.heartbeat_at.toISOString(),
    version: row.version,
    isAlive: row.is_alive,
  };
}
