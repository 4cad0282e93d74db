// Work on the comparison outside requests.

import { z } from "zod";
import { config } from "../../platform/config";
import { defineJob, type Job, type Schedule } from "../../platform/queue";
import { LOOK_JOB, lookAgain } from "./looks";
import { carryOutRepair, REPAIR_JOB } from "./repair";
import { COMPARE_JOB, compareAll } from "./run";

const compareJob = defineJob({
  name: COMPARE_JOB,
  // The schedule sends its own words along.
  payload: z.object({ askedBy: z.uuid().nullable().default(null) }),
  run: async ({ askedBy }, { signal }) => {
    if (config().billing.stripe !== null) await compareAll(askedBy, signal);
  },
});
const lookJob = defineJob({
  name: LOOK_JOB,
  payload: z.unknown(),
  run: async (_payload, { signal }) => {
    if (config().billing.stripe !== null) await lookAgain(signal);
  },
});
const repairJob = defineJob({
  name: REPAIR_JOB,
  payload: z.object({ differenceId: z.uuid() }),
  run: ({ differenceId }) => carryOutRepair(differenceId),
});

export const compareJobs: Job[] = [compareJob, lookJob, repairJob];
export const compareSchedules: Schedule[] = [
  { cron: "41 4 * * *", job: compareJob.name },
  { cron: "47 * * * *", job: lookJob.name },
];
