// What becomes of workspaces when one of their people leaves Parley. Nobody leaves a workspace without an owner behind:
// asked for, that is refused; found when the time has come, the member of the highest rank takes over. A workspace
// without anybody else goes with its person. Across workspaces, so all of it is the platform role's work.

import { recordAudit } from "../audit/log";
import { removeAccount } from "../auth/users";
import { platformDb } from "../platform/db";
import { AppError } from "../platform/errors";
import type { Prisma } from "../platform/prisma/client";
import type { TenantId } from "../platform/tenant-db";
import { tenantIdOfRow } from "./scope";

export interface Departure {
  /** Workspaces of others that would be left without an owner: they need another one first. */
  needOwner: { id: string; slug: string; name: string }[];
  /** Workspaces that nobody else belongs to. */
  goAlong: { id: string; slug: string; name: string }[];
}

interface OwnedRow {
  id: string;
  slug: string;
  name: string;
  other_owners: number;
  others: number;
}

/** What leaving would mean for the workspaces a person owns. People who are leaving themselves count for nothing. */
export async function planDeparture(
  userId: string,
  db: Prisma.TransactionClient = platformDb(),
): Promise<Departure> {
  const rows = await db.$queryRaw<OwnedRow[]>`
    SELECT t.id::text, t.slug, t.name,
           count(*) FILTER (WHERE m.role = 'owner' AND u.deletion_due_at IS NULL)::int AS other_owners,
           count(u.id)::int AS others
      FROM tenant_members own JOIN tenants t ON t.id = own.tenant_id
      LEFT JOIN tenant_members m ON m.tenant_id = t.id AND m.user_id <> own.user_id
      LEFT JOIN users u ON u.id = m.user_id
     WHERE own.user_id = ${userId}::uuid AND own.role = 'owner' AND t.deleted_at IS NULL
     GROUP BY t.id ORDER BY t.name, t.id`;
  const named = ({ id, slug, name }: OwnedRow) => ({ id, slug, name });
  return {
    needOwner: rows.filter((row) => row.others > 0 && row.other_owners === 0).map(named),
    goAlong: rows.filter((row) => row.others === 0).map(named),
  };
}

/**
 * Throws `conflict` while a workspace of others would be left without an owner. Owners of one workspace who leave at the
 * same time take turns: all workspaces of the person stay locked until the transaction ends, also those that somebody is
 * handing over to them at this moment.
 */
export async function requireSuccession(tx: Prisma.TransactionClient, userId: string): Promise<void> {
  await tx.$queryRaw`
    SELECT t.id FROM tenants t JOIN tenant_members m ON m.tenant_id = t.id
     WHERE m.user_id = ${userId}::uuid ORDER BY t.id FOR UPDATE OF t`;
  const { needOwner } = await planDeparture(userId, tx);
  if (needOwner.length === 0) return;
  const names = needOwner.map(({ name }) => name).join(", ");
  throw new AppError("conflict", `Make somebody else an owner first, or remove the other members: ${names}.`);
}

/** The workspaces a person belongs to. */
export async function workspacesOf(userId: string): Promise<TenantId[]> {
  const rows = await platformDb().tenantMember.findMany({ where: { userId }, orderBy: { tenantId: "asc" } });
  return rows.map(tenantIdOfRow);
}

/** Takes a person out of a workspace; answers false, and does nothing, when nobody else belongs to it. */
export async function leaveBehind(tenantId: TenantId, userId: string): Promise<boolean> {
  return platformDb().$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM tenants WHERE id = ${tenantId}::uuid FOR UPDATE`;
    const others = await tx.$queryRaw<{ user_id: string; role: string }[]>`
      SELECT user_id::text, role::text FROM tenant_members
       WHERE tenant_id = ${tenantId}::uuid AND user_id <> ${userId}::uuid ORDER BY role, created_at, user_id`;
    const [heir] = others;
    if (!heir) return false;
    const { count } = await tx.tenantMember.deleteMany({ where: { tenantId, userId } });
    if (heir.role !== "owner") await promote(tx, tenantId, heir.user_id);
    if (count === 1) {
      await recordAudit(tx, {
        tenantId,
        actor: { type: "system", id: null },
        action: "member.erased",
        category: "tenant",
        target: { type: "user", id: userId },
      });
    }
    return true;
  });
}

/** Removes a workspace with everything that still belongs to it, unless somebody joined meanwhile. */
export async function removeWorkspace(tenantId: TenantId, userId: string): Promise<boolean> {
  const { count } = await platformDb().tenant.deleteMany({
    where: { id: tenantId, members: { none: { NOT: { userId } } } },
  });
  return count === 1;
}

/**
 * Removes an account that nobody has confirmed, with the workspaces that are its alone: the owner of the address has come,
 * and owes nothing to whoever registered it before. Does nothing for confirmed accounts and those an operator holds.
 */
export async function removePendingPerson(email: string): Promise<void> {
  await platformDb().$transaction(async (tx) => {
    const [user] = await tx.$queryRaw<{ id: string }[]>`
      SELECT id::text FROM users
       WHERE email = ${email} AND email_verified_at IS NULL AND status = 'pending' FOR UPDATE`;
    if (!user) return;
    const { id: userId } = user;
    await tx.tenant.deleteMany({ where: { members: { some: { userId }, none: { NOT: { userId } } } } });
    await removeAccount(tx, userId);
    await recordAudit(tx, {
      tenantId: null,
      actor: { type: "system", id: null },
      action: "signup.remove_unconfirmed",
      category: "signup",
      target: { type: "user", id: userId },
    });
  });
}

async function promote(tx: Prisma.TransactionClient, tenantId: TenantId, userId: string): Promise<void> {
  await tx.tenantMember.updateMany({ where: { tenantId, userId }, data: { role: "owner" } });
  await recordAudit(tx, {
    tenantId,
    actor: { type: "system", id: null },
    action: "member.inherit_ownership",
    category: "tenant",
    target: { type: "user", id: userId },
  });
}
