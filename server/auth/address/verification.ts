// Proving that an address is its owner's. A link's secret is stored as a hash and consumed by one conditional update;
// a newer link supersedes older ones. Showing the page of a link never consumes it.

import { recordAudit } from "../../audit/log";
import { fromNow, now } from "../../platform/clock";
import { sha256 } from "../../platform/crypto";
import { db } from "../../platform/db";
import { AppError } from "../../platform/errors";
import { onTheBeat } from "../../platform/even-time";
import { newId, randomToken } from "../../platform/ids";
import { queueMail } from "../../platform/mailer";
import type { Prisma } from "../../platform/prisma/client";
import type { RequestInfo } from "../../request";
import { verificationMail } from "../emails";
import { RESEND_PER_ACCOUNT_PER_HOUR, VERIFICATION_VALID_HOURS } from "../terms";
import { findAccount } from "../users";
import { countMailTo } from "./limit";

const HOUR_MS = 3_600_000;
const MAIL_LIMIT = { name: "resend.account", perHour: RESEND_PER_ACCOUNT_PER_HOUR };

/** Makes the one valid link of an account and queues its mail, in the caller's transaction. */
export async function issueVerification(
  tx: Prisma.TransactionClient,
  user: { id: string; email: string },
): Promise<void> {
  const token = randomToken();
  // Two mails asked for at once take turns, so that one link remains.
  await tx.$queryRaw`SELECT 1 FROM users WHERE id = ${user.id}::uuid FOR UPDATE`;
  await supersedeLinks(tx, user.id);
  await tx.emailVerification.create({
    data: {
      id: newId(),
      userId: user.id,
      boundEmail: user.email,
      secretHash: hashOf(token),
      createdAt: now(),
      expiresAt: fromNow(VERIFICATION_VALID_HOURS * HOUR_MS),
    },
  });
  await queueMail(tx, { to: user.email, ...verificationMail(token) });
}

/** Consumes a link and confirms its address. Throws `invalid`: token_used, token_expired or token_invalid. */
export async function verifyEmail(token: string, request: RequestInfo): Promise<void> {
  await db().$transaction(async (tx) => {
    const userId = await consumeLink(tx, hashOf(token));
    if (userId === null) throw await linkRefusal(tx, hashOf(token));
    await tx.user.update({ where: { id: userId }, data: { emailVerifiedAt: now() } });
    await tx.user.updateMany({ where: { id: userId, status: "pending" }, data: { status: "active" } });
    await supersedeLinks(tx, userId);
    await recordAudit(tx, {
      tenantId: null,
      actor: { type: "user", id: userId },
      action: "email.verify",
      category: "auth",
      request,
    });
  });
}

/**
 * Sends a new link when the address belongs to an account that needs one. Does not tell whether it does: the answer, its
 * time, the limit and the rows written are the same. Throws `over_limit` after three in an hour for an address.
 */
export async function resendVerification(email: string, request: RequestInfo): Promise<void> {
  await countMailTo(email, MAIL_LIMIT, request);
  await onTheBeat(() =>
    db().$transaction(async (tx) => {
      const account = await findAccount(email, tx);
      const needsLink = account !== null && account.emailVerifiedAt === null;
      if (needsLink) await issueVerification(tx, account);
      else await queueMail(tx, { to: email, ...verificationMail(randomToken()), isSuppressed: true });
      await recordAudit(tx, {
        tenantId: null,
        actor: { type: "user", id: account?.id ?? null },
        action: "email.resend",
        category: "auth",
        metadata: { wasSent: needsLink },
        request,
      });
    }),
  );
}

async function supersedeLinks(tx: Prisma.TransactionClient, userId: string): Promise<void> {
  await tx.emailVerification.updateMany({
    where: { userId, consumedAt: null, supersededAt: null },
    data: { supersededAt: now() },
  });
}

// One statement decides: of any number of parallel tries exactly one gets the row.
async function consumeLink(
  tx: Prisma.TransactionClient,
  secretHash: Uint8Array<ArrayBuffer>,
): Promise<string | null> {
  const at = now();
  const [consumed] = await tx.$queryRaw<{ user_id: string }[]>`
    UPDATE email_verifications v SET consumed_at = ${at} FROM users u
     WHERE v.secret_hash = ${secretHash} AND v.consumed_at IS NULL AND v.superseded_at IS NULL
       AND v.expires_at > ${at} AND u.id = v.user_id AND u.email = v.bound_email
    RETURNING v.user_id::text`;
  return consumed?.user_id ?? null;
}

async function linkRefusal(
  tx: Prisma.TransactionClient,
  secretHash: Uint8Array<ArrayBuffer>,
): Promise<AppError> {
  const link = await tx.emailVerification.findUnique({ where: { secretHash } });
  if (link?.consumedAt) {
    return new AppError("invalid", "This link has already been used.", { reason: "token_used" });
  }
  if (link?.supersededAt) {
    return new AppError("invalid", "A newer link was sent. Use the one in the latest mail.", {
      reason: "token_invalid",
    });
  }
  if (link && link.expiresAt <= now()) {
    return new AppError("invalid", "This link has expired. Ask for a new one.", { reason: "token_expired" });
  }
  return new AppError("invalid", "This link is not valid.", { reason: "token_invalid" });
}

// The purpose is hashed with the secret: a secret of another kind never opens this door.
function hashOf(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(sha256(`email-verification:${token}`));
}
