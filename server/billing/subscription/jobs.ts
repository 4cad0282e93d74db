// Work on subscriptions outside requests.

import { z } from "zod";
import { defineJob } from "../../platform/queue";
import { tenantIdOfJob } from "../../tenants/scope";
import { cancelUnused, endSpare } from "./ending/spare";
import { followWorkspace, sweepFollowers } from "./ending/with-workspace";
import { reconcileSeats, sweepSeats } from "./seats/seats";
import { FOLLOW_WORKSPACE_JOB, SEATS_JOB, SECOND_TRIAL_JOB, SPARE_JOB } from "./sync";
import { remindOfTrials } from "./trial/reminders";
import { endSecondTrial } from "./trial/second-trial";

const seatsJob = defineJob({
  name: SEATS_JOB,
  payload: z.object({ tenantId: z.uuid() }),
  run: (payload) => reconcileSeats(tenantIdOfJob(payload)),
});
const spareJob = defineJob({
  name: SPARE_JOB,
  payload: z.object({ tenantId: z.uuid(), subscriptionId: z.string().max(255) }),
  run: (payload) => endSpare(tenantIdOfJob(payload), payload.subscriptionId),
});
const secondTrialJob = defineJob({
  name: SECOND_TRIAL_JOB,
  payload: z.object({ tenantId: z.uuid(), subscriptionId: z.string().max(255) }),
  run: (payload) => endSecondTrial(tenantIdOfJob(payload), payload.subscriptionId),
});
// Left behind by the database when a workspace goes (migration `erased_pays_nothing`).
const erasedJob = defineJob({
  name: "billing.end_erased",
  payload: z.object({ subscriptionId: z.string().max(255) }),
  run: ({ subscriptionId }) => cancelUnused(null, subscriptionId),
});
const followJob = defineJob({
  name: FOLLOW_WORKSPACE_JOB,
  payload: z.object({ tenantId: z.uuid() }),
  run: (payload) => followWorkspace(tenantIdOfJob(payload)),
});
const followSweepJob = defineJob({
  name: "billing.follow_sweep",
  payload: z.unknown(),
  run: () => sweepFollowers(),
});
const sweepJob = defineJob({ name: "billing.seats_sweep", payload: z.unknown(), run: () => sweepSeats() });
const remindJob = defineJob({
  name: "billing.trial_reminders",
  payload: z.unknown(),
  run: () => remindOfTrials(),
});

export const subscriptionJobs = [
  seatsJob,
  spareJob,
  secondTrialJob,
  erasedJob,
  followJob,
  followSweepJob,
  sweepJob,
  remindJob,
];

export const subscriptionSchedules = [
  { cron: "23 * * * *", job: sweepJob.name },
  { cron: "7 * * * *", job: remindJob.name },
  { cron: "37 * * * *", job: followSweepJob.name },
];
