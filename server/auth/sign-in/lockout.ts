// The moment an account is locked by failed attempts: its owner is told, once for each lock. An unknown address takes the
// same work, and its mail is not sent.

import { now } from "../../platform/clock";
import { db } from "../../platform/db";
import { queueMail } from "../../platform/mailer";
import { authLockoutsTotal } from "../../platform/metrics";
import { lockoutMail } from "../emails";

/** Queues the mail of a lock and counts it. Call it for the attempt that locked. */
export async function noteLockout(email: string, isKnown: boolean): Promise<void> {
  await db().$transaction((tx) =>
    queueMail(tx, { to: email, ...lockoutMail(now()), isSuppressed: !isKnown }),
  );
  authLockoutsTotal.inc();
}
