// Who a request works for. A scope is made here from the slug in the address and the session's person, by one lookup of
// the membership; nothing else makes a TenantId. A stranger learns nothing: the workspace is not found.

import type { SessionState } from "../auth/sessions";
import { now } from "../platform/clock";
import { platformDb } from "../platform/db";
import { type AppError, notFound } from "../platform/errors";
import { newId } from "../platform/ids";
import type { Logger } from "../platform/logger";
import type { Statement } from "../platform/pipeline";
import { queryUser, type TenantId } from "../platform/tenant-db";
import type { RequestInfo } from "../request";
import { noteSeen } from "./memberships";
import { type Permission, ROLE_PERMISSIONS, SLUG, type TenantRole } from "./terms";

/** Who does what is done in a scope: the audit log names them. */
interface ScopeActor {
  type: "user" | "operator" | "service_account";
  id: string;
}

/** First parameter of every noun that touches a tenant's data. */
export interface Scope {
  tenantId: TenantId;
  userId: string;
  actor: ScopeActor;
  /** The support grant an operator acts under; absent for everybody else. */
  grantId?: string;
  grantEndsAt?: Date;
  role: TenantRole;
  permissions: ReadonlySet<Permission>;
  logger: Logger;
  requestId: string;
  tenant: { id: string; slug: string; name: string };
  request: RequestInfo;
}

interface Membership {
  id: string;
  slug: string;
  name: string;
  role: TenantRole;
  last_seen_at: Date | null;
}

/** The scope of a person in the tenant of this slug. Throws not_found for strangers and for slugs that do not exist. */
export async function resolveScope(from: {
  unverifiedTenantSlug: string;
  session: Pick<SessionState, "userId">;
  request: RequestInfo;
  logger: Logger;
}): Promise<Scope> {
  const { session, request } = from;
  const membership = await findMembership(session.userId, from.unverifiedTenantSlug);
  if (!membership) throw tenantNotFound();
  const { role, last_seen_at, ...tenant } = membership;
  await noteSeen({ tenantId: tenant.id as TenantId, userId: session.userId }, last_seen_at);
  return {
    tenantId: tenant.id as TenantId,
    userId: session.userId,
    actor: { type: "user", id: session.userId },
    role,
    permissions: ROLE_PERMISSIONS[role],
    logger: from.logger.child({ tenant_id: tenant.id }),
    requestId: request.id,
    tenant,
    request,
  };
}

/** A deleted workspace as its owner finds it, to bring it back; null for everybody else and every other slug. */
export async function findDeletedOwn(
  session: Pick<SessionState, "userId">,
  unverifiedTenantSlug: string | null,
): Promise<{ tenantId: TenantId; name: string } | null> {
  const { userId } = session;
  const slug = unverifiedTenantSlug ?? "";
  const found = await lookUp(userId, slug, { ...DELETED_OWN, values: [userId, slug] });
  return found && { tenantId: found.id as TenantId, name: found.name };
}

/** The scope of a machine whose token was verified; its rights are those of the token's scopes. */
export function machineScope(from: {
  tenant: Scope["tenant"];
  accountId: string;
  rights: Pick<Scope, "role" | "permissions">;
  request: RequestInfo;
  logger: Logger;
}): Scope {
  const { tenant, accountId, rights, request } = from;
  return {
    tenantId: tenant.id as TenantId,
    userId: accountId,
    actor: { type: "service_account", id: accountId },
    ...rights,
    logger: from.logger.child({ tenant_id: tenant.id }),
    requestId: request.id,
    tenant,
    request,
  };
}

/** The id of a tenant that is about to be created by the caller. */
export function newTenantId(): TenantId {
  return newId() as TenantId;
}

/** The workspace that somebody who registers their address again began with; the membership is theirs. */
export function registeredTenantId(own: { tenantId: string }): TenantId {
  return own.tenantId as TenantId;
}

/** The tenant that a stored invite leads into; an operator named it when the invite was made. */
export function invitingTenantId(id: string): TenantId {
  return id as TenantId;
}

/** The tenant that a support request or grant names; its own admins decide about it. */
export function grantedTenantId(id: string): TenantId {
  return id as TenantId;
}

/** The tenant a job's payload names; a job was enqueued inside that tenant's scope. */
export function tenantIdOfJob(payload: { tenantId: string }): TenantId {
  return payload.tenantId as TenantId;
}

/** The tenant that a row belongs to, found across tenants for a job that then works in each of them. */
export function tenantIdOfRow(row: { tenantId: string }): TenantId {
  return row.tenantId as TenantId;
}

/** The tenant whose reserve a row of the books is about. */
export function tenantIdOfBooks(row: { tenantId: string }): TenantId {
  return row.tenantId as TenantId;
}

/** The tenant that a machine's verified token is for. */
export function tenantIdOfToken(tenant: { id: string }): TenantId {
  return tenant.id as TenantId;
}

/** The tenant that an operator's command or a signed request names, with no person whose membership could be asked for. */
export async function findNamedTenant(
  slug: string,
): Promise<{ tenantId: TenantId; tenant: Scope["tenant"] } | null> {
  const select = { id: true, slug: true, name: true };
  const tenant = await platformDb().tenant.findUnique({ where: { slug, deletedAt: null }, select });
  return tenant && { tenantId: tenant.id as TenantId, tenant };
}

const MEMBERSHIP = {
  name: "membership_by_slug",
  text: `SELECT t.id::text, t.slug, t.name, m.role::text, m.last_seen_at
           FROM tenant_members m JOIN tenants t ON t.id = m.tenant_id
          WHERE m.user_id = $1 AND t.slug = $2 AND t.deleted_at IS NULL`,
};
const FORMER_MEMBERSHIP = {
  name: "membership_by_former_slug",
  text: `SELECT t.id::text, t.slug, t.name, m.role::text, m.last_seen_at
           FROM tenant_slug_holds h JOIN tenants t ON t.id = h.tenant_id JOIN tenant_members m ON m.tenant_id = t.id
          WHERE m.user_id = $1 AND h.slug = $2 AND h.held_until > $3 AND t.deleted_at IS NULL`,
};
const DELETED_OWN = {
  name: "deleted_own_by_slug",
  text: `SELECT t.id::text, t.slug, t.name, m.role::text, m.last_seen_at
           FROM tenant_members m JOIN tenants t ON t.id = m.tenant_id
          WHERE m.user_id = $1 AND t.slug = $2 AND t.deleted_at IS NOT NULL AND m.role = 'owner'`,
};

async function findMembership(userId: string, slug: string): Promise<Membership | null> {
  const found = await lookUp(userId, slug, { ...MEMBERSHIP, values: [userId, slug] });
  // A workspace that has changed its slug is still found under the former one for a while.
  return found ?? lookUp(userId, slug, { ...FORMER_MEMBERSHIP, values: [userId, slug, now()] });
}

async function lookUp(userId: string, slug: string, statement: Statement): Promise<Membership | null> {
  if (!SLUG.test(slug)) return null;
  const [membership] = await queryUser<Membership & Record<string, unknown>>(userId, statement);
  return membership ?? null;
}

function tenantNotFound(): AppError {
  return notFound("Workspace");
}
