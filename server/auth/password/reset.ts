// A forgotten password: a link to the account's address, valid for an hour, used up by the one request that sets the new
// password. What is asked for an unknown address takes the same work and is answered alike.

import { recordAudit } from "../../audit/log";
import { requireCaptcha } from "../../platform/captcha";
import { fromNow, now } from "../../platform/clock";
import { db } from "../../platform/db";
import { onTheBeat } from "../../platform/even-time";
import { newId, randomToken } from "../../platform/ids";
import { queueMail } from "../../platform/mailer";
import type { Prisma } from "../../platform/prisma/client";
import type { UserState } from "../../platform/prisma/enums";
import { consumeLimits } from "../../platform/rate-limit";
import type { RequestInfo } from "../../request";
import { countMailTo } from "../address/limit";
import type { ForgotPassword, ResetPassword } from "../contract";
import { passwordResetMail } from "../emails";
import { linkHash, linkHashes, linkProblem, takeTurn } from "../links";
import { revokeAllSessions } from "../session/revocation";
import type { SignedInCaller } from "../sign-in/password-prompt";
import { RESET_VALID_MINUTES, RESETS_PER_ADDRESS_PER_HOUR } from "../terms";
import { accountKey, findAccount } from "../users";
import { makePassword, type NewPassword, replacePassword } from "./own";

const MINUTE_MS = 60_000;
const MAIL_LIMIT = { name: "forgot.account", perHour: RESETS_PER_ADDRESS_PER_HOUR };

/** Mails that a network may ask for in an hour before a captcha is asked of it. */
const FREE_MAILS = { name: "forgot-captcha.ip", points: 5, windowSeconds: 3_600 };

/**
 * Mails a link when the address belongs to an account that may sign in. Does not tell whether it does. Throws `over_limit`
 * after five in an hour for an address, and what `requireCaptcha` throws after five from one address of the network.
 */
export async function forgotPassword(
  { email, captchaToken }: ForgotPassword,
  request: RequestInfo,
): Promise<void> {
  const { allowed: isFree } = await consumeLimits([{ ...FREE_MAILS, key: request.ip }]);
  if (!isFree) await requireCaptcha(captchaToken, "forgot_password", request);
  await countMailTo(email, MAIL_LIMIT, request);
  await onTheBeat(() =>
    db().$transaction(async (tx) => {
      const account = await findAccount(email, tx);
      const isSent = account !== null && mayReset(account);
      if (isSent) await issueReset(tx, account);
      else await queueMail(tx, { to: email, ...passwordResetMail(randomToken()), isSuppressed: true });
      await recordAudit(tx, {
        tenantId: null,
        actor: { type: "user", id: account?.id ?? null },
        action: "auth.forgot_password",
        category: "auth",
        metadata: { wasSent: isSent },
        request,
      });
    }),
  );
}

/**
 * Sets a new password by a link and ends all sessions. Throws `invalid`: token_used, token_expired or token_invalid; or
 * password_policy at `password`, and then the link still works.
 */
export async function resetPassword({ token, password }: ResetPassword, request: RequestInfo): Promise<void> {
  const { id, userId } = await findOpenReset(token);
  const made = await makePassword(userId, password, { field: "password", signal: request.signal });
  await db().$transaction(async (tx) => {
    await takeTurn(tx, userId);
    if (!(await consumeReset(tx, id))) throw linkProblem(await findReset(token, tx));
    const endedSessions = await putInPlace(tx, made);
    await recordAudit(tx, {
      tenantId: null,
      actor: { type: "user", id: userId },
      action: "auth.reset_password",
      category: "auth",
      metadata: { endedSessions },
      request,
    });
  });
}

/**
 * Sets a person's password for them, as an operator, and ends all their sessions; policy and history hold. Throws
 * `not_found`, or `invalid` (password_policy) at `password`. Rank and permission are the caller's to check.
 */
export async function resetPasswordOf(
  { session, request }: SignedInCaller,
  target: { userId: string; password: string; reason: string },
): Promise<{ endedSessions: number }> {
  const { userId, password, reason } = target;
  const made = await makePassword(userId, password, { field: "password", signal: request.signal });
  return db().$transaction(async (tx) => {
    const endedSessions = await putInPlace(tx, made);
    await recordAudit(tx, {
      tenantId: null,
      actor: { type: "operator", id: session.userId },
      action: "user.reset_password",
      category: "admin",
      target: { type: "user", id: userId },
      metadata: { reason, endedSessions },
      request,
    });
    return { endedSessions };
  });
}

function mayReset({ status }: { status: UserState }): boolean {
  return status === "active" || status === "pending";
}

async function issueReset(tx: Prisma.TransactionClient, user: { id: string; email: string }): Promise<void> {
  const token = randomToken();
  // Two mails asked for at once take turns, so that one link remains.
  await takeTurn(tx, user.id);
  await tx.passwordReset.updateMany({
    where: { userId: user.id, consumedAt: null, supersededAt: null },
    data: { supersededAt: now() },
  });
  await tx.passwordReset.create({
    data: {
      id: newId(),
      userId: user.id,
      boundEmail: user.email,
      secretHash: linkHash("password-reset", token),
      createdAt: now(),
      expiresAt: fromNow(RESET_VALID_MINUTES * MINUTE_MS),
    },
  });
  await queueMail(tx, { to: user.email, ...passwordResetMail(token) });
}

// Whoever proves the address by its mail need not wait for a lock that somebody else's guessing set.
async function putInPlace(tx: Prisma.TransactionClient, made: NewPassword): Promise<number> {
  await replacePassword(tx, made);
  await tx.loginFailure.deleteMany({ where: { accountKey: accountKey(made.email) } });
  return revokeAllSessions(tx, made.userId, "password_changed");
}

function findReset(token: string, database: Prisma.TransactionClient = db()) {
  return database.passwordReset.findFirst({
    where: { secretHash: { in: linkHashes("password-reset", token) } },
    include: { user: true },
  });
}

async function findOpenReset(token: string) {
  const reset = await findReset(token);
  const isOurs = reset !== null && reset.boundEmail === reset.user.email && mayReset(reset.user);
  const problem = linkProblem(isOurs ? reset : null);
  if (!isOurs || problem) throw problem;
  return reset;
}

// One statement decides: of any number of parallel tries exactly one gets the row.
async function consumeReset(tx: Prisma.TransactionClient, id: string): Promise<boolean> {
  const { count } = await tx.passwordReset.updateMany({
    where: { id, consumedAt: null, supersededAt: null, expiresAt: { gt: now() } },
    data: { consumedAt: now() },
  });
  return count === 1;
}
