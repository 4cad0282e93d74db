// The own password, asked for again before something sensitive. Counted before it is looked at, by the same counter as
// sign-in: a stolen session gives no further guesses.

import { auditStatement } from "../../audit/log";
import { pool } from "../../platform/db";
import { AppError } from "../../platform/errors";
import { authLoginFailureTotal } from "../../platform/metrics";
import { runPipeline } from "../../platform/pipeline";
import type { RequestInfo } from "../../request";
import type { SessionState } from "../sessions";
import { TEXT_INVALID_CREDENTIALS, TEXT_WRONG_PASSWORD } from "../terms";
import { findSignInAccount, renewPassword } from "../users";
import { checkAdmitted } from "./credentials";
import { noteLockout } from "./lockout";
import { type Attempt, clearAttempts, reserveAttempt } from "./login-attempts";
import { countNetworkFailure } from "./network-failures";

export interface SignedInCaller {
  session: SessionState;
  request: RequestInfo;
}

/**
 * Returns when the password is the caller's own. Throws `unauthorized` (T-7, and what it means at `field`) when it is
 * not, `over_limit` (T-8) while the account is locked, `unavailable` when hashing is overloaded. Never call it inside a
 * transaction.
 */
export async function checkOwnPassword(
  caller: SignedInCaller,
  password: string,
  field = "password",
): Promise<void> {
  const { session, request } = caller;
  const attempt = await reserveAttempt(session.email);
  const account = await findSignInAccount(session.email);
  const own = account?.id === session.userId ? account : null;
  const check = await checkAdmitted(own, password, { attempt, request });
  if (!own || !check.isCorrect) throw await refuse(caller, attempt, field);
  const effect = [clearAttempts(attempt)];
  if (check.renewed) effect.push(renewPassword(own.id, check.renewed));
  await runPipeline(pool(), effect);
}

async function refuse(
  { session, request }: SignedInCaller,
  attempt: Attempt,
  field: string,
): Promise<AppError> {
  const refusal = auditStatement({
    tenantId: null,
    actor: { type: "user", id: session.userId },
    action: "auth.password_prompt",
    category: "auth",
    result: "failure",
    metadata: { reason: attempt.isLast ? "locked_now" : "wrong_password" },
    request,
  });
  await runPipeline(pool(), [refusal]);
  await countNetworkFailure(request.ip);
  authLoginFailureTotal.inc();
  if (attempt.isLast) await noteLockout(session.email, true);
  const fields = { [field]: TEXT_WRONG_PASSWORD };
  return new AppError("unauthorized", TEXT_INVALID_CREDENTIALS, { reason: "invalid_credentials", fields });
}
