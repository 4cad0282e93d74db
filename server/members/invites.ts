// Invites into a workspace, as its admins handle them. A row holds hashes of its secrets: that of the mailed link, and that
// of a link copied by hand, which is shown once and proves nothing about a mailbox. Nobody invites above their own role.

import { z } from "zod";
import { recordAudit } from "../audit/log";
import { countMailTo } from "../auth/address/limit";
import { appLink } from "../auth/mail-layout";
import { fromNow, now } from "../platform/clock";
import { decodeCursor, encodeCursor } from "../platform/cursor";
import { AppError, notFound } from "../platform/errors";
import { newId, randomToken } from "../platform/ids";
import { queueMail } from "../platform/mailer";
import type { TenantInvite } from "../platform/prisma/client";
import { type TenantDb, withTenant } from "../platform/tenant-db";
import { lockTenant } from "../tenants/memberships";
import type { Scope } from "../tenants/scope";
import type { InviteItem, InviteMember, InvitePeople, ListInvites, Page } from "./contract";
import { inviteMail } from "./emails";
import { requireGrant } from "./rank";
import { secretHash } from "./secret";
import {
  INVITE_HINT_LENGTH,
  INVITE_MAILS_PER_ADDRESS_PER_HOUR,
  INVITE_VALID_DAYS,
  INVITES_OPEN_MAX,
  TEXT_INVITE_CLOSED,
  TEXT_INVITE_RAN_OUT,
  TEXT_TOO_MANY_INVITES,
} from "./terms";

const DAY_MS = 86_400_000;
const MAIL_LIMIT = { name: "member-invite.address", perHour: INVITE_MAILS_PER_ADDRESS_PER_HOUR };
const OPEN = { acceptedAt: null, revokedAt: null };
const Position = z.tuple([z.iso.datetime(), z.uuid()]);

/** Invites one address and mails it the link. Throws as `invitePeople`. */
export async function inviteMember(
  scope: Scope,
  { email, ...invite }: InviteMember,
): Promise<{ inviteId: string }> {
  const [inviteId = ""] = (await invitePeople(scope, { emails: [email], ...invite })).inviteIds;
  return { inviteId };
}

/**
 * Invites several addresses, all or none, and mails each its link. Throws `forbidden` for a role above the inviter's,
 * `invalid` at `emails` for members and for addresses whose invite is open, `conflict` and `over_limit` past the limits.
 */
export async function invitePeople(
  scope: Scope,
  { emails, role, message }: InvitePeople,
): Promise<{ inviteIds: string[] }> {
  const addresses = [...new Set(emails)];
  for (const email of addresses) await countMailTo(email, MAIL_LIMIT, scope.request);
  return withTenant(scope, async (tx) => {
    await lockTenant(tx, scope.tenantId);
    await requireGrant(tx, scope, role);
    await refuseKnown(tx, scope, addresses);
    const issued = addresses.map((email) => ({ id: newId(), token: randomToken(), email }));
    for (const { id, token, email } of issued) {
      const fresh = freshSecret(scope, token);
      await tx.tenantInvite.create({
        data: {
          id,
          tenantId: scope.tenantId,
          email,
          role,
          message: message ?? null,
          createdAt: now(),
          ...fresh,
        },
      });
      await queueMail(tx, { to: email, ...(await mailOf(tx, scope, { token, role, message })) });
    }
    for (const { id } of issued) await audit(tx, scope, { action: "member.invite", inviteId: id, role });
    return { inviteIds: issued.map(({ id }) => id) };
  });
}

/** One page of the invites that wait for an answer or have expired, newest first. */
export async function listInvites(scope: Scope, { cursor, limit }: ListInvites): Promise<Page<InviteItem>> {
  const [at, id] = cursor === undefined ? [null, null] : decodeCursor(cursor, Position);
  const rows = await withTenant(scope, (tx) =>
    tx.tenantInvite.findMany({
      where: {
        tenantId: scope.tenantId,
        ...OPEN,
        ...(at && { OR: [{ createdAt: { lt: at } }, { createdAt: at, id: { gt: id } }] }),
      },
      omit: { secretHash: true, copiedHash: true },
      orderBy: [{ createdAt: "desc" }, { id: "asc" }],
      take: limit + 1,
    }),
  );
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return {
    items: shown.map(itemOf),
    nextCursor: hasMore ? encodeCursor([last.createdAt.toISOString(), last.id]) : null,
  };
}

/** Mails a new link, valid for as long as a new invite; the one before stops working. Throws as `changeInvite`. */
export async function resendInvite(scope: Scope, inviteId: string): Promise<void> {
  const { email } = await withTenant(scope, (tx) => openInvite(tx, scope, inviteId));
  await countMailTo(email, MAIL_LIMIT, scope.request);
  await withTenant(scope, async (tx) => {
    const invite = await changeable(tx, scope, inviteId);
    const token = randomToken();
    await tx.tenantInvite.updateMany({
      where: { tenantId: scope.tenantId, id: inviteId, ...OPEN },
      data: freshSecret(scope, token),
    });
    const { role, message } = invite;
    await queueMail(tx, { to: invite.email, ...(await mailOf(tx, scope, { token, role, message })) });
    await audit(tx, scope, { action: "member.resend_invite", inviteId, role });
  });
}

/** A link to hand on, shown once; one that was copied before stops working, the mailed one goes on. */
export async function copyInviteLink(
  scope: Scope,
  inviteId: string,
): Promise<{ link: string; email: string; expiresAt: string }> {
  return withTenant(scope, async (tx) => {
    const { email, role, expiresAt } = await changeable(tx, scope, inviteId);
    if (expiresAt <= now()) throw new AppError("conflict", TEXT_INVITE_RAN_OUT);
    const token = randomToken();
    await tx.tenantInvite.updateMany({
      where: { tenantId: scope.tenantId, id: inviteId, ...OPEN },
      data: { copiedHash: secretHash(token) },
    });
    await audit(tx, scope, { action: "member.copy_invite", inviteId, role });
    return { link: appLink("/invite", { token }), email, expiresAt: expiresAt.toISOString() };
  });
}

/** Takes an invite back: none of its links works any more. Throws not_found, and `conflict` when it is closed already. */
export async function revokeInvite(scope: Scope, inviteId: string): Promise<void> {
  await withTenant(scope, async (tx) => {
    const { role } = await changeable(tx, scope, inviteId);
    await tx.tenantInvite.updateMany({
      where: { tenantId: scope.tenantId, id: inviteId, ...OPEN },
      data: { revokedAt: now(), revokedBy: scope.userId },
    });
    await audit(tx, scope, { action: "member.revoke_invite", inviteId, role });
  });
}

// Under the workspace's lock, which accepting takes as well: what is open here stays so until commit.
async function changeable(tx: TenantDb, scope: Scope, inviteId: string): Promise<TenantInvite> {
  await lockTenant(tx, scope.tenantId);
  const invite = await openInvite(tx, scope, inviteId);
  await requireGrant(tx, scope, invite.role);
  return invite;
}

async function openInvite(tx: TenantDb, { tenantId }: Scope, id: string): Promise<TenantInvite> {
  const invite = await tx.tenantInvite.findUnique({ where: { tenantId_id: { tenantId, id } } });
  if (!invite) throw notFound("Invite");
  if (invite.acceptedAt || invite.revokedAt) throw new AppError("conflict", TEXT_INVITE_CLOSED);
  return invite;
}

// An invite that ran out makes room for a new one; whoever belongs here or is invited needs none.
async function refuseKnown(tx: TenantDb, { tenantId, userId }: Scope, emails: string[]): Promise<void> {
  const members = await tx.tenantMember.findMany({
    where: { tenantId, user: { email: { in: emails } } },
    select: { user: { select: { email: true } } },
  });
  refuse(
    "Already a member",
    members.map(({ user }) => user.email),
  );
  const mine = { tenantId, ...OPEN };
  const waiting = await tx.tenantInvite.findMany({
    where: { ...mine, email: { in: emails }, expiresAt: { gt: now() } },
    select: { email: true },
  });
  refuse(
    "Invited already, send it again from the list",
    waiting.map(({ email }) => email),
  );
  await tx.tenantInvite.updateMany({
    where: { ...mine, email: { in: emails } },
    data: { revokedAt: now(), revokedBy: userId },
  });
  if ((await tx.tenantInvite.count({ where: mine })) + emails.length <= INVITES_OPEN_MAX) return;
  throw new AppError("conflict", TEXT_TOO_MANY_INVITES);
}

function refuse(what: string, emails: string[]): void {
  if (emails.length === 0) return;
  const message = `${what}: ${emails.join(", ")}.`;
  throw new AppError("invalid", message, { fields: { emails: message, email: message } });
}

// Whoever sends it answers for it: their right is asked for again when it is accepted.
function freshSecret({ userId }: Scope, token: string) {
  return {
    secretHash: secretHash(token),
    hint: token.slice(-INVITE_HINT_LENGTH),
    invitedBy: userId,
    sentAt: now(),
    expiresAt: fromNow(INVITE_VALID_DAYS * DAY_MS),
  };
}

async function mailOf(
  tx: TenantDb,
  scope: Scope,
  invite: Pick<TenantInvite, "role"> & { token: string; message?: string | null | undefined },
) {
  const inviter = await tx.userProfile.findUnique({ where: { userId: scope.userId } });
  return inviteMail({
    ...invite,
    tenantName: scope.tenant.name,
    inviterName: inviter?.displayName ?? "A member",
  });
}

async function audit(
  tx: TenantDb,
  scope: Scope,
  act: { action: string; inviteId: string; role: string },
): Promise<void> {
  await recordAudit(tx, {
    tenantId: scope.tenantId,
    actor: scope.actor,
    action: act.action,
    category: "tenant",
    target: { type: "tenant_invite", id: act.inviteId },
    metadata: { role: act.role },
    request: scope.request,
  });
}

function itemOf(row: Omit<TenantInvite, "secretHash" | "copiedHash">): InviteItem {
  const { id, email, role, message, hint } = row;
  return {
    ...{ inviteId: id, email, role, message, hint },
    isExpired: row.expiresAt <= now(),
    sentAt: row.sentAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
  };
}
