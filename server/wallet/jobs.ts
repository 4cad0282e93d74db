// Work of the wallet outside requests, for the worker to collect.

import { z } from "zod";
import { defineJob, type Schedule } from "../platform/queue";
import { alarmJob } from "./alarms";
import { sweepHolds } from "./holds";
import { RECONCILE_JOB, reconcile } from "./reconciliation";

const sweepJob = defineJob({
  name: "wallet.sweep",
  payload: z.unknown(),
  run: async (_payload, { signal }) => {
    await sweepHolds(signal);
  },
});
const reconcileJob = defineJob({
  name: RECONCILE_JOB,
  // The schedule sends its own words along.
  payload: z.object({ askedBy: z.uuid().nullable().default(null) }),
  run: ({ askedBy }) => reconcile(askedBy),
});

export const jobs = [alarmJob, sweepJob, reconcileJob];

export const schedules: Schedule[] = [
  { cron: "* * * * *", job: sweepJob.name },
  { cron: "17 3 * * *", job: reconcileJob.name },
];
