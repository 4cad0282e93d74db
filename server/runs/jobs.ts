// Work of runs outside requests, for the worker to collect.

import type { Schedule } from "../platform/queue";
import { sweepRunsJob } from "./sweep";

export const jobs = [sweepRunsJob];

export const schedules: Schedule[] = [{ cron: "41 * * * *", job: sweepRunsJob.name }];
