// Work of copying and leaving, for the worker to collect.

import { z } from "zod";
import { defineJob, type Schedule } from "../platform/queue";
import { releaseSlugs } from "../tenants/slugs";
import { eraseDueAccounts } from "./erasure";
import { EXPORT_JOB, prepareExport, sweepExports } from "./exports";
import { eraseDueTenants } from "./tenant-erasure";

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

const eraseTenantsJob = defineJob({
  name: "lifecycle.erase-tenants",
  payload: z.unknown(),
  run: (_payload, { signal }) => eraseDueTenants(signal),
});

const sweepJob = defineJob({
  name: "lifecycle.sweep",
  payload: z.unknown(),
  run: async () => {
    await sweepExports();
    await releaseSlugs();
  },
});

export const jobs = [exportJob, eraseJob, eraseTenantsJob, sweepJob];

export const schedules: Schedule[] = [
  { cron: "*/10 * * * *", job: eraseJob.name },
  { cron: "5,15,25,35,45,55 * * * *", job: eraseTenantsJob.name },
  { cron: "23 * * * *", job: sweepJob.name },
];
