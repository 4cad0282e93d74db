// Rows that say who belongs to a workspace. Whatever changes who belongs or who rules takes the workspace's lock first,
// so that of any number of changes at once each one sees what the ones before it left.

import { now } from "../platform/clock";
import { platformPool } from "../platform/db";
import { AppError } from "../platform/errors";
import type { Prisma } from "../platform/prisma/client";
import { queryTenant, type TenantId, type TenantScope } from "../platform/tenant-db";
import { TEXT_LAST_OWNER, TEXT_NO_SEAT, type TenantRole } from "./terms";

/** How exact "last seen" is. */
const SEEN_INTERVAL_MS = 60_000;

const SEEN = {
  name: "membership_seen",
  text: "UPDATE tenant_members SET last_seen_at = $3 WHERE tenant_id = $1 AND user_id = $2",
};

/** Notes that a member was here; written at most once a minute. */
export async function noteSeen(member: TenantScope, lastSeenAt: Date | null): Promise<void> {
  const at = now();
  if (lastSeenAt !== null && at.getTime() - lastSeenAt.getTime() < SEEN_INTERVAL_MS) return;
  await queryTenant(member, { ...SEEN, values: [member.tenantId, member.userId, at] });
}

/** A membership as it was when somebody came in. */
export interface SeenMembership extends TenantScope {
  slug: string;
  role: TenantRole;
}

// Of any workspaces, hence the platform role.
const SAME = {
  name: "memberships_same",
  text: `
  SELECT EXISTS (
    SELECT 1 FROM tenant_members m JOIN tenants t ON t.id = m.tenant_id
     WHERE m.tenant_id = k.tenant_id AND m.user_id = k.user_id AND m.role::text = k.role
       AND t.slug = k.slug AND t.deleted_at IS NULL) AS is_same
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) WITH ORDINALITY AS k (tenant_id, user_id, role, slug, n)
   ORDER BY k.n`,
};

/** Which of these memberships are as they were, in their order. One SELECT for all. */
export async function areMembers(seen: SeenMembership[]): Promise<boolean[]> {
  const { rows } = await platformPool().query<{ is_same: boolean }>({
    ...SAME,
    values: [
      seen.map(({ tenantId }) => tenantId),
      seen.map(({ userId }) => userId),
      seen.map(({ role }) => role),
      seen.map(({ slug }) => slug),
    ],
  });
  return rows.map((row) => row.is_same);
}

/** Makes whatever concerns a workspace's people take turns until the transaction ends. */
export async function lockTenant(tx: Prisma.TransactionClient, tenantId: TenantId): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM tenants WHERE id = ${tenantId}::uuid FOR UPDATE`;
}

/** How many people may belong to a workspace now: what its plan allows, or fewer where fewer were agreed; null is any number. */
export async function seatsOf(tx: Prisma.TransactionClient, tenantId: TenantId): Promise<number | null> {
  const [row] = await tx.$queryRaw<{ seats: number | null }[]>`
    SELECT seats_of(${tenantId}::uuid, ${now()}) AS seats`;
  return row?.seats ?? null;
}

/** The role of a person in a workspace; null for strangers. */
export async function findRole(
  tx: Prisma.TransactionClient,
  { tenantId, userId }: TenantScope,
): Promise<TenantRole | null> {
  const where = { tenantId_userId: { tenantId, userId } };
  const row = await tx.tenantMember.findUnique({ where, select: { role: true } });
  return row?.role ?? null;
}

/** Adds a person to a workspace that no transaction before has filled. Throws `conflict` when every seat is taken. */
export async function addMembership(
  tx: Prisma.TransactionClient,
  { tenantId, userId, role }: TenantScope & { role: TenantRole },
): Promise<void> {
  await lockTenant(tx, tenantId);
  const seats = await seatsOf(tx, tenantId);
  const taken = await tx.tenantMember.count({ where: { tenantId } });
  if (seats !== null && taken >= seats) {
    throw new AppError("conflict", TEXT_NO_SEAT, { reason: "seat_limit_reached" });
  }
  await tx.tenantMember.create({ data: { tenantId, userId, role } });
}

/** Gives a member another role. The caller holds the workspace's lock. Throws `conflict` for the last owner. */
export async function changeRole(
  tx: Prisma.TransactionClient,
  { tenantId, userId, role }: TenantScope & { role: TenantRole },
): Promise<void> {
  await tx.tenantMember.updateMany({ where: { tenantId, userId }, data: { role } });
  await requireOwner(tx, tenantId);
}

/** Takes a member out. The caller holds the workspace's lock. Throws `conflict` for the last owner. */
export async function endMembership(
  tx: Prisma.TransactionClient,
  { tenantId, userId }: TenantScope,
): Promise<void> {
  await tx.tenantMember.deleteMany({ where: { tenantId, userId } });
  await requireOwner(tx, tenantId);
}

/** Whether a person belongs to no workspace at all. The transaction works for that person from here on. */
export async function isWithoutWorkspace(tx: Prisma.TransactionClient, userId: string): Promise<boolean> {
  await tx.$queryRaw`SELECT set_config('app.user_id', ${userId}, true)`;
  return (await tx.tenantMember.count({ where: { userId } })) === 0;
}

/** Agrees on fewer people than the plan allows; null leaves what it allows. Who belongs already stays. */
export async function setSeatLimit(
  tx: Prisma.TransactionClient,
  tenantId: TenantId,
  seats: number | null,
): Promise<void> {
  await lockTenant(tx, tenantId);
  await tx.tenant.update({ where: { id: tenantId }, data: { seatLimit: seats } });
}

// Owners whose account is about to be deleted rule nobody any more.
async function requireOwner(tx: Prisma.TransactionClient, tenantId: TenantId): Promise<void> {
  const owners = await tx.tenantMember.count({
    where: { tenantId, role: "owner", user: { deletionDueAt: null } },
  });
  if (owners === 0) throw new AppError("conflict", TEXT_LAST_OWNER, { reason: "last_owner" });
}
