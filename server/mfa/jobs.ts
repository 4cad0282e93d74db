// What the second factor cleans up by itself, and the move of its secrets to the current key.

import { z } from "zod";
import { fromNow } from "../platform/clock";
import { db } from "../platform/db";
import { defineJob, type Job, type Schedule } from "../platform/queue";
import { resealSecrets } from "./factor/credentials";

const DAY_MS = 86_400_000;
const CHALLENGE_KEPT_DAYS = 1;
const PENDING_KEPT_DAYS = 1;

const sweep = defineJob({ name: "mfa.sweep", payload: z.unknown(), run: sweepSecondFactor });

export const jobs: Job[] = [sweep];
export const schedules: Schedule[] = [{ cron: "41 3 * * *", job: sweep.name }];

/** Deletes challenges and enrolments that nobody finishes any more, and seals secrets under the current key. */
export async function sweepSecondFactor(): Promise<void> {
  const before = (days: number) => ({ lt: fromNow(-days * DAY_MS) });
  await db().mfaChallenge.deleteMany({ where: { expiresAt: before(CHALLENGE_KEPT_DAYS) } });
  await db().totpCredential.deleteMany({
    where: { confirmedAt: null, startedAt: before(PENDING_KEPT_DAYS) },
  });
  await resealSecrets();
}
