// Another address for an account: confirmed by a link to the new one; undone, also afterwards, by a link to the old one.
// Whether the new address belongs to somebody is not told: its owner reads it in a mail.

import { recordAudit } from "../../audit/log";
import { fromNow, now } from "../../platform/clock";
import { db } from "../../platform/db";
import { isUniqueViolation } from "../../platform/db-errors";
import { AppError } from "../../platform/errors";
import { onTheBeat } from "../../platform/even-time";
import { newId, randomToken } from "../../platform/ids";
import { queueMail } from "../../platform/mailer";
import type { EmailChange, Prisma } from "../../platform/prisma/client";
import type { RequestInfo } from "../../request";
import { addressTakenMail, emailChangeMail, emailChangeNoticeMail } from "../emails";
import { linkHash, linkHashes, linkProblem, supersedeAllLinks, takeTurn } from "../links";
import { endSessionsByLink } from "../session/renewal";
import { revokeAllSessions } from "../session/revocation";
import type { NewSession, SessionState } from "../sessions";
import type { SignedInCaller } from "../sign-in/password-prompt";
import { requireRecentAuthentication } from "../sign-in/step-up";
import { EMAIL_CHANGE_CANCEL_DAYS, EMAIL_CHANGE_VALID_HOURS } from "../terms";
import { findAccount } from "../users";
import { countMailTo } from "./limit";

const HOUR_MS = 3_600_000;
const MAIL_LIMIT = { name: "change-email.address", perHour: 3 };

/**
 * Asks for another address. Throws `forbidden` (step_up_required) without a recent sign-in, `invalid` at `email` for the
 * address that it is already, `over_limit` after three mails in an hour to an address.
 */
export async function requestEmailChange(caller: SignedInCaller, email: string): Promise<void> {
  const { session, request } = caller;
  requireRecentAuthentication(session);
  if (email === session.email) {
    const message = "This is your address already.";
    throw new AppError("invalid", message, { fields: { email: message } });
  }
  await countMailTo(email, MAIL_LIMIT, request);
  await onTheBeat(() => db().$transaction((tx) => issueChange(tx, caller, email)));
}

/** Confirms a change by the link to the new address; answers the session that goes on, if this browser had one. */
export async function confirmEmailChange(
  token: string,
  caller: { session: SessionState | null; request: RequestInfo },
): Promise<NewSession | null> {
  const change = await findChange({ confirmHash: { in: linkHashes("email-confirm", token) } });
  const problem = linkProblem(change && { ...change, consumedAt: change.confirmedAt ?? change.cancelledAt });
  if (!change || problem) throw problem ?? linkProblem(null);
  return orTaken(async (tx) => {
    await takeTurn(tx, change.userId);
    const confirmed = await tx.emailChange.updateMany({
      where: {
        id: change.id,
        ...{ confirmedAt: null, cancelledAt: null, supersededAt: null, expiresAt: { gt: now() } },
      },
      data: { confirmedAt: now() },
    });
    if (confirmed.count !== 1) throw linkProblem({ ...change, consumedAt: now() });
    const moved = await tx.user.updateMany({
      where: { id: change.userId, email: change.oldEmail },
      data: { email: change.newEmail, emailVerifiedAt: now() },
    });
    if (moved.count !== 1) throw linkProblem(null);
    await supersedeAllLinks(tx, change.userId);
    const link = { userId: change.userId, reason: "email_changed" } as const;
    const { renewed } = await endSessionsByLink(tx, link, caller);
    await audit(tx, { action: "account.confirm_email", userId: change.userId, request: caller.request });
    return renewed;
  });
}

/**
 * Undoes a change by the link to the old address, confirmed or not, and every later one with it. All sessions end, since
 * whoever asked for it was signed in.
 */
export async function cancelEmailChange(token: string, request: RequestInfo): Promise<void> {
  const change = await findChange({ cancelHash: { in: linkHashes("email-cancel", token) } });
  const link = change && {
    consumedAt: change.cancelledAt,
    supersededAt: null,
    expiresAt: change.cancelUntil,
  };
  const problem = linkProblem(link);
  if (!change || problem) throw problem ?? linkProblem(null);
  await orTaken(async (tx) => {
    await takeTurn(tx, change.userId);
    const { count: isFirst } = await tx.emailChange.updateMany({
      where: { id: change.id, cancelledAt: null, cancelUntil: { gt: now() } },
      data: { cancelledAt: now() },
    });
    if (!isFirst) throw linkProblem({ consumedAt: now(), supersededAt: null, expiresAt: now() });
    await undo(tx, change);
    await audit(tx, { action: "account.cancel_email", userId: change.userId, request });
  });
}

async function issueChange(
  tx: Prisma.TransactionClient,
  { session, request }: SignedInCaller,
  newEmail: string,
): Promise<void> {
  const { userId, email: oldEmail } = session;
  const [confirmToken, cancelToken] = [randomToken(), randomToken()];
  await takeTurn(tx, userId);
  await tx.emailChange.updateMany({
    where: { userId, confirmedAt: null, cancelledAt: null, supersededAt: null },
    data: { supersededAt: now() },
  });
  await tx.emailChange.create({
    data: {
      id: newId(),
      ...{ userId, oldEmail, newEmail, createdAt: now() },
      confirmHash: linkHash("email-confirm", confirmToken),
      cancelHash: linkHash("email-cancel", cancelToken),
      expiresAt: fromNow(EMAIL_CHANGE_VALID_HOURS * HOUR_MS),
      cancelUntil: fromNow(EMAIL_CHANGE_CANCEL_DAYS * 24 * HOUR_MS),
    },
  });
  const isTaken = (await findAccount(newEmail, tx)) !== null;
  await queueMail(tx, { to: newEmail, ...(isTaken ? addressTakenMail() : emailChangeMail(confirmToken)) });
  await queueMail(tx, { to: oldEmail, ...emailChangeNoticeMail(newEmail, cancelToken) });
  await audit(tx, { action: "account.change_email", userId, request });
}

async function undo(
  tx: Prisma.TransactionClient,
  { userId, oldEmail, createdAt }: EmailChange,
): Promise<void> {
  // Links that a later change sent to an address that was never the owner's.
  await tx.emailChange.updateMany({
    where: { userId, cancelledAt: null, createdAt: { gte: createdAt } },
    data: { cancelledAt: now() },
  });
  // Asked of the account, not of this change: a later one may have been confirmed in its place.
  await tx.user.updateMany({
    where: { id: userId, email: { not: oldEmail } },
    data: { email: oldEmail, emailVerifiedAt: now() },
  });
  await supersedeAllLinks(tx, userId);
  await revokeAllSessions(tx, userId, "email_changed");
}

// An address that somebody else has registered meanwhile: the link is no longer valid, and more is not told.
async function orTaken<T>(work: (tx: Prisma.TransactionClient) => Promise<T>): Promise<T> {
  try {
    return await db().$transaction(work);
  } catch (error) {
    if (isUniqueViolation(error)) throw linkProblem(null);
    throw error;
  }
}

function findChange(where: Prisma.EmailChangeWhereInput): Promise<EmailChange | null> {
  return db().emailChange.findFirst({ where });
}

async function audit(
  tx: Prisma.TransactionClient,
  { action, userId, request }: { action: string; userId: string; request: RequestInfo },
): Promise<void> {
  await recordAudit(tx, {
    tenantId: null,
    actor: { type: "user", id: userId },
    action,
    category: "auth",
    request,
  });
}
