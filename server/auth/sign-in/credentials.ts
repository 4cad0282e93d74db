// Address and password at sign-in, from the counted attempt to the right password. What follows (second factor, session)
// is composed in `login.ts`. Whatever is wrong, answer, cost and traces are the same for known and unknown addresses.

import { pool } from "../../platform/db";
import { AppError } from "../../platform/errors";
import { authLoginFailureTotal } from "../../platform/metrics";
import { runPipeline, type Statement } from "../../platform/pipeline";
import type { RequestInfo } from "../../request";
import type { Login } from "../contract";
import { checkPassword, type PasswordCheck } from "../password/hash";
import { TEXT_INVALID_CREDENTIALS, textLeaving } from "../terms";
import { type Account, renewPassword } from "../users";
import { admitSignIn } from "./admission";
import { noteLockout } from "./lockout";
import { type Attempt, clearAttempts, releaseAttempt } from "./login-attempts";
import { loginTraces } from "./login-events";
import { countNetworkFailure } from "./network-failures";

/** A right password. `effect` must run in the batch that goes on with the sign-in. */
export interface Proof {
  account: Account;
  effect: Statement[];
}

/**
 * Counts an attempt and checks the password of an address. Throws `unauthorized` (T-7) for any wrong credential,
 * `over_limit` (T-8) while the address is locked, `unavailable` when hashing is overloaded.
 */
export async function checkCredentials(
  { email, password, captchaToken }: Pick<Login, "email" | "password" | "captchaToken">,
  request: RequestInfo,
): Promise<Proof> {
  const { attempt, account } = await admitSignIn(email, captchaToken, request);
  const check = await checkAdmitted(account, password, { attempt, request });
  if (!account || !check.isCorrect || !maySignIn(account)) {
    if (attempt.isLast) await noteLockout(email, account !== null);
    throw await refuse(account, attempt, request);
  }
  const effect = [clearAttempts(attempt)];
  if (account.deletionDueAt !== null)
    throw await turnAway(account, account.deletionDueAt, { effect, request });
  if (check.renewed) effect.push(renewPassword(account.id, check.renewed));
  return { account, effect };
}

/** Checks a password whose attempt is counted; gives the attempt back when it could not be looked at. */
export async function checkAdmitted(
  account: Pick<Account, "id" | "password"> | null,
  password: string,
  { attempt, request }: { attempt: Attempt; request: RequestInfo },
): Promise<PasswordCheck> {
  const known = account?.password ? { userId: account.id, stored: account.password } : null;
  try {
    return await checkPassword(known, password, request.signal);
  } catch (error) {
    await releaseAttempt(attempt);
    throw error;
  }
}

// A person who has yet to confirm the address signs in too, and reaches only what leads to confirming it.
function maySignIn({ status }: Account): boolean {
  return status === "active" || status === "pending";
}

// Who knows the password may know that the account is leaving; the way back is the link in the mail.
async function turnAway(
  account: Account,
  dueAt: Date,
  { effect, request }: { effect: Statement[]; request: RequestInfo },
): Promise<AppError> {
  await runPipeline(pool(), [
    ...effect,
    ...loginTraces({ userId: account.id, request, reason: "account_leaving" }),
  ]);
  authLoginFailureTotal.inc();
  return new AppError("forbidden", textLeaving(dueAt), { reason: "account_leaving" });
}

async function refuse(account: Account | null, attempt: Attempt, request: RequestInfo): Promise<AppError> {
  const reason = attempt.isLast ? "locked_now" : "wrong_credentials";
  await runPipeline(pool(), loginTraces({ userId: account?.id ?? null, request, reason }));
  await countNetworkFailure(request.ip);
  authLoginFailureTotal.inc();
  return new AppError("unauthorized", TEXT_INVALID_CREDENTIALS, { reason: "invalid_credentials" });
}
