// Workspaces. A slug is made from the name once and stays; a taken one gets a random tail. The person who creates a
// workspace owns it.

import { randomBytes } from "node:crypto";
import { recordAudit } from "../audit/log";
import type { SessionState } from "../auth/sessions";
import { isUniqueViolation } from "../platform/db-errors";
import { AppError } from "../platform/errors";
import type { Prisma } from "../platform/prisma/client";
import { type TenantId, withUser } from "../platform/tenant-db";
import type { RequestInfo } from "../request";
import { addMembership, findRole } from "./memberships";
import { newTenantId, registeredTenantId } from "./scope";
import { OWNED_TENANTS_MAX, SLUG_LENGTH_MAX, TENANT_NAME_LENGTH_MAX, type TenantRole } from "./terms";

export interface TenantSummary {
  id: string;
  slug: string;
  name: string;
}

export interface Membership {
  tenant: TenantSummary;
  role: TenantRole;
}

const SLUG_TRIES_MAX = 5;
const TAIL_BYTES = 4;
const FALLBACK_SLUG = "workspace";

/** A person's workspaces, oldest first; those that are being deleted are not among them. */
export async function listMemberships(userId: string): Promise<Membership[]> {
  const rows = await withUser(userId, (db) =>
    db.tenantMember.findMany({
      where: { userId, tenant: { deletedAt: null } },
      include: { tenant: { select: { id: true, slug: true, name: true } } },
      orderBy: [{ createdAt: "asc" }, { tenantId: "asc" }],
    }),
  );
  return rows.map(({ tenant, role }) => ({ tenant, role }));
}

/** Creates a workspace owned by the signed-in person. Throws `conflict` past the number one person may own. */
export async function createOwnTenant(
  session: SessionState,
  name: string,
  request: RequestInfo,
): Promise<TenantSummary> {
  return withUser(session.userId, async (db) => {
    await db.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`tenants|${session.userId}`}, 0))::text`;
    const owned = await db.tenantMember.count({ where: { userId: session.userId, role: "owner" } });
    if (owned >= OWNED_TENANTS_MAX) {
      throw new AppError("conflict", `You can own at most ${OWNED_TENANTS_MAX} workspaces.`);
    }
    return createTenant(db, { name, ownerId: session.userId }, request);
  });
}

/** Creates a workspace with its owner in the caller's transaction, which works for the new tenant from here on. */
export async function createTenant(
  tx: Prisma.TransactionClient,
  { name, ownerId }: { name: string; ownerId: string },
  request: RequestInfo,
): Promise<TenantSummary> {
  const tenantId = newTenantId();
  await tx.$queryRaw`SELECT set_config('app.tenant_id', ${tenantId}, true)`;
  const slug = await insertTenant(tx, tenantId, name);
  await tx.tenantMember.create({ data: { tenantId, userId: ownerId, role: "owner" } });
  await recordAudit(tx, {
    tenantId,
    actor: { type: "user", id: ownerId },
    action: "tenant.create",
    category: "tenant",
    target: { type: "tenant", id: tenantId },
    metadata: { slug },
    request,
  });
  return { id: tenantId, slug, name };
}

/**
 * Gives the workspace of somebody who has not confirmed their address another name, and the slug of it, as long as nothing
 * was done in it: whoever registered the address before them named it. Does nothing otherwise. In the caller's transaction,
 * which works for that tenant from here on.
 */
export async function renameUntouched(
  tx: Prisma.TransactionClient,
  { name, ownerId }: { name: string; ownerId: string },
  request: RequestInfo,
): Promise<void> {
  await tx.$queryRaw`SELECT set_config('app.user_id', ${ownerId}, true)`;
  const own = await tx.tenantMember.findFirst({
    where: { userId: ownerId, role: "owner" },
    orderBy: [{ createdAt: "asc" }, { tenantId: "asc" }],
  });
  if (own === null) return;
  const tenantId = registeredTenantId(own);
  await tx.$queryRaw`SELECT set_config('app.tenant_id', ${tenantId}, true)`;
  const tenant = await tx.tenant.findFirst({ where: { id: tenantId, ...untouchedBut(ownerId) } });
  if (tenant === null || tenant.name === name) return;
  const slug = await rename(tx, tenant, name);
  await recordAudit(tx, {
    tenantId,
    actor: { type: "user", id: ownerId },
    action: "tenant.rename",
    category: "tenant",
    target: { type: "tenant", id: tenantId },
    metadata: { slug },
    request,
  });
}

/**
 * Makes an invited person a member in the caller's transaction, which works for that tenant from here on; a member stays
 * what they are. Throws `conflict` when every seat is taken.
 */
export async function joinTenant(
  tx: Prisma.TransactionClient,
  { tenantId, userId }: { tenantId: TenantId; userId: string },
  request: RequestInfo,
): Promise<void> {
  await tx.$queryRaw`SELECT set_config('app.tenant_id', ${tenantId}, true)`;
  if ((await findRole(tx, { tenantId, userId })) !== null) return;
  await addMembership(tx, { tenantId, userId, role: "member" });
  await recordAudit(tx, {
    tenantId,
    actor: { type: "user", id: userId },
    action: "member.join",
    category: "tenant",
    target: { type: "user", id: userId },
    metadata: { role: "member" },
    request,
  });
}

// A collision inserts nothing and leaves the transaction intact, so the next slug can be tried.
async function insertTenant(tx: Prisma.TransactionClient, id: TenantId, name: string): Promise<string> {
  const base = slugOf(name);
  for (let attempt = 0; attempt < SLUG_TRIES_MAX; attempt += 1) {
    const slug = attempt === 0 ? base : withTail(base);
    const { count } = await tx.tenant.createMany({ data: { id, slug, name }, skipDuplicates: true });
    if (count === 1) return slug;
  }
  throw new Error("no free slug was found");
}

function untouchedBut(ownerId: string): Prisma.TenantWhereInput {
  const none = { none: {} };
  const things = { slugHolds: none, invites: none, conversations: none, supportGrants: none };
  return { version: 1, deletedAt: null, settings: null, members: { every: { userId: ownerId } }, ...things };
}

// A slug that is taken is seen only by taking it: row-level security hides whose it is.
async function rename(tx: Prisma.TransactionClient, { id }: { id: string }, name: string): Promise<string> {
  const base = slugOf(name);
  for (let attempt = 0; attempt < SLUG_TRIES_MAX; attempt += 1) {
    const slug = attempt === 0 ? base : withTail(base);
    await tx.$executeRaw`SAVEPOINT rename`;
    try {
      await tx.tenant.update({ where: { id }, data: { name, slug } });
      return slug;
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      await tx.$executeRaw`ROLLBACK TO SAVEPOINT rename`;
    }
  }
  throw new Error("no free slug was found");
}

/** What somebody's workspace is called until they say so themselves. */
export function defaultTenantName(personName: string): string {
  return `${personName}'s workspace`.slice(0, TENANT_NAME_LENGTH_MAX);
}

/** A name as it can stand in an address; scripts without letters a-z get a neutral word. */
export function slugOf(name: string): string {
  const plain = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const words = plain.replace(/[^a-z0-9]+/g, "-").replace(/^-+/, "");
  return words.slice(0, SLUG_LENGTH_MAX).replace(/-+$/, "") || FALLBACK_SLUG;
}

function withTail(base: string): string {
  const tail = randomBytes(TAIL_BYTES).toString("hex");
  const room = SLUG_LENGTH_MAX - tail.length - 1;
  return `${base.slice(0, room).replace(/-+$/, "")}-${tail}`;
}
