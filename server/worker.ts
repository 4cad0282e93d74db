// All jobs and schedules, and the runner that works them off. Started by an explicit call.

import { EventEmitter } from "node:events";
import {
  makeWorkerUtils,
  parseCronItems,
  Logger as QueueLogger,
  type Runner,
  run,
  type TaskList,
  type WorkerEvents,
} from "graphile-worker";
import { z } from "zod";
import * as audit from "./audit/jobs";
import * as auth from "./auth/jobs";
import { HANDLERS } from "./billing/handlers";
import { startEventDispatcher, stopEventDispatcher } from "./billing/intake/dispatch/dispatcher";
import { billingJobs, billingSchedules } from "./billing/jobs";
import { keepAnswer } from "./chat/answers";
import * as chat from "./chat/jobs";
import { searchOwnConversations } from "./chat/search";
import { titleLater } from "./chat/titles";
import * as lifecycle from "./lifecycle/jobs";
import * as machines from "./machines/jobs";
import * as mfa from "./mfa/jobs";
import { config } from "./platform/config";
import { platformPool } from "./platform/db";
import { startHeartbeat } from "./platform/heartbeat";
import { newId } from "./platform/ids";
import { logger } from "./platform/logger";
import * as mail from "./platform/mail-delivery";
import { counter } from "./platform/metrics";
import { defineJob, type Job, type Schedule } from "./platform/queue";
import { sweepRateLimitWindows } from "./platform/rate-limit-postgres";
import { onShutdown } from "./platform/shutdown";
import { handOverRuns, startRunDispatcher } from "./runs/dispatcher";
import * as runs from "./runs/jobs";
import * as wallet from "./wallet/jobs";

const CONCURRENCY = 4;
const POLL_INTERVAL_MS = 2_000;

const sweepLimits = defineJob({
  name: "rate-limit.sweep",
  payload: z.unknown(),
  run: () => sweepRateLimitWindows(),
});

const jobs: Job[] = [
  ...mail.jobs,
  ...audit.jobs,
  ...auth.jobs,
  ...mfa.jobs,
  ...machines.jobs,
  ...runs.jobs,
  ...chat.jobs,
  ...lifecycle.jobs,
  ...wallet.jobs,
  sweepLimits,
];
const schedules: Schedule[] = [
  ...mail.schedules,
  ...audit.schedules,
  ...auth.schedules,
  ...mfa.schedules,
  ...machines.schedules,
  ...runs.schedules,
  ...chat.schedules,
  ...lifecycle.schedules,
  ...wallet.schedules,
  { cron: "*/10 * * * *", job: sweepLimits.name },
];

const log = logger("worker");
const jobsTotal = counter("jobs_total", "Jobs that were run", ["job", "result"]);

export interface Worker {
  stop(): Promise<void>;
}

/** Starts the job runner and the dispatchers. `stop` waits for the jobs and events under way; runs are handed over. */
export async function startWorker(): Promise<Worker> {
  const queue = await startQueue();
  await startRunDispatcher({
    searchOwnConversations,
    keepAnswer,
    onSettled: (db, { run }) => titleLater(db, run.scope, run),
  });
  const { stripe, runsRetryWorker } = config().billing;
  if (stripe !== null && runsRetryWorker) await startEventDispatcher(HANDLERS);
  const forgetHook = onShutdown(handOverRuns);
  return {
    stop: async () => {
      forgetHook();
      await Promise.all([handOverRuns(), stopEventDispatcher(), queue.stop()]);
    },
  };
}

// The runner stands on the platform role's connections: jobs are every tenant's.
async function startQueue(): Promise<Worker> {
  const events: WorkerEvents = new EventEmitter();
  const instanceId = newId();
  const workerIds = new Set<string>();
  events.on("worker:create", ({ worker }) => workerIds.add(worker.workerId));
  events.on("worker:release", ({ worker }) => workerIds.delete(worker.workerId));
  const stopping = new AbortController();
  const pgPool = platformPool();
  const shared = { pgPool, logger: queueLogger(), noHandleSignals: true };
  const utils = await makeWorkerUtils(shared);
  const runner: Runner = await run({
    ...shared,
    events,
    concurrency: CONCURRENCY,
    pollInterval: POLL_INTERVAL_MS,
    parsedCronItems: parseCronItems(
      [...schedules, ...billingSchedules()].map(({ cron, job }) => ({
        match: cron,
        task: job,
        options: { backfillPeriod: 0 },
      })),
    ),
    taskList: taskList(stopping.signal),
  });
  // A runner that ends by itself lost its database; the process goes on serving and says so.
  runner.promise.catch((error: unknown) =>
    log.error({ event: "worker.ended", err: error }, "the runner ended"),
  );
  const heartbeat = startHeartbeat(
    () => [instanceId, ...workerIds],
    (dead) => utils.forceUnlockWorkers(dead),
  );
  return {
    stop: async () => {
      stopping.abort();
      await runner.stop().catch(() => {});
      await heartbeat.stop();
      await utils.release();
    },
  };
}

function taskList(signal: AbortSignal): TaskList {
  return Object.fromEntries([...jobs, ...billingJobs()].map((job) => [job.name, taskOf(job, signal)]));
}

function taskOf(job: Job, signal: AbortSignal): TaskList[string] {
  return async (unverifiedPayload, { job: row }) => {
    const jobLogger = log.child({ correlation_id: String(row.id), worker_id: row.locked_by });
    try {
      await job.run(unverifiedPayload, {
        attempt: row.attempts,
        attemptsMax: row.max_attempts,
        signal,
        logger: jobLogger,
      });
      jobsTotal.inc({ job: job.name, result: "success" });
    } catch (error) {
      jobsTotal.inc({ job: job.name, result: "failed" });
      jobLogger.error(
        { event: "job.failed", job: job.name, attempt: row.attempts, err: error },
        "job failed",
      );
      // What the queue stores of a failure is its message: it may not carry what the log may not.
      throw new Error(error instanceof Error ? error.name : "failed");
    }
  };
}

// The queue's own lines: faults only, in our schema.
function queueLogger(): QueueLogger {
  return new QueueLogger(() => (level, message) => {
    if (level === "error" || level === "warning") log.warn({ event: "worker.queue" }, message);
  });
}
