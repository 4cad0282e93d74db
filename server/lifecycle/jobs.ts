// Work of copying and leaving, for the worker to collect.

import { z } from "zod";
import { defineJob, type Schedule } from "../platform/queue";
import { eraseDueAccounts } from "./erasure";
import { EXPORT_JOB, prepareExport, sweepExports } from "./exports";

const exportJob = defineJob({
  name: EXPORT_JOB,
  payload: z.object({ exportId: z.uuid() }),
  run: ({ exportId }) => prepareExport(exportId),
});

const eraseJob = defineJob({
  name: "lifecycle.erase",
  payload: z.unknown(),
  run: (_payload, { signal }) => eraseDueAccounts(signal),
});

const sweepJob = defineJob({ name: "lifecycle.sweep", payload: z.unknown(), run: () => sweepExports() });

export const jobs = [exportJob, eraseJob, sweepJob];

export const schedules: Schedule[] = [
  { cron: "*/10 * * * *", job: eraseJob.name },
  { cron: "23 * * * *", job: sweepJob.name },
];
