// Proving that an address is its owner's. A link's secret is stored as a hash and consumed by one conditional update;
// a newer link supersedes older ones. Showing the page of a link never consumes it.
// Who registered an address is not always who reads its mail, so no session from before the proof outlives it.

import { recordAudit } from "../../audit/log";
import { fromNow, now } from "../../platform/clock";
import { config } from "../../platform/config";
import { sha256 } from "../../platform/crypto";
import { db } from "../../platform/db";
import { AppError } from "../../platform/errors";
import { onTheBeat } from "../../platform/even-time";
import { newId, randomToken } from "../../platform/ids";
import { queueMail } from "../../platform/mailer";
import type { Prisma } from "../../platform/prisma/client";
import type { RequestInfo } from "../../request";
import { verificationMail } from "../emails";
import { linkHash, linkHashes, linkProblem, takeTurn } from "../links";
import { endSessionsByLink } from "../session/renewal";
import type { NewSession, SessionState } from "../sessions";
import { RESEND_PER_ACCOUNT_PER_HOUR, TEXT_UNVERIFIED, VERIFICATION_VALID_HOURS } from "../terms";
import { findAccount } from "../users";
import { countMailTo } from "./limit";

const HOUR_MS = 3_600_000;
const MAIL_LIMIT = { name: "resend.account", perHour: RESEND_PER_ACCOUNT_PER_HOUR };

/** Whether somebody has to confirm their address before anything else. */
export function mustConfirmAddress({ emailVerified }: Pick<SessionState, "emailVerified">): boolean {
  return !emailVerified && config().requireEmailVerification;
}

/** Throws `forbidden` (T-2, email_unverified) for somebody who has yet to confirm their address. */
export function assertAddressConfirmed(session: SessionState): void {
  if (!mustConfirmAddress(session)) return;
  throw new AppError("forbidden", TEXT_UNVERIFIED, { reason: "email_unverified" });
}

/** Makes the one valid link of an account and queues its mail, in the caller's transaction. */
export async function issueVerification(
  tx: Prisma.TransactionClient,
  user: { id: string; email: string },
): Promise<void> {
  const token = randomToken();
  // Two mails asked for at once take turns, so that one link remains.
  await takeTurn(tx, user.id);
  await supersedeLinks(tx, user.id);
  await tx.emailVerification.create({
    data: {
      id: newId(),
      userId: user.id,
      boundEmail: user.email,
      secretHash: linkHash("email-verification", token),
      createdAt: now(),
      expiresAt: fromNow(VERIFICATION_VALID_HOURS * HOUR_MS),
    },
  });
  await queueMail(tx, { to: user.email, ...verificationMail(token) });
}

/**
 * Consumes a link, confirms its address and ends the person's sessions; answers the one that goes on, if the browser that
 * confirms had one. Throws `invalid`: token_used, token_expired or token_invalid.
 */
export async function verifyEmail(
  token: string,
  caller: { session: SessionState | null; request: RequestInfo },
): Promise<NewSession | null> {
  return db().$transaction(async (tx) => {
    await takeTurnOfLink(tx, hashesOf(token));
    const userId = await consumeLink(tx, hashesOf(token));
    if (userId === null) throw await linkRefusal(tx, hashesOf(token));
    await tx.user.update({ where: { id: userId }, data: { emailVerifiedAt: now() } });
    await tx.user.updateMany({ where: { id: userId, status: "pending" }, data: { status: "active" } });
    await supersedeLinks(tx, userId);
    const link = { userId, reason: "email_verified" } as const;
    const { renewed, endedSessions } = await endSessionsByLink(tx, link, caller);
    await recordAudit(tx, {
      tenantId: null,
      actor: { type: "user", id: userId },
      action: "email.verify",
      category: "auth",
      metadata: { endedSessions },
      request: caller.request,
    });
    return renewed;
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

// Before any link is touched, as in every other transaction about a person's links: otherwise a new link that is being
// issued and an old one that is being used wait for each other.
async function takeTurnOfLink(
  tx: Prisma.TransactionClient,
  hashes: Uint8Array<ArrayBuffer>[],
): Promise<void> {
  const link = await tx.emailVerification.findFirst({ where: { secretHash: { in: hashes } } });
  if (link) await takeTurn(tx, link.userId);
}

// One statement decides: of any number of parallel tries exactly one gets the row.
async function consumeLink(
  tx: Prisma.TransactionClient,
  hashes: Uint8Array<ArrayBuffer>[],
): Promise<string | null> {
  const at = now();
  const [consumed] = await tx.$queryRaw<{ user_id: string }[]>`
    UPDATE email_verifications v SET consumed_at = ${at} FROM users u
     WHERE v.secret_hash = ANY(${hashes}::bytea[]) AND v.consumed_at IS NULL AND v.superseded_at IS NULL
       AND v.expires_at > ${at} AND u.id = v.user_id AND u.email = v.bound_email
    RETURNING v.user_id::text`;
  return consumed?.user_id ?? null;
}

async function linkRefusal(
  tx: Prisma.TransactionClient,
  hashes: Uint8Array<ArrayBuffer>[],
): Promise<AppError | null> {
  const link = await tx.emailVerification.findFirst({ where: { secretHash: { in: hashes } } });
  // A link that is sound by itself is bound to an address that the account no longer has.
  return linkProblem(link) ?? linkProblem(null);
}

// Links from before the pepper hold a plain hash; they stay valid for the day that they have left.
function hashesOf(token: string): Uint8Array<ArrayBuffer>[] {
  const withoutPepper = new Uint8Array(sha256(`email-verification:${token}`));
  return [...linkHashes("email-verification", token), withoutPepper];
}
