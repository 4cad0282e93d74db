// Signing in: the right password leads to a session, or to a challenge where a second factor is on or, for operators, must
// be set up first. A finished challenge leads to a session of assurance level 2.

import { auditStatement, recordAudit } from "../audit/log";
import type { Login } from "../auth/contract";
import type { NewSession, SessionState } from "../auth/sessions";
import { checkCredentials } from "../auth/sign-in/credentials";
import { completeSignIn } from "../auth/sign-in/login";
import type { Account } from "../auth/users";
import { pool } from "../platform/db";
import { authLoginSuccessTotal } from "../platform/metrics";
import { runPipeline, type Statement } from "../platform/pipeline";
import type { Prisma } from "../platform/prisma/client";
import { runStatements } from "../platform/statements";
import type { RequestInfo } from "../request";
import {
  attemptChallenge,
  blankChallengeCookie,
  type Challenge,
  consumeChallenge,
  startChallenge,
} from "./challenges";
import type { VerifyCode } from "./contract";
import type { ChallengeKind, SignInStatus } from "./terms";
import { type Factor, withFactor } from "./verification";

/** The browser that signs in. */
export interface Browser {
  request: RequestInfo;
  cookie: string | null;
  /** Who it was signed in as; that session ends. */
  session: SessionState | null;
}

export interface SignInAnswer {
  status: SignInStatus;
  cookies: string[];
  /** Null while a second factor is asked for. */
  session: NewSession | null;
}

/**
 * Checks address and password and starts the session or the challenge that follows. Throws what `checkCredentials`
 * throws.
 */
export async function login(
  {
    email,
    password,
    remember,
    captchaToken,
  }: Omit<Login, "captchaToken"> & Pick<Partial<Login>, "captchaToken">,
  { request, session: replaces }: Omit<Browser, "cookie">,
): Promise<SignInAnswer> {
  const { account, effect } = await checkCredentials({ email, password, captchaToken }, request);
  const kind = nextFactor(account);
  if (kind !== null) return challenge(effect, account, { kind, isPersistent: remember, request });
  const options = { isPersistent: remember, request, replaces, aal: 1 as const };
  const session = await completeSignIn(effect, account, options);
  // One round trip and one transaction: all of it or nothing.
  await runPipeline(pool(), effect);
  authLoginSuccessTotal.inc();
  return { status: "ok", cookies: [session.cookie], session };
}

/** Finishes a sign-in with a security code. Throws what `withFactor` throws, and `unauthorized` without a challenge. */
export function verifySignIn({ code, captchaToken }: VerifyCode, browser: Browser): Promise<SignInAnswer> {
  return finishWith({ kind: "totp", code }, browser, captchaToken);
}

/** Finishes a sign-in with a recovery code, which is used up. Throws as `verifySignIn`. */
export function recoverSignIn({ code, captchaToken }: VerifyCode, browser: Browser): Promise<SignInAnswer> {
  return finishWith({ kind: "recovery", code }, browser, captchaToken);
}

/** The statements and the answer of a challenge that is about to be met; run them where it is consumed. */
export async function prepareSession(
  challenge: Challenge,
  { request, session: replaces }: Omit<Browser, "cookie">,
): Promise<{ effect: Statement[]; answer: SignInAnswer }> {
  const { userId: id, platformRole, sessionEpoch, isPersistent } = challenge;
  const effect: Statement[] = [];
  const options = { isPersistent, request, replaces, aal: 2 as const };
  const session = await completeSignIn(effect, { id, platformRole, sessionEpoch }, options);
  const cookies = [session.cookie, blankChallengeCookie()];
  return { effect, answer: { status: "ok", cookies, session } };
}

async function finishWith(
  factor: Factor,
  browser: Browser,
  captchaToken: string | undefined,
): Promise<SignInAnswer> {
  const challenge = await attemptChallenge(browser.cookie, "verify");
  const { effect, answer } = await prepareSession(challenge, browser);
  const { userId, email } = challenge;
  await withFactor({ userId, email, request: browser.request, captchaToken }, factor, async (tx) => {
    await consumeChallenge(tx, challenge.id);
    await runStatements(tx, effect);
    if (factor.kind === "recovery") await auditRecovery(tx, userId, browser.request);
  });
  authLoginSuccessTotal.inc();
  return answer;
}

function nextFactor({ mfaEnabledAt, platformRole }: Account): ChallengeKind | null {
  if (mfaEnabledAt !== null) return "verify";
  return platformRole === "user" ? null : "enrol";
}

async function challenge(
  effect: Statement[],
  account: Account,
  options: { kind: ChallengeKind; isPersistent: boolean; request: RequestInfo },
): Promise<SignInAnswer> {
  const cookie = startChallenge(effect, account, options);
  effect.push(
    auditStatement({
      tenantId: null,
      actor: { type: "user", id: account.id },
      action: "mfa.challenge",
      category: "auth",
      metadata: { kind: options.kind },
      request: options.request,
    }),
  );
  await runPipeline(pool(), effect);
  const status = options.kind === "verify" ? "totp_required" : "totp_setup_required";
  return { status, cookies: [cookie], session: null };
}

async function auditRecovery(
  tx: Prisma.TransactionClient,
  userId: string,
  request: RequestInfo,
): Promise<void> {
  await recordAudit(tx, {
    tenantId: null,
    actor: { type: "user", id: userId },
    action: "mfa.recovery_code_used",
    category: "auth",
    request,
  });
}
