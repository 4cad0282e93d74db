// Who may change whom. Roles are read again under the workspace's lock, since the request may have begun before they
// changed; operators and machines belong to no workspace and change nobody.

import { AppError, notFound } from "../platform/errors";
import type { TenantDb } from "../platform/tenant-db";
import { findRole } from "../tenants/memberships";
import type { Scope } from "../tenants/scope";
import {
  mayActOn,
  mayGrant,
  type Permission,
  ROLE_PERMISSIONS,
  TEXT_FORBIDDEN,
  type TenantRole,
} from "../tenants/terms";
import { TEXT_RANK } from "./terms";

/** The actor's role as it is now. Throws T-5 unless it holds the permission. The caller holds the workspace's lock. */
export async function requireOwnRole(
  tx: TenantDb,
  scope: Scope,
  permission: Permission,
): Promise<TenantRole> {
  const own = scope.actor.type === "user" ? await findRole(tx, scope) : null;
  if (own !== null && ROLE_PERMISSIONS[own].has(permission)) return own;
  throw new AppError("forbidden", TEXT_FORBIDDEN);
}

/** Throws `forbidden` unless the actor manages members and may give this role. */
export async function requireGrant(tx: TenantDb, scope: Scope, role: TenantRole): Promise<TenantRole> {
  const own = await requireOwnRole(tx, scope, "members.manage");
  if (mayGrant(own, role)) return own;
  throw new AppError("forbidden", TEXT_RANK);
}

/** The present role of a member the actor may change. Throws not_found for strangers, `forbidden` by rank. */
export async function requireChangeable(
  tx: TenantDb,
  { tenantId }: Scope,
  { own, userId }: { own: TenantRole; userId: string },
): Promise<TenantRole> {
  const present = await findRole(tx, { tenantId, userId });
  if (present === null) throw notFound("Member");
  if (mayActOn(own, present)) return present;
  throw new AppError("forbidden", TEXT_RANK);
}
