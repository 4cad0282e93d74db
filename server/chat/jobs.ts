// Work of the chat outside requests, for the worker to collect.

import type { Schedule } from "../platform/queue";
import { purgeJob } from "./purge";
import { sweepRunsJob } from "./run-sweep";
import { titleJob } from "./titles";

export const jobs = [titleJob, purgeJob, sweepRunsJob];

export const schedules: Schedule[] = [
  { cron: "17 3 * * *", job: purgeJob.name },
  { cron: "41 * * * *", job: sweepRunsJob.name },
];
