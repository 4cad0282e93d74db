// Turning the second factor on: a secret is shown, and its first right code makes it count. Asked for by somebody signed
// in, who gives the password again, or by an operator between password and session, whose sign-in it finishes.

import { recordAudit } from "../audit/log";
import { assertAddressConfirmed } from "../auth/address/verification";
import { revokeAllSessions } from "../auth/session/revocation";
import { rotateSession, type SessionState } from "../auth/sessions";
import { checkOwnPassword } from "../auth/sign-in/password-prompt";
import { markSecondFactor } from "../auth/users";
import { now } from "../platform/clock";
import { db } from "../platform/db";
import { AppError } from "../platform/errors";
import { queueMail } from "../platform/mailer";
import { authLoginSuccessTotal } from "../platform/metrics";
import type { Statement } from "../platform/pipeline";
import type { Prisma } from "../platform/prisma/client";
import { runStatements } from "../platform/statements";
import {
  attemptChallenge,
  type Challenge,
  challengeExpired,
  consumeChallenge,
  findChallenge,
} from "./challenges";
import { enabledMail } from "./emails";
import { countLook } from "./factor/attempts";
import { beginEnrolment, confirmEnrolment, findPending, type PendingEnrolment } from "./factor/credentials";
import { issueRecoveryCodes } from "./factor/recovery-codes";
import { matchingStep, otpauthUrlOf, qrSvgOf } from "./factor/totp";
import { type Browser, prepareSession } from "./sign-in";
import { TEXT_ALREADY_ON, TEXT_ENROLMENT_EXPIRED, TEXT_INVALID_CODE } from "./terms";

/** What an authenticator app enrols from. */
export interface Enrolment {
  challengeId: string;
  secret: string;
  otpauthUrl: string;
  qrSvg: string;
}

/** Who sets up a second factor: a session, or a challenge that demands it. */
interface Enrollee {
  userId: string;
  email: string;
  startedBy: string;
  session: SessionState | null;
  challenge: Challenge | null;
}

/**
 * Makes a new secret and answers how to enrol it. Somebody signed in gives the password: throws as `checkOwnPassword`,
 * `forbidden` (T-2) before the address is confirmed, and `conflict` when the second factor is on.
 */
export async function beginSetup(password: string | undefined, browser: Browser): Promise<Enrolment> {
  const person = await enrolleeOf(browser);
  const { session, userId } = person;
  if (session?.hasSecondFactor) throw new AppError("conflict", TEXT_ALREADY_ON);
  if (session) await checkOwnPassword({ session, request: browser.request }, required(password));
  return db().$transaction(async (tx) => {
    const pending = await beginEnrolment(tx, person);
    if (!pending) throw new AppError("conflict", TEXT_ALREADY_ON);
    await recordAudit(tx, auditOf("mfa.enable_init", userId, browser));
    return enrolmentOf(person, pending);
  });
}

/** The enrolment under way in this browser, for the page that shows it once more; null when there is none. */
export async function findSetup(browser: Browser): Promise<Enrolment | null> {
  const person = await enrolleeOf(browser);
  const { userId, startedBy } = person;
  const pending = await findPending({ userId, startedBy });
  return pending && enrolmentOf(person, pending);
}

/**
 * Turns the second factor on with the first code. Ends all other sessions; this browser gets a new one of assurance
 * level 2. Throws `unauthorized` (T-3) for a wrong code, `invalid` when the set-up has expired.
 */
export async function completeSetup(
  code: string,
  browser: Browser,
): Promise<{ recoveryCodes: string[]; cookies: string[] }> {
  const person = await enrolleeOf(browser);
  const { userId, startedBy, challenge } = person;
  if (challenge) await attemptChallenge(browser.cookie, "enrol");
  await countLook(userId, browser.request);
  const pending = await findPending({ userId, startedBy });
  if (!pending) throw new AppError("invalid", TEXT_ENROLMENT_EXPIRED, { reason: "token_expired" });
  const step = matchingStep(pending.secret, code, now());
  if (step === null) throw wrongCode();
  const { effect, cookies } = await nextSession(person, browser);
  const recoveryCodes = await db().$transaction(async (tx) => {
    const isFirst = await confirmEnrolment(tx, { userId, enrolmentId: pending.enrolmentId, step });
    if (!isFirst) throw new AppError("conflict", TEXT_ALREADY_ON);
    if (challenge) await consumeChallenge(tx, challenge.id);
    return turnOn(tx, person, { effect, browser });
  });
  if (challenge) authLoginSuccessTotal.inc();
  return { recoveryCodes, cookies };
}

async function turnOn(
  tx: Prisma.TransactionClient,
  { userId, email }: Enrollee,
  { effect, browser }: { effect: Statement[]; browser: Browser },
): Promise<string[]> {
  await markSecondFactor(tx, userId, now());
  const codes = await issueRecoveryCodes(tx, userId);
  await queueMail(tx, { to: email, ...enabledMail() });
  await revokeAllSessions(tx, userId, "second_factor_changed");
  await runStatements(tx, effect);
  await recordAudit(tx, auditOf("mfa.enable", userId, browser));
  return codes;
}

// All sessions end with the epoch, those being started right now included; the new one is of the next epoch.
async function nextSession(
  { session, challenge }: Enrollee,
  browser: Browser,
): Promise<{ effect: Statement[]; cookies: string[] }> {
  if (challenge) {
    const next = { ...challenge, sessionEpoch: challenge.sessionEpoch + 1 };
    const { effect, answer } = await prepareSession(next, browser);
    return { effect, cookies: answer.cookies };
  }
  if (!session) throw challengeExpired();
  const effect: Statement[] = [];
  const change = { request: browser.request, aal: 2 as const, stepUpAt: now() };
  const renewed = await rotateSession(effect, { ...session, epoch: session.epoch + 1 }, change);
  return { effect, cookies: [renewed.cookie] };
}

async function enrolleeOf({ cookie, session }: Browser): Promise<Enrollee> {
  const found = await findChallenge(cookie);
  if (found?.kind === "enrol") {
    const { userId, email, id } = found;
    return { userId, email, startedBy: id, session: null, challenge: found };
  }
  if (!session) throw challengeExpired();
  assertAddressConfirmed(session);
  const { userId, email, sessionId } = session;
  return { userId, email, startedBy: sessionId, session, challenge: null };
}

function enrolmentOf({ email }: Enrollee, { enrolmentId, secret }: PendingEnrolment): Enrolment {
  const otpauthUrl = otpauthUrlOf(secret, email);
  return { challengeId: enrolmentId, secret, otpauthUrl, qrSvg: qrSvgOf(otpauthUrl) };
}

function auditOf(action: string, userId: string, { request }: Browser) {
  const actor = { type: "user" as const, id: userId };
  return { tenantId: null, actor, action, category: "auth" as const, request };
}

function required(password: string | undefined): string {
  if (password !== undefined) return password;
  const message = "Enter your password.";
  throw new AppError("invalid", message, { fields: { password: message } });
}

function wrongCode(): AppError {
  const fields = { code: TEXT_INVALID_CODE };
  return new AppError("unauthorized", TEXT_INVALID_CODE, { reason: "invalid_credentials", fields });
}
