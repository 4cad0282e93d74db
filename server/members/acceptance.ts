// Accepting an invite. Looking at one changes nothing; only a POST uses it up, once, by the verified owner of its address.
// The inviter's right and rank, and the seats, are judged when it is accepted, under the workspace's lock.

import { recordAudit } from "../audit/log";
import { readmitUser } from "../auth/account/user-state";
import { takeTurn } from "../auth/links";
import type { SessionState } from "../auth/sessions";
import { now } from "../platform/clock";
import { platformDb } from "../platform/db";
import { AppError } from "../platform/errors";
import type { Prisma } from "../platform/prisma/client";
import { type TenantDb, type TenantId, withTenant } from "../platform/tenant-db";
import type { RequestInfo } from "../request";
import { addMembership, findRole, lockTenant } from "../tenants/memberships";
import { invitingTenantId } from "../tenants/scope";
import { mayGrant, ROLE_PERMISSIONS, type TenantRole } from "../tenants/terms";
import type { InvitePreview } from "./contract";
import { secretHash } from "./secret";
import { TEXT_INVITE_ACCEPTED, TEXT_INVITE_EXPIRED, TEXT_INVITE_INVALID, TEXT_INVITE_USED } from "./terms";

/** An invite as whoever has one of its links finds it. */
export interface FoundInvite {
  tenantId: TenantId;
  id: string;
  email: string;
  role: TenantRole;
  invitedBy: string | null;
  message: string | null;
  tenant: { name: string; slug: string };
  /** Whether the link was mailed: who has it, reads that mailbox. */
  provesMailbox: boolean;
  /** Of the link it was found by. */
  hash: Uint8Array<ArrayBuffer>;
}

const FACTS = {
  tenantId: true,
  id: true,
  email: true,
  role: true,
  invitedBy: true,
  message: true,
  expiresAt: true,
  acceptedAt: true,
  revokedAt: true,
  tenant: { select: { name: true, slug: true, deletedAt: true } },
} satisfies Prisma.TenantInviteSelect;

type InviteRow = Prisma.TenantInviteGetPayload<{ select: typeof FACTS }>;

/**
 * The open invite of a link. The link alone says which workspace, so the platform role looks it up. Throws `invalid` with
 * T-14, T-15 or T-16.
 */
export async function findInvite(token: string): Promise<FoundInvite> {
  const hash = secretHash(token);
  const [mailed, copied] = await Promise.all([
    platformDb().tenantInvite.findUnique({ where: { secretHash: hash }, select: FACTS }),
    platformDb().tenantInvite.findUnique({ where: { copiedHash: hash }, select: FACTS }),
  ]);
  const row = mailed ?? copied;
  const problem = problemOf(row);
  if (problem !== null || row === null) throw problem;
  const { id, email, role, invitedBy, message } = row;
  const { name, slug } = row.tenant;
  const tenantId = invitingTenantId(row.tenantId);
  const facts = { id, email, role, invitedBy, message, tenant: { name, slug } };
  return { ...facts, tenantId, provesMailbox: mailed !== null, hash };
}

/** What the page of a link shows. Throws as `findInvite`. */
export async function previewInvite(token: string): Promise<InvitePreview> {
  const { tenant, email, role, invitedBy, message, provesMailbox } = await findInvite(token);
  const inviter =
    invitedBy === null ? null : await platformDb().userProfile.findUnique({ where: { userId: invitedBy } });
  return { tenant, email, role, message, provesMailbox, invitedBy: inviter?.displayName ?? null };
}

/**
 * Makes the signed-in person a member. Throws T-14 for anybody but the owner of the invited address and when the inviter
 * could not invite them any more, T-15, T-16, and `conflict` when every seat is taken.
 */
export async function acceptInvite(
  session: SessionState,
  token: string,
  request: RequestInfo,
): Promise<{ message: string; tenant: { name: string; slug: string } }> {
  const invite = await findInvite(token);
  const { userId } = session;
  await withTenant({ tenantId: invite.tenantId, userId }, async (tx) => {
    await claimInvite(tx, invite, userId);
    // Being taken out of the last other workspace at this moment takes turns with joining this one.
    await takeTurn(tx, userId);
    const { email, emailVerifiedAt, status } = await tx.user.findUniqueOrThrow({ where: { id: userId } });
    if (email !== invite.email || emailVerifiedAt === null || status !== "active") throw inviteInvalid();
    await joinInvited(tx, invite, { userId, request });
  });
  return { message: TEXT_INVITE_ACCEPTED, tenant: invite.tenant };
}

/**
 * Prepares for signing in to accept: an account that was disabled for want of a workspace is let in again. Says nothing
 * of whether there was one. Throws as `findInvite`.
 */
export async function openDoor(token: string, request: RequestInfo): Promise<{ email: string }> {
  const { email, tenantId, id } = await findInvite(token);
  await withTenant({ tenantId, userId: id }, async (tx) => {
    const user = await tx.user.findUnique({ where: { email }, select: { id: true } });
    if (!user || !(await readmitUser(tx, user.id))) return;
    await recordAudit(tx, {
      tenantId,
      actor: { type: "system", id: null },
      action: "member.readmit",
      category: "tenant",
      target: { type: "user", id: user.id },
      metadata: { inviteId: id },
      request,
    });
  });
  return { email };
}

/** Uses an invite up in the caller's transaction, under the workspace's lock. Throws T-14, T-15 or T-16. */
export async function claimInvite(tx: TenantDb, invite: FoundInvite, userId: string): Promise<void> {
  const { tenantId, id, hash } = invite;
  await lockTenant(tx, tenantId);
  const { count } = await tx.tenantInvite.updateMany({
    where: {
      tenantId,
      id,
      tenant: { deletedAt: null },
      acceptedAt: null,
      revokedAt: null,
      expiresAt: { gt: now() },
      OR: [{ secretHash: hash }, { copiedHash: hash }],
    },
    data: { acceptedAt: now(), acceptedBy: userId },
  });
  if (count === 1) return;
  const where = { tenantId_id: { tenantId, id } };
  throw problemOf(await tx.tenantInvite.findUnique({ where, select: FACTS })) ?? inviteInvalid();
}

/** Adds the invited person, whose invite is used up in this transaction; who belongs already keeps their role. */
export async function joinInvited(
  tx: TenantDb,
  invite: FoundInvite,
  { userId, request }: { userId: string; request: RequestInfo },
): Promise<void> {
  const { tenantId, role, id } = invite;
  await requireInviter(tx, invite);
  if ((await findRole(tx, { tenantId, userId })) === null)
    await addMembership(tx, { tenantId, userId, role });
  await recordAudit(tx, {
    tenantId,
    actor: { type: "user", id: userId },
    action: "member.join",
    category: "tenant",
    target: { type: "user", id: userId },
    metadata: { role, inviteId: id },
    request,
  });
}

async function requireInviter(tx: TenantDb, { tenantId, invitedBy, role }: FoundInvite): Promise<void> {
  const rank = invitedBy === null ? null : await findRole(tx, { tenantId, userId: invitedBy });
  if (rank === null || !ROLE_PERMISSIONS[rank].has("members.manage") || !mayGrant(rank, role)) {
    throw inviteInvalid();
  }
}

function problemOf(row: InviteRow | null): AppError | null {
  if (row === null || row.revokedAt || row.tenant.deletedAt) return inviteInvalid();
  if (row.acceptedAt) return new AppError("invalid", TEXT_INVITE_USED, { reason: "invite_used" });
  if (row.expiresAt > now()) return null;
  return new AppError("invalid", TEXT_INVITE_EXPIRED, { reason: "invite_expired" });
}

function inviteInvalid(): AppError {
  return new AppError("invalid", TEXT_INVITE_INVALID, { reason: "invite_invalid" });
}
