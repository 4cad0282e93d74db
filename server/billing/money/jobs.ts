// Work on automatic top-ups outside requests.

import { z } from "zod";
import { defineJob, type Job, type Schedule } from "../../platform/queue";
import { tenantIdOfJob } from "../../tenants/scope";
import { AUTO_TOPUP_JOB } from "./attempts";
import { sweepAutoTopUps } from "./auto-sweep";
import { runAutoTopUp } from "./auto-top-up";

const autoTopUpJob = defineJob({
  name: AUTO_TOPUP_JOB,
  payload: z.object({ tenantId: z.uuid() }),
  run: (payload) => runAutoTopUp(tenantIdOfJob(payload)),
});
const sweepJob = defineJob({
  name: "billing.auto_topup_sweep",
  payload: z.unknown(),
  run: (_payload, { signal }) => sweepAutoTopUps(signal),
});

export const moneyJobs: Job[] = [autoTopUpJob, sweepJob];
export const moneySchedules: Schedule[] = [{ cron: "*/10 * * * *", job: sweepJob.name }];
