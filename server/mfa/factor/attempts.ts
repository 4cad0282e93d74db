// Counting before verifying: every look at a code is reserved first, by one statement, so that no number of parallel tries
// gets past the lock. Five wrong codes lock for five minutes, and the next try needs a captcha; ten looks an hour are all.

import { textLocked } from "../../auth/terms";
import { fromNow, now } from "../../platform/clock";
import { pool } from "../../platform/db";
import { AppError } from "../../platform/errors";
import type { Prisma } from "../../platform/prisma/client";
import { consumeLimits } from "../../platform/rate-limit";
import { noteLimit, type RequestInfo } from "../../request";
import { MFA_FAILURES_MAX, MFA_LOCK_MINUTES, TEXT_TOO_MANY_CODES, VERIFICATIONS_PER_HOUR } from "../terms";
import type { TotpState } from "./credentials";

const MINUTE_MS = 60_000;
const HOUR_SECONDS = 3_600;

// A row whose lock is over counts from one again.
const RESERVE = `
  UPDATE totp_credentials SET
    failed_count = CASE WHEN locked_until IS NULL THEN failed_count + 1 ELSE 1 END,
    needs_captcha = needs_captcha OR (locked_until IS NULL AND failed_count + 1 >= ${MFA_FAILURES_MAX}),
    locked_until = CASE WHEN locked_until IS NULL AND failed_count + 1 >= ${MFA_FAILURES_MAX} THEN $3::timestamptz END
   WHERE user_id = $1 AND confirmed_at IS NOT NULL AND (locked_until IS NULL OR locked_until <= $2)
  RETURNING failed_count`;

/**
 * Counts one look at a code; answers whether it is the one that locks, should the code be wrong. Throws `over_limit`:
 * account_locked (T-8) while locked, which is not counted, and rate_limited after ten in an hour.
 */
export async function reserveLook(state: TotpState, request: RequestInfo): Promise<{ isLast: boolean }> {
  assertUnlocked(state.lockedUntil);
  await countLook(state.userId, request);
  const lockedUntil = fromNow(MFA_LOCK_MINUTES * MINUTE_MS);
  const query = { name: "mfa_reserve", text: RESERVE, values: [state.userId, now(), lockedUntil] };
  const { rows } = await pool().query<{ failed_count: number }>(query);
  const [reserved] = rows;
  if (!reserved) throw lockedError(MFA_LOCK_MINUTES * MINUTE_MS);
  return { isLast: reserved.failed_count >= MFA_FAILURES_MAX };
}

/** Counts one look against the hour's ten. */
export async function countLook(userId: string, request: RequestInfo): Promise<void> {
  const limit = {
    name: "mfa.account",
    key: userId,
    points: VERIFICATIONS_PER_HOUR,
    windowSeconds: HOUR_SECONDS,
  };
  const state = await consumeLimits([limit]);
  noteLimit(request.reply, state);
  if (state.allowed) return;
  throw new AppError("over_limit", TEXT_TOO_MANY_CODES, {
    reason: "rate_limited",
    retryAfterSeconds: state.retryAfterSeconds,
  });
}

/** Throws T-8 while wrong codes have locked the second factor. */
export function assertUnlocked(lockedUntil: Date | null): void {
  const remainingMs = (lockedUntil?.getTime() ?? 0) - now().getTime();
  if (remainingMs > 0) throw lockedError(remainingMs);
}

/** Forgets the failures of a person: a code was right. */
export async function clearFailures(tx: Prisma.TransactionClient, userId: string): Promise<void> {
  await tx.totpCredential.updateMany({
    where: { userId },
    data: { failedCount: 0, lockedUntil: null, needsCaptcha: false },
  });
}

function lockedError(remainingMs: number): AppError {
  return new AppError("over_limit", textLocked(Math.ceil(remainingMs / MINUTE_MS)), {
    reason: "account_locked",
    retryAfterSeconds: Math.ceil(remainingMs / 1_000),
  });
}
