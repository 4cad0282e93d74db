// Roles and permissions in a tenant. Pure: pages may import it.

/** Highest rank first. */
export const TENANT_ROLES = ["owner", "admin", "member", "viewer"] as const;
export type TenantRole = (typeof TENANT_ROLES)[number];

export const PERMISSIONS = [
  "tenant.read",
  "chat.read",
  "chat.write",
  "members.read",
  "members.manage",
  "settings.manage",
  "billing.manage",
  "audit.read",
  "tenant.transfer",
  "tenant.delete",
] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** T-5: what somebody is told whose role lacks the permission. */
export const TEXT_FORBIDDEN = "You don't have permission to perform this action.";

const VIEWER: Permission[] = ["tenant.read", "chat.read", "members.read"];
const MEMBER: Permission[] = [...VIEWER, "chat.write"];
const ADMIN: Permission[] = [...MEMBER, "members.manage", "settings.manage", "billing.manage", "audit.read"];
const OWNER: Permission[] = [...ADMIN, "tenant.transfer", "tenant.delete"];

/** What each role may. */
export const ROLE_PERMISSIONS: Record<TenantRole, ReadonlySet<Permission>> = {
  viewer: new Set(VIEWER),
  member: new Set(MEMBER),
  admin: new Set(ADMIN),
  owner: new Set(OWNER),
};

export const TENANT_NAME_LENGTH_MAX = 80;
export const SLUG_LENGTH_MAX = 48;
/** A workspace's name in addresses. */
export const SLUG = /^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$/;
/** How many workspaces one person may own: a brake on abuse, not a plan limit. */
export const OWNED_TENANTS_MAX = 20;
