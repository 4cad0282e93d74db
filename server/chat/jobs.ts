// Work of the chat outside requests, for the worker to collect.

import type { Schedule } from "../platform/queue";
import { purgeJob } from "./purge";
import { retentionJob } from "./retention";
import { titleJob } from "./titles";

export const jobs = [titleJob, purgeJob, retentionJob];

export const schedules: Schedule[] = [
  { cron: "17 3 * * *", job: purgeJob.name },
  { cron: "47 2 * * *", job: retentionJob.name },
];
