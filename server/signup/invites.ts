// Invites to sign up. A row holds the hash of its secret and a hint of four characters; the secret is shown once, when
// the invite is made. An invite is reserved while its sign-up runs and used only when that succeeds.

import { recordAudit } from "../audit/log";
import { accountKey } from "../auth/users";
import { fromNow, now } from "../platform/clock";
import { sha256 } from "../platform/crypto";
import { db } from "../platform/db";
import { AppError, type Reason } from "../platform/errors";
import { newId, randomToken } from "../platform/ids";
import type { Prisma, SignupInvite } from "../platform/prisma/client";
import type { RequestInfo } from "../request";
import {
  INVITE_HINT_LENGTH,
  INVITE_RESERVATION_SECONDS,
  INVITE_VALID_DAYS,
  TEXT_INVITE_EXPIRED,
  TEXT_INVITE_INVALID,
  TEXT_INVITE_USED,
} from "./terms";

export interface IssuedInvite {
  id: string;
  /** The raw secret: hand it on, it cannot be read again. */
  token: string;
  expiresAt: Date;
}

/** A hold on an invite. Null id: this address has used the invite and registers again before confirming. */
export interface Reservation {
  id: string | null;
  inviteId: string;
  /** The workspace that the invite leads into, if it names one. */
  joinsTenantId: string | null;
}

export interface NewInvite {
  email?: string | undefined;
  note?: string | undefined;
  validDays?: number;
  joinsTenantId?: string | undefined;
}

interface Issuer {
  type: "operator" | "system";
  id: string | null;
}

const DAY_MS = 86_400_000;

/** Issues an invite, for one address or for whoever has it. */
export async function createInvite(
  invite: NewInvite,
  by: Issuer,
  request: RequestInfo,
): Promise<IssuedInvite> {
  return db().$transaction((tx) => issueInvite(tx, invite, { by, request }));
}

/** Issues an invite in the caller's transaction. */
export async function issueInvite(
  tx: Prisma.TransactionClient,
  invite: NewInvite,
  { by, request }: { by: Issuer; request: RequestInfo },
): Promise<IssuedInvite> {
  const issued = {
    id: newId(),
    token: randomToken(),
    expiresAt: fromNow((invite.validDays ?? INVITE_VALID_DAYS) * DAY_MS),
  };
  await tx.signupInvite.create({
    data: {
      id: issued.id,
      secretHash: hashOf(issued.token),
      hint: issued.token.slice(-INVITE_HINT_LENGTH),
      email: invite.email ?? null,
      note: invite.note ?? null,
      joinsTenantId: invite.joinsTenantId ?? null,
      createdBy: by.id,
      expiresAt: issued.expiresAt,
    },
  });
  await recordAudit(tx, {
    tenantId: null,
    actor: by,
    action: "invite.create",
    category: "signup",
    target: { type: "signup_invite", id: issued.id },
    request,
  });
  return issued;
}

/**
 * Holds an invite for an address for 15 minutes. Throws `invalid` with T-14, T-15 or T-16; an invite that another
 * sign-up holds counts as used until that one fails.
 */
export async function reserveInvite(token: string, email: string): Promise<Reservation> {
  const key = accountKey(email);
  return db().$transaction(async (tx) => {
    const invite = await lockInvite(tx, token);
    if (!invite || invite.revokedAt || (invite.email !== null && invite.email !== email)) {
      throw inviteError("invite_invalid", TEXT_INVITE_INVALID);
    }
    if (invite.usedAt) {
      if (await isPendingAccount(tx, invite.usedBy, email)) return reservationOf(null, invite);
      throw inviteError("invite_used", TEXT_INVITE_USED);
    }
    if (invite.expiresAt <= now()) throw inviteError("invite_expired", TEXT_INVITE_EXPIRED);
    return hold(tx, invite, key);
  });
}

/** Uses up a held invite in the transaction of its sign-up. Throws T-16 when it was used meanwhile. */
export async function finalizeInvite(
  tx: Prisma.TransactionClient,
  reservation: Reservation,
  { userId, request }: { userId: string; request: RequestInfo },
): Promise<void> {
  if (reservation.id === null) return;
  const { count } = await tx.signupInvite.updateMany({
    where: { id: reservation.inviteId, usedAt: null, revokedAt: null },
    data: { usedAt: now(), usedBy: userId },
  });
  if (count !== 1) throw inviteError("invite_used", TEXT_INVITE_USED);
  await tx.signupInviteReservation.update({ where: { id: reservation.id }, data: { finalizedAt: now() } });
  await recordAudit(tx, {
    tenantId: null,
    actor: { type: "user", id: userId },
    action: "invite.use",
    category: "signup",
    target: { type: "signup_invite", id: reservation.inviteId },
    request,
  });
}

/** Lets go of an invite whose sign-up did not go through. */
export async function releaseInvite(reservation: Reservation): Promise<void> {
  if (reservation.id === null) return;
  await db().signupInviteReservation.updateMany({
    where: { id: reservation.id, finalizedAt: null },
    data: { releasedAt: now() },
  });
}

async function lockInvite(tx: Prisma.TransactionClient, token: string): Promise<SignupInvite | null> {
  const secretHash = hashOf(token);
  await tx.$queryRaw`SELECT 1 FROM signup_invites WHERE secret_hash = ${secretHash} FOR UPDATE`;
  return tx.signupInvite.findUnique({ where: { secretHash } });
}

async function isPendingAccount(
  tx: Prisma.TransactionClient,
  userId: string | null,
  email: string,
): Promise<boolean> {
  if (userId === null) return false;
  const count = await tx.user.count({ where: { id: userId, email, emailVerifiedAt: null } });
  return count === 1;
}

async function hold(tx: Prisma.TransactionClient, invite: SignupInvite, key: string): Promise<Reservation> {
  const active = { inviteId: invite.id, releasedAt: null, finalizedAt: null, expiresAt: { gt: now() } };
  const held = await tx.signupInviteReservation.findFirst({ where: active });
  if (held && held.accountKey !== key) throw inviteError("invite_used", TEXT_INVITE_USED);
  if (held) return reservationOf(held.id, invite);
  const id = newId();
  const expiresAt = fromNow(INVITE_RESERVATION_SECONDS * 1_000);
  await tx.signupInviteReservation.create({ data: { id, inviteId: invite.id, accountKey: key, expiresAt } });
  return reservationOf(id, invite);
}

function reservationOf(id: string | null, invite: SignupInvite): Reservation {
  return { id, inviteId: invite.id, joinsTenantId: invite.joinsTenantId };
}

function inviteError(reason: Reason, message: string): AppError {
  return new AppError("invalid", message, { reason, fields: { inviteToken: message } });
}

function hashOf(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(sha256(`signup-invite:${token}`));
}
