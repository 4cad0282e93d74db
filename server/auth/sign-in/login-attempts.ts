// Failed sign-ins per account. An attempt is counted before its password is looked at, in one statement, so that no
// number of parallel tries gets past the lock; success takes the count away. Unknown addresses are counted alike.

import { fromNow, now } from "../../platform/clock";
import { db, pool } from "../../platform/db";
import { AppError } from "../../platform/errors";
import type { Statement } from "../../platform/pipeline";
import {
  CAPTCHA_AFTER_FAILURES,
  LOGIN_FAILURE_WINDOW_MINUTES,
  LOGIN_FAILURES_MAX,
  LOGIN_LOCK_MINUTES,
  textLocked,
} from "../terms";
import { accountKey } from "../users";

export interface Attempt {
  accountKey: string;
  /** True when this attempt, should it fail, is the one that locks the account. */
  isLast: boolean;
}

const MINUTE_MS = 60_000;

/**
 * Counts an attempt, where the condition holds; answers no row for a locked account or one that needs a captcha first. A
 * row whose window or lock is over counts from one again. For `attemptValues`.
 */
export const reserveWhere = (condition: string) => `
  INSERT INTO login_failures AS f (account_key, failed_count, window_start_at)
  SELECT $1::text, 1, $2::timestamptz WHERE ${condition}
  ON CONFLICT (account_key) DO UPDATE SET
    (failed_count, window_start_at, locked_until) = (
      SELECT CASE WHEN past.is_over THEN 1 ELSE f.failed_count + 1 END,
             CASE WHEN past.is_over THEN $2 ELSE f.window_start_at END,
             CASE WHEN NOT past.is_over AND f.failed_count + 1 >= ${LOGIN_FAILURES_MAX} THEN $4::timestamptz END
        FROM (SELECT f.locked_until IS NOT NULL OR f.window_start_at <= $3 AS is_over) past)
    WHERE (f.locked_until IS NULL OR f.locked_until <= $2)
      AND ($5::boolean OR f.failed_count < ${CAPTCHA_AFTER_FAILURES} OR f.locked_until <= $2 OR f.window_start_at <= $3)
  RETURNING failed_count`;

const RESERVE = reserveWhere("true");

/** The first five parameters of `reserveWhere`. */
export function attemptValues(email: string, isPastCaptcha: boolean): unknown[] {
  const windowStart = fromNow(-LOGIN_FAILURE_WINDOW_MINUTES * MINUTE_MS);
  const lockedUntil = fromNow(LOGIN_LOCK_MINUTES * MINUTE_MS);
  return [accountKey(email), now(), windowStart, lockedUntil, isPastCaptcha];
}

/**
 * Counts one attempt on an address. Throws AppError `over_limit` (account_locked) while it is locked; such attempts are
 * not counted and do not prolong the lock.
 */
export async function reserveAttempt(email: string): Promise<Attempt> {
  const query = { name: "attempt_reserve", text: RESERVE, values: attemptValues(email, true) };
  const { rows } = await pool().query<{ failed_count: number }>(query);
  if (!rows[0]) throw await lockedError(accountKey(email), now());
  return attemptOf(email, rows[0].failed_count);
}

/** The attempt that was counted as this one. */
export function attemptOf(email: string, failedCount: number): Attempt {
  return { accountKey: accountKey(email), isLast: failedCount >= LOGIN_FAILURES_MAX };
}

/** Forgets an account's failures: the password was right. */
export function clearAttempts(attempt: Attempt): Statement {
  const text = "DELETE FROM login_failures WHERE account_key = $1";
  return { name: "attempts_clear", text, values: [attempt.accountKey] };
}

/** Gives back an attempt whose password was never looked at. */
export async function releaseAttempt(attempt: Attempt): Promise<void> {
  await db().loginFailure.updateMany({
    where: { accountKey: attempt.accountKey, failedCount: { gt: 0 } },
    data: { failedCount: { decrement: 1 }, ...(attempt.isLast ? { lockedUntil: null } : {}) },
  });
}

async function lockedError(key: string, at: Date): Promise<AppError> {
  const row = await db().loginFailure.findUnique({ where: { accountKey: key } });
  const untilMs = (row?.lockedUntil?.getTime() ?? 0) - at.getTime();
  // The lock may have begun a moment after `at`, and may have just ended.
  const remainingMs = Math.min(Math.max(1, untilMs), LOGIN_LOCK_MINUTES * MINUTE_MS);
  return new AppError("over_limit", textLocked(Math.ceil(remainingMs / MINUTE_MS)), {
    reason: "account_locked",
    retryAfterSeconds: Math.ceil(remainingMs / 1_000),
  });
}
