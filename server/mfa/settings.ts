// What people do with a second factor that is on: look at its state, turn it off, make new recovery codes, prove again who
// they are; and what an operator does for somebody who lost it.

import { recordAudit } from "../audit/log";
import { revokeAllSessions } from "../auth/session/revocation";
import { rotateSession, type SessionState } from "../auth/sessions";
import { checkOwnPassword, type SignedInCaller } from "../auth/sign-in/password-prompt";
import { completeStepUp } from "../auth/sign-in/step-up";
import { markSecondFactor } from "../auth/users";
import { db, pool } from "../platform/db";
import { AppError, notFound } from "../platform/errors";
import { queueMail } from "../platform/mailer";
import { runPipeline, type Statement } from "../platform/pipeline";
import type { Prisma } from "../platform/prisma/client";
import { runStatements } from "../platform/statements";
import type { RequestInfo } from "../request";
import type { ConfirmedCode, StepUp } from "./contract";
import { disabledMail } from "./emails";
import { removeCredential } from "./factor/credentials";
import { countRecoveryCodes, issueRecoveryCodes, removeRecoveryCodes } from "./factor/recovery-codes";
import { TEXT_ALREADY_OFF, TEXT_CODE_NEEDED, TEXT_OPERATORS_KEEP_IT } from "./terms";
import { withFactor } from "./verification";

export interface SecondFactorState {
  isEnabled: boolean;
  enabledAt: string | null;
  recoveryCodesLeft: number;
  /** Operators may not turn it off. */
  isRequired: boolean;
  needsCaptcha: boolean;
}

/** The state of a person's second factor. */
export async function secondFactorState({ userId, platformRole }: SessionState): Promise<SecondFactorState> {
  const [user, recoveryCodesLeft] = await Promise.all([
    db().user.findUnique({ where: { id: userId }, include: { totpCredential: true } }),
    countRecoveryCodes(userId),
  ]);
  const enabledAt = user?.mfaEnabledAt?.toISOString() ?? null;
  const needsCaptcha = user?.totpCredential?.needsCaptcha ?? false;
  const isRequired = platformRole !== "user";
  return { isEnabled: enabledAt !== null, enabledAt, recoveryCodesLeft, isRequired, needsCaptcha };
}

/**
 * Turns the second factor off and answers the cookie of the session that takes the place of this one. Operators are
 * `forbidden`; else throws as `checkOwnPassword` and `withFactor`.
 */
export async function disableSecondFactor(input: ConfirmedCode, caller: SignedInCaller): Promise<string> {
  const { session, request } = caller;
  if (session.platformRole !== "user") throw new AppError("forbidden", TEXT_OPERATORS_KEEP_IT);
  await checkOwnPassword(caller, input.password);
  const effect: Statement[] = [];
  const { cookie } = await rotateSession(effect, session, { request, aal: 1 });
  await withFactor(subjectOf(caller, input.captchaToken), { kind: "totp", code: input.code }, async (tx) => {
    await takeAway(tx, session.userId);
    await queueMail(tx, { to: session.email, ...disabledMail() });
    await runStatements(tx, effect);
    await recordAudit(tx, auditOf("mfa.disable", caller));
  });
  return cookie;
}

/** Replaces all recovery codes and answers the new ones. Throws as `checkOwnPassword` and `withFactor`. */
export async function regenerateCodes(
  input: ConfirmedCode,
  caller: SignedInCaller,
): Promise<{ recoveryCodes: string[] }> {
  await checkOwnPassword(caller, input.password);
  const factor = { kind: "totp" as const, code: input.code };
  return withFactor(subjectOf(caller, input.captchaToken), factor, async (tx) => {
    const recoveryCodes = await issueRecoveryCodes(tx, caller.session.userId);
    await recordAudit(tx, auditOf("mfa.regenerate_codes", caller));
    return { recoveryCodes };
  });
}

/**
 * Proves again who is there, by the password and, where it is on, the second factor; answers the new session's cookie.
 * Throws `invalid` (totp_required) without a needed code, else as `checkOwnPassword` and `withFactor`.
 */
export async function stepUp(
  { password, code, captchaToken }: StepUp,
  caller: SignedInCaller,
): Promise<string> {
  const { hasSecondFactor } = caller.session;
  if (hasSecondFactor && code === undefined) throw codeNeeded();
  await checkOwnPassword(caller, password);
  const effect: Statement[] = [];
  const { cookie } = await completeStepUp(effect, caller);
  if (!hasSecondFactor || code === undefined) await runPipeline(pool(), effect);
  else {
    const factor = { kind: "totp" as const, code };
    await withFactor(subjectOf(caller, captchaToken), factor, (tx) => runStatements(tx, effect));
  }
  return cookie;
}

/**
 * Takes a person's second factor away for somebody who lost it: all their sessions end, they are told by mail. The caller
 * has checked rank and permission. Throws `not_found`, and `conflict` when there is none.
 */
export async function resetTwoFactorOf(
  operator: SignedInCaller,
  userId: string,
  reason: string,
): Promise<void> {
  await db().$transaction(async (tx) => {
    const user = await tx.user.findUnique({ where: { id: userId } });
    if (!user) throw notFound("User");
    await takeAway(tx, userId);
    await revokeAllSessions(tx, userId, "second_factor_changed");
    await queueMail(tx, { to: user.email, ...disabledMail(true) });
    await recordAudit(tx, {
      ...auditOf("admin_reset_2fa", operator),
      actor: { type: "operator", id: operator.session.userId },
      category: "admin",
      target: { type: "user", id: userId },
      metadata: { reason },
    });
  });
}

async function takeAway(tx: Prisma.TransactionClient, userId: string): Promise<void> {
  if (!(await removeCredential(tx, userId))) throw new AppError("conflict", TEXT_ALREADY_OFF);
  await removeRecoveryCodes(tx, userId);
  await markSecondFactor(tx, userId, null);
}

function subjectOf({ session, request }: SignedInCaller, captchaToken: string | undefined) {
  return { userId: session.userId, email: session.email, request, captchaToken };
}

function auditOf(action: string, { session, request }: { session: SessionState; request: RequestInfo }) {
  const actor = { type: "user" as const, id: session.userId };
  return { tenantId: null, actor, action, category: "auth" as const, request };
}

function codeNeeded(): AppError {
  return new AppError("invalid", TEXT_CODE_NEEDED, {
    reason: "totp_required",
    fields: { code: TEXT_CODE_NEEDED },
  });
}
