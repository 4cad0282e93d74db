// One check of a second factor, whoever asks for it (sign-in, step-up, turning off, new codes), from the lock to its
// effect. Order: lock, captcha, looks of the hour, attempt counted, code, and in one transaction its use and its effect.

import { recordAudit } from "../audit/log";
import { checkCaptcha } from "../platform/captcha";
import { now } from "../platform/clock";
import { db } from "../platform/db";
import { AppError } from "../platform/errors";
import { queueMail } from "../platform/mailer";
import { authTotpFailureTotal } from "../platform/metrics";
import type { Prisma } from "../platform/prisma/client";
import type { RequestInfo } from "../request";
import { lockedMail, recoveryCodeUsedMail } from "./emails";
import { assertUnlocked, clearFailures, reserveLook } from "./factor/attempts";
import { consumeStep, findConfirmed, type TotpState } from "./factor/credentials";
import { consumeRecoveryCode, countRecoveryCodes } from "./factor/recovery-codes";
import { matchingStep } from "./factor/totp";
import { TEXT_ALREADY_OFF, TEXT_INVALID_CODE } from "./terms";

/** Who shows a factor. */
export interface Subject {
  userId: string;
  email: string;
  request: RequestInfo;
  captchaToken?: string | undefined;
}

export interface Factor {
  kind: "totp" | "recovery";
  code: string;
}

/**
 * Runs `effect` in the transaction that uses the factor up; what it throws gives the factor back. Throws `unauthorized`
 * (T-3, at `code`) for a wrong or used code, `over_limit` while locked (T-8), `invalid` (T-4) when a captcha is due,
 * `conflict` when there is no second factor.
 */
export async function withFactor<T>(
  subject: Subject,
  factor: Factor,
  effect: (tx: Prisma.TransactionClient) => Promise<T>,
): Promise<T> {
  const state = await findConfirmed(subject.userId);
  if (!state) throw new AppError("conflict", TEXT_ALREADY_OFF);
  assertUnlocked(state.lockedUntil);
  if (state.needsCaptcha) await checkCaptcha(subject.captchaToken, "two_factor", subject.request);
  const { isLast } = await reserveLook(state, subject.request);
  const used = await db().$transaction(async (tx) => {
    if (!(await useUp(tx, state, factor))) return null;
    await clearFailures(tx, subject.userId);
    if (factor.kind === "recovery") await tellOfRecovery(tx, subject);
    return { answer: await effect(tx) };
  });
  if (!used) throw await refuse(subject, factor, isLast);
  return used.answer;
}

async function useUp(tx: Prisma.TransactionClient, state: TotpState, factor: Factor): Promise<boolean> {
  if (factor.kind === "recovery") return consumeRecoveryCode(tx, state.userId, factor.code);
  const step = matchingStep(state.secret, factor.code, now());
  return step !== null && consumeStep(tx, state.userId, step);
}

async function tellOfRecovery(tx: Prisma.TransactionClient, { userId, email }: Subject): Promise<void> {
  await queueMail(tx, { to: email, ...recoveryCodeUsedMail(await countRecoveryCodes(userId, tx)) });
}

async function refuse(
  { userId, email, request }: Subject,
  { kind }: Factor,
  isLast: boolean,
): Promise<AppError> {
  await db().$transaction(async (tx) => {
    if (isLast) await queueMail(tx, { to: email, ...lockedMail() });
    await recordAudit(tx, {
      tenantId: null,
      actor: { type: "user", id: userId },
      action: "mfa.verify",
      category: "auth",
      result: "failure",
      metadata: { factor: kind, reason: isLast ? "locked_now" : "wrong_code" },
      request,
    });
  });
  authTotpFailureTotal.inc();
  const fields = { code: TEXT_INVALID_CODE };
  return new AppError("unauthorized", TEXT_INVALID_CODE, { reason: "invalid_credentials", fields });
}
