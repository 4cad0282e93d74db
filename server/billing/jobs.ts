// Work of billing outside requests, for the worker to collect.

import { z } from "zod";
import { config } from "../platform/config";
import { defineJob, type Job, type Schedule } from "../platform/queue";
import { tenantIdOfJob } from "../tenants/scope";
import { compareJobs, compareSchedules } from "./compare/jobs";
import { RECONCILE_EVENTS_JOB, reconcileEvents } from "./intake/reconcile/events";
import { moneyJobs, moneySchedules } from "./money/jobs";
import { publishLate, publishTold } from "./stream/publisher";
import { deleteOldEvents } from "./stream/retention";
import { PUBLISH_JOB } from "./stream/tell";
import { subscriptionJobs, subscriptionSchedules } from "./subscription/jobs";

const publishJob = defineJob({
  name: PUBLISH_JOB,
  payload: z.object({ tenantId: z.uuid() }),
  run: (payload) => publishTold(tenantIdOfJob(payload)),
});
const publishLateJob = defineJob({
  name: "billing.publish_late",
  payload: z.unknown(),
  run: async () => {
    await publishLate();
  },
});
const forgetJob = defineJob({
  name: "billing.forget_events",
  payload: z.unknown(),
  run: async (_payload, { signal }) => {
    await deleteOldEvents(signal);
  },
});

const reconcileEventsJob = defineJob({
  name: RECONCILE_EVENTS_JOB,
  payload: z.unknown(),
  run: async (_payload, { signal }) => {
    if (config().billing.stripe !== null) await reconcileEvents(signal);
  },
});

/** None where billing is switched off. */
export function billingJobs(): Job[] {
  if (!config().billing.isOn) return [];
  return [
    publishJob,
    publishLateJob,
    forgetJob,
    reconcileEventsJob,
    ...moneyJobs,
    ...subscriptionJobs,
    ...compareJobs,
  ];
}

/** None where billing is switched off. */
export function billingSchedules(): Schedule[] {
  if (!config().billing.isOn) return [];
  return [
    { cron: "* * * * *", job: publishLateJob.name },
    { cron: "53 2 * * *", job: forgetJob.name },
    { cron: "23 * * * *", job: reconcileEventsJob.name },
    ...moneySchedules,
    ...subscriptionSchedules,
    ...compareSchedules,
  ];
}
