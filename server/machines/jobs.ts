// What machine accounts do by themselves: what has ended is put away, and a signing key that is due to be rolled is told
// of, every day until somebody rolls it.

import { z } from "zod";
import { fromNow, now } from "../platform/clock";
import { platformDb } from "../platform/db";
import { logger } from "../platform/logger";
import { gauge } from "../platform/metrics";
import { defineJob, type Job, type Schedule } from "../platform/queue";
import { sweepNonces } from "./keys/nonces";
import { daysOverdue, resealKeys, retireKeys } from "./keys/signing-keys";
import { KEY_VALID_DAYS } from "./terms";

const DAY_MS = 86_400_000;
/** How long tokens that have ended stay in the list. */
const TOKENS_KEPT_DAYS = 90;

const log = logger("machines");
const overdueDays = gauge(
  "jwt_signing_key_overdue_days",
  "Days since the signing key should have been rolled",
);

const sweep = defineJob({ name: "machines.sweep", payload: z.unknown(), run: sweepMachines });
const nonces = defineJob({
  name: "machines.nonces",
  payload: z.unknown(),
  run: async () => void (await sweepNonces()),
});

export const jobs: Job[] = [sweep, nonces];
export const schedules: Schedule[] = [
  { cron: "17 4 * * *", job: sweep.name },
  { cron: "*/10 * * * *", job: nonces.name },
];

/** Retires keys, seals them under the current key, forgets old tokens, and says when the signing key is due. */
export async function sweepMachines(): Promise<void> {
  await retireKeys();
  await resealKeys();
  await endExpired();
  const overdue = await daysOverdue();
  overdueDays.set(overdue ?? 0);
  if (overdue === null) return;
  const facts = { event: "signing_key.overdue", days: overdue, rolledEveryDays: KEY_VALID_DAYS };
  log.warn(facts, "the signing key is due to be rolled: npm run keys:rotate");
}

// As the platform role: tokens of every tenant.
async function endExpired(): Promise<void> {
  const tokens = platformDb().serviceAccountToken;
  await tokens.updateMany({
    where: { usedAt: null, revokedAt: null, expiresAt: { lte: now() } },
    data: { revokedAt: now(), revokedReason: "expired" },
  });
  await tokens.deleteMany({ where: { expiresAt: { lt: fromNow(-TOKENS_KEPT_DAYS * DAY_MS) } } });
}
