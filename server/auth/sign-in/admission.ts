// What a sign-in must pass and know before its password is hashed, in one round trip: the network is not blocked, the
// attempt is counted, the account is read. The same statement runs for known and unknown addresses.

import { checkCaptcha, hasCaptcha } from "../../platform/captcha";
import { pool } from "../../platform/db";
import type { RequestInfo } from "../../request";
import { type Account, type AccountRow, accountByEmail, accountOf } from "../users";
import { type Attempt, attemptOf, attemptValues, reserveAttempt, reserveWhere } from "./login-attempts";
import { blockedUntil, networkBlocked, networkKeys } from "./network-failures";

export interface Admission {
  attempt: Attempt;
  account: Account | null;
}

interface AdmissionRow extends AccountRow {
  blockedUntil: Date | null;
  failedCount: number | null;
}

// A blocked network counts nothing, so that it cannot lock accounts either.
const ADMIT = `
  WITH network AS (SELECT (${blockedUntil("$6", "$2")}) AS until),
       reserved AS (${reserveWhere("(SELECT until FROM network) IS NULL")})
  SELECT network.until AS "blockedUntil", reserved.failed_count AS "failedCount", account.*
    FROM network LEFT JOIN reserved ON true LEFT JOIN (${accountByEmail("$7")}) account ON true`;

/**
 * Counts an attempt at sign-in and answers the account. After three failures the next one needs a captcha, which comes
 * before the lock. Throws `over_limit` for a blocked network (rate_limited) or a locked account (account_locked), and what
 * `checkCaptcha` throws.
 */
export async function admitSignIn(
  email: string,
  captchaToken: string | undefined,
  { ip }: RequestInfo,
): Promise<Admission> {
  const values = [...attemptValues(email, !hasCaptcha()), networkKeys(ip), email];
  const { rows } = await pool().query<AdmissionRow>({ name: "sign_in_admit", text: ADMIT, values });
  const [row] = rows;
  if (!row) throw new Error("the admission of a sign-in answered no row");
  const { blockedUntil: until, failedCount, ...account } = row;
  if (until) throw networkBlocked(until);
  const admitted = { account: account.id === null ? null : accountOf(account) };
  if (failedCount !== null) return { ...admitted, attempt: attemptOf(email, failedCount) };
  if (hasCaptcha()) await checkCaptcha(captchaToken, "login", { ip });
  return { ...admitted, attempt: await reserveAttempt(email) };
}
