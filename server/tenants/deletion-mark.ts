// The mark of a workspace that waits for its end. With it nobody finds the workspace; `lifecycle` decides when it is set,
// taken away, and followed by the end.

import { now } from "../platform/clock";
import type { Prisma } from "../platform/prisma/client";
import type { TenantDb, TenantId } from "../platform/tenant-db";

export interface TenantPerson {
  userId: string;
  email: string;
  isOwner: boolean;
}

/** Who belongs to the workspace, marked or not. */
export async function peopleOf(db: TenantDb, tenantId: TenantId): Promise<TenantPerson[]> {
  const rows = await db.tenantMember.findMany({
    where: { tenantId },
    select: { userId: true, role: true, user: { select: { email: true } } },
  });
  return rows.map(({ userId, role, user }) => ({ userId, email: user.email, isOwner: role === "owner" }));
}

/** Sets the mark; false when it is set already. */
export async function markDeleted(db: TenantDb, tenantId: TenantId, deleteAfter: Date): Promise<boolean> {
  const { count } = await db.tenant.updateMany({
    where: { id: tenantId, deletedAt: null },
    data: { deletedAt: now(), deleteAfter },
  });
  return count === 1;
}

/** Takes the mark away. */
export async function unmarkDeleted(db: TenantDb, tenantId: TenantId): Promise<void> {
  await db.tenant.updateMany({ where: { id: tenantId }, data: { deletedAt: null, deleteAfter: null } });
}

/** Removes a marked workspace's own row, and what the database says goes with it. */
export async function removeMarked(tx: Prisma.TransactionClient, tenantId: string): Promise<void> {
  await tx.tenant.deleteMany({ where: { id: tenantId, deletedAt: { not: null } } });
}
