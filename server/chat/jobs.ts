// Work of the chat outside requests, for the worker to collect.

import type { Schedule } from "../platform/queue";
import { purgeJob } from "./purge";
import { titleJob } from "./titles";

export const jobs = [titleJob, purgeJob];

export const schedules: Schedule[] = [{ cron: "17 3 * * *", job: purgeJob.name }];
