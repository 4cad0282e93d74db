// What identity cleans up by itself. Nothing depends on it: expiry is judged where a row is read.

import { z } from "zod";
import { fromNow } from "../platform/clock";
import { db } from "../platform/db";
import { defineJob, type Job, type Schedule } from "../platform/queue";
import { sessionOpenedJob } from "./session/opened";

const DAY_MS = 86_400_000;
/** Ended sessions stay for a while: their owner's history, and the theft signal of replaced tokens. */
const SESSION_KEPT_DAYS = 30;
/** As long as a browser keeps the cookie it is known by. */
const DEVICE_KEPT_DAYS = 365;
const LINK_KEPT_DAYS = 30;
const FAILURE_KEPT_DAYS = 1;

const sweep = defineJob({ name: "auth.sweep", payload: z.unknown(), run: sweepIdentity });

export const jobs: Job[] = [sweep, sessionOpenedJob];
export const schedules: Schedule[] = [{ cron: "17 3 * * *", job: sweep.name }];

/** Deletes sessions, links and counts of failures that nothing reads any more. */
export async function sweepIdentity(): Promise<void> {
  const before = (days: number) => ({ lt: fromNow(-days * DAY_MS) });
  await db().session.deleteMany({ where: { absoluteExpiresAt: before(SESSION_KEPT_DAYS) } });
  await db().device.deleteMany({ where: { lastSeenAt: before(DEVICE_KEPT_DAYS) } });
  await db().emailVerification.deleteMany({ where: { expiresAt: before(LINK_KEPT_DAYS) } });
  await db().passwordReset.deleteMany({ where: { expiresAt: before(LINK_KEPT_DAYS) } });
  await db().emailChange.deleteMany({ where: { cancelUntil: before(LINK_KEPT_DAYS) } });
  await db().networkFailure.deleteMany({ where: { windowStartAt: before(FAILURE_KEPT_DAYS) } });
  await db().loginFailure.deleteMany({ where: { windowStartAt: before(FAILURE_KEPT_DAYS) } });
}
