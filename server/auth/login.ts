// Signing in with address and password. Order: rate limit (at the procedure), attempt counted, admission to hashing,
// password, session.

import { pool } from "../platform/db";
import { authLoginSuccessTotal } from "../platform/metrics";
import { runPipeline } from "../platform/pipeline";
import type { RequestInfo } from "../request";
import type { Login } from "./contract";
import { checkCredentials } from "./credentials";
import { loginTraces } from "./login-events";
import { createSession, type NewSession, type SessionState } from "./sessions";

interface Caller {
  request: RequestInfo;
  /** Who this browser was signed in as; that session ends. */
  session: SessionState | null;
}

/** Signs a person in and answers the new session. Throws what `checkCredentials` throws. */
export async function login(
  { email, password, remember }: Pick<Login, "email" | "password" | "remember">,
  caller: Caller,
): Promise<NewSession> {
  const { account, effect } = await checkCredentials({ email, password }, caller.request);
  const session = await createSession(effect, account, {
    isPersistent: remember,
    request: caller.request,
    replaces: caller.session,
  });
  effect.push(...loginTraces({ userId: account.id, request: caller.request, reason: null }));
  // One round trip and one transaction: all of it or nothing.
  await runPipeline(pool(), effect);
  authLoginSuccessTotal.inc();
  return session;
}
