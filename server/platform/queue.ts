// Work outside requests. A job is enqueued in the caller's transaction, so that it exists exactly when the rest of the
// transaction does; the runner (graphile-worker) takes it within milliseconds, on any instance, and repeats what fails.
// Jobs may therefore run more than once: what they do is idempotent.

import type { z } from "zod";
import type { Logger } from "./logger";
import type { Prisma } from "./prisma/client";

export interface JobHelpers {
  /** 1 for the first try. */
  attempt: number;
  attemptsMax: number;
  /** Aborts when the process stops. */
  signal: AbortSignal;
  logger: Logger;
}

export interface JobDefinition<Payload> {
  name: string;
  payload: z.ZodType<Payload>;
  run(payload: Payload, helpers: JobHelpers): Promise<void>;
}

/** A declared job as the runner calls it: the payload is checked first, and refused without a repeat. */
export interface Job {
  name: string;
  run(unverifiedPayload: unknown, helpers: JobHelpers): Promise<void>;
}

export interface EnqueueOptions {
  /** A job with the same key that has not begun is replaced. */
  jobKey?: string;
  runAt?: Date;
  maxAttempts?: number;
}

/** A schedule: five cron fields in UTC, and the job it enqueues. Missed times are not made up for. */
export interface Schedule {
  cron: string;
  job: string;
}

type Transaction = Pick<Prisma.TransactionClient, "$executeRaw">;

// Three repeats after 30 s, 2 min and 8 min would be graphile-worker's own curve only roughly; see `mail.send` for one
// that outlasts an outage of hours.
const ATTEMPTS_MAX = 4;

/** Declares a job; `server/worker.ts` collects them. */
export function defineJob<Payload>({ name, payload, run }: JobDefinition<Payload>): Job {
  return {
    name,
    run: async (unverifiedPayload, helpers) => {
      const parsed = payload.safeParse(unverifiedPayload);
      if (parsed.success) return run(parsed.data, helpers);
      helpers.logger.error({ event: "job.refused", job: name }, "a job's payload does not fit");
    },
  };
}

/** Enqueues a job in this transaction: rolled back with it, visible to the runner when it commits. */
export async function enqueue(
  db: Transaction,
  jobName: string,
  payload: Record<string, unknown>,
  options: EnqueueOptions = {},
): Promise<void> {
  const { jobKey = null, runAt = null, maxAttempts = ATTEMPTS_MAX } = options;
  const json = JSON.stringify(payload);
  await db.$executeRaw`SELECT parley_add_job(${jobName}, ${json}::json, ${runAt}::timestamptz, ${maxAttempts}::int, ${jobKey}::text)`;
}
