// Signing in with address and password. Order: rate limit (at the procedure), attempt counted, admission to hashing,
// password, session. Whatever is wrong, the answer, its cost and its traces are the same for known and unknown addresses.

import { auditStatement } from "../audit/log";
import { now } from "../platform/clock";
import { pool } from "../platform/db";
import { AppError } from "../platform/errors";
import { newId } from "../platform/ids";
import { authLockoutsTotal, authLoginFailureTotal, authLoginSuccessTotal } from "../platform/metrics";
import { runPipeline, type Statement } from "../platform/pipeline";
import type { RequestInfo } from "../request";
import type { Login } from "./contract";
import { type Attempt, clearAttempts, releaseAttempt, reserveAttempt } from "./login-attempts";
import { checkPassword, type PasswordCheck } from "./password/hash";
import { addressHash } from "./session/device";
import { createSession, type NewSession, type SessionState } from "./sessions";
import { TEXT_INVALID_CREDENTIALS } from "./terms";
import { type Account, findSignInAccount, renewPassword } from "./users";

interface Caller {
  request: RequestInfo;
  /** Who this browser was signed in as; that session ends. */
  session: SessionState | null;
}

/**
 * Signs a person in and answers the new session. Throws `unauthorized` (T-7) for any wrong credential, `over_limit` (T-8)
 * while the address is locked, `unavailable` when hashing is overloaded.
 */
export async function login(
  { email, password, remember }: Pick<Login, "email" | "password" | "remember">,
  caller: Caller,
): Promise<NewSession> {
  const attempt = await reserveAttempt(email);
  const account = await findSignInAccount(email);
  const check = await checkAdmitted(account, password, { attempt, request: caller.request });
  if (!account || !check.isCorrect || !maySignIn(account)) {
    throw await refuse(account, attempt, caller.request);
  }
  const effect = [clearAttempts(attempt)];
  if (check.renewed) effect.push(renewPassword(account.id, check.renewed));
  const session = await createSession(effect, account, {
    isPersistent: remember,
    request: caller.request,
    replaces: caller.session,
  });
  effect.push(...traces({ account, request: caller.request, reason: null }));
  // One round trip and one transaction: all of it or nothing.
  await runPipeline(pool(), effect);
  authLoginSuccessTotal.inc();
  return session;
}

async function checkAdmitted(
  account: Account | null,
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

async function refuse(account: Account | null, attempt: Attempt, request: RequestInfo): Promise<AppError> {
  const reason = attempt.isLast ? "locked_now" : "wrong_credentials";
  await runPipeline(pool(), traces({ account, request, reason }));
  authLoginFailureTotal.inc();
  if (attempt.isLast) authLockoutsTotal.inc();
  return new AppError("unauthorized", TEXT_INVALID_CREDENTIALS, { reason: "invalid_credentials" });
}

const INSERT_EVENT = `
  INSERT INTO user_login_events (id, user_id, result, reason, ip_hash, user_agent, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7)`;

function traces(outcome: {
  account: Account | null;
  request: RequestInfo;
  reason: string | null;
}): Statement[] {
  const { account, request, reason } = outcome;
  const userId = account?.id ?? null;
  const result = reason === null ? "success" : "failure";
  const event = [newId(), userId, result, reason, addressHash(request.ip), request.userAgent, now()];
  return [
    { name: "login_event_insert", text: INSERT_EVENT, values: event },
    auditStatement({
      tenantId: null,
      actor: { type: "user", id: userId },
      action: "auth.login",
      category: "auth",
      result,
      metadata: reason === null ? {} : { reason },
      request,
    }),
  ];
}
