// Leaving: an account is closed at once and erased after a time in which its owner can change their mind. Whether it
// stays or goes is one conditional statement on one row: cancelling removes it, erasing marks it, and only one of the
// two finds it as it was.

import { recordAudit } from "../audit/log";
import { revokeAllSessions } from "../auth/session/revocation";
import type { SessionState } from "../auth/sessions";
import { requireRecentAuthentication } from "../auth/sign-in/step-up";
import { setDeletionDue } from "../auth/users";
import { fromNow, now } from "../platform/clock";
import { sha256 } from "../platform/crypto";
import { platformDb } from "../platform/db";
import { AppError } from "../platform/errors";
import { randomToken } from "../platform/ids";
import { queueMail } from "../platform/mailer";
import type { RequestInfo } from "../request";
import { requireSuccession } from "../tenants/departure";
import type { DeleteAccount } from "./contract";
import { deletionCancelledMail, deletionMail } from "./emails";
import { DELETION_GRACE_DAYS, TEXT_CONFIRM_ADDRESS, TEXT_DELETION_LINK_INVALID } from "./terms";

const DAY_MS = 86_400_000;

/**
 * Closes the account and ends all its sessions; it is erased after the days of grace. Throws `forbidden` without a recent
 * authentication, `conflict` for operators and while a workspace needs another owner, `invalid` for a wrong confirmation.
 */
export async function requestDeletion(
  session: SessionState,
  { confirmation }: DeleteAccount,
  request: RequestInfo,
): Promise<{ dueAt: string }> {
  requireRecentAuthentication(session);
  requireConfirmation(session, confirmation);
  const { userId, email } = session;
  const token = randomToken();
  const dueAt = fromNow(DELETION_GRACE_DAYS * DAY_MS);
  // Memberships of others decide whether somebody may go: the platform role's work.
  await platformDb().$transaction(async (tx) => {
    await requireSuccession(tx, userId);
    const row = { userId, secretHash: hashOf(token), requestedAt: now(), dueAt };
    const { count } = await tx.accountDeletion.createMany({ data: [row], skipDuplicates: true });
    if (count === 0) throw new AppError("conflict", "This account is being deleted already.");
    await setDeletionDue(tx, userId, dueAt);
    const sessions = await revokeAllSessions(tx, userId, "account_leaving");
    await queueMail(tx, { to: email, ...deletionMail(token, dueAt) });
    await recordAudit(tx, {
      ...entry(userId, request),
      action: "account.delete",
      metadata: { dueAt: dueAt.toISOString(), endedSessions: sessions },
    });
  });
  return { dueAt: dueAt.toISOString() };
}

/** Keeps the account of a mailed link. Throws `invalid` (token_invalid) for anything but a link that still can. */
export async function cancelDeletion(token: string, request: RequestInfo): Promise<void> {
  await platformDb().$transaction(async (tx) => {
    const [kept] = await tx.$queryRaw<{ user_id: string }[]>`
      DELETE FROM account_deletions WHERE secret_hash = ${hashOf(token)} AND erasing_at IS NULL
      RETURNING user_id::text`;
    if (!kept) throw new AppError("invalid", TEXT_DELETION_LINK_INVALID, { reason: "token_invalid" });
    const email = await setDeletionDue(tx, kept.user_id, null);
    await queueMail(tx, { to: email, ...deletionCancelledMail() });
    await recordAudit(tx, { ...entry(kept.user_id, request), action: "account.delete_cancelled" });
  });
}

function requireConfirmation(session: SessionState, confirmation: string): void {
  if (session.platformRole !== "user") {
    throw new AppError(
      "conflict",
      "Operators' accounts cannot be deleted. Have your operator role removed first.",
    );
  }
  if (confirmation === session.email) return;
  throw new AppError("invalid", TEXT_CONFIRM_ADDRESS, { fields: { confirmation: TEXT_CONFIRM_ADDRESS } });
}

function entry(userId: string, request: RequestInfo) {
  return {
    tenantId: null,
    actor: { type: "user" as const, id: userId },
    category: "auth" as const,
    target: { type: "user", id: userId },
    request,
  };
}

function hashOf(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(sha256(`account_deletion|${token}`));
}
