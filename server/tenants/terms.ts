// Roles and permissions in a tenant. Pure: pages may import it.

/** Highest rank first. */
export const TENANT_ROLES = ["owner", "admin", "member", "viewer"] as const;
export type TenantRole = (typeof TENANT_ROLES)[number];

export const ROLE_LABELS: Record<TenantRole, string> = {
  owner: "Owner",
  admin: "Admin",
  member: "Member",
  viewer: "Viewer",
};

/** Nobody acts on somebody of their own rank or above (owners alone may, on owners), nor grants a role above their own. */
export const ROLE_RANK: Record<TenantRole, number> = { owner: 3, admin: 2, member: 1, viewer: 0 };

/** The one table of who may what: each permission with the lowest role that holds it; higher roles hold it too. */
export const PERMISSION_TABLE = {
  "tenant.read": { from: "viewer", meaning: "Open the workspace and see what is shared in it" },
  "chat.read": { from: "viewer", meaning: "Read conversations of one's own, and shared ones" },
  "tools.read": { from: "viewer", meaning: "See which agents, tools and models there are" },
  "members.read": { from: "viewer", meaning: "See who belongs to the workspace" },
  "chat.write": { from: "member", meaning: "Chat, use agents and tools" },
  "chat.delete": { from: "member", meaning: "Delete conversations of one's own, and take them back" },
  "usage.read": { from: "member", meaning: "See one's own use, its costs and limits, and ask for more" },
  "members.manage": { from: "admin", meaning: "Invite and remove people, change their roles" },
  "settings.manage": { from: "admin", meaning: "Change the workspace's settings" },
  "billing.read": { from: "admin", meaning: "See plan, reserve, limits, and what everybody uses" },
  "billing.manage": { from: "admin", meaning: "Change plan, payment and limits" },
  "audit.read": { from: "admin", meaning: "Read the workspace's audit log" },
  "support.manage": { from: "admin", meaning: "Let Parley's support look in, and end it" },
  "machines.manage": { from: "admin", meaning: "Make machine accounts, issue and revoke their tokens" },
  "tenant.transfer": { from: "owner", meaning: "Hand the workspace to another owner" },
  "tenant.delete": { from: "owner", meaning: "Delete the workspace" },
} as const satisfies Record<string, { from: TenantRole; meaning: string }>;

export type Permission = keyof typeof PERMISSION_TABLE;
export const PERMISSIONS = Object.keys(PERMISSION_TABLE) as Permission[];

/** T-5: what somebody is told whose role lacks the permission. */
export const TEXT_FORBIDDEN = "You don't have permission to perform this action.";

/** What each role may, as the table says. */
export const ROLE_PERMISSIONS: Record<TenantRole, ReadonlySet<Permission>> = {
  viewer: permissionsOf("viewer"),
  member: permissionsOf("member"),
  admin: permissionsOf("admin"),
  owner: permissionsOf("owner"),
};

/** Whether a role may act on somebody of that present role: a higher rank may, and owners may on owners. */
export function mayActOn(actor: TenantRole, present: TenantRole): boolean {
  return actor === "owner" || ROLE_RANK[actor] > ROLE_RANK[present];
}

/** Whether a role may give that role to others: none above its own. */
export function mayGrant(actor: TenantRole, role: TenantRole): boolean {
  return ROLE_RANK[actor] >= ROLE_RANK[role];
}

export const TEXT_LAST_OWNER = "A workspace needs an owner. Make somebody else an owner first.";
export const TEXT_NO_SEAT =
  "All seats of this workspace are taken. Ask an admin to free one, or to get more.";

function permissionsOf(role: TenantRole): ReadonlySet<Permission> {
  return new Set(
    PERMISSIONS.filter((permission) => ROLE_RANK[PERMISSION_TABLE[permission].from] <= ROLE_RANK[role]),
  );
}

export const TENANT_NAME_LENGTH_MAX = 80;
export const SLUG_LENGTH_MAX = 48;
/** A workspace's name in addresses. */
export const SLUG = /^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$/;
/** How many workspaces one person may own: a brake on abuse, not a plan limit. */
export const OWNED_TENANTS_MAX = 20;

/** Days that a former slug leads to its workspace and is nobody else's. */
export const SLUG_HELD_DAYS = 30;
/** Days that an owner can bring a deleted workspace back. */
export const TENANT_GRACE_DAYS = 7;
export const BILLING_CONTACTS_MAX = 10;
export const WEBHOOK_URL_LENGTH_MAX = 2_000;
export const PLAN_METADATA_MAX = 20;
export const METADATA_KEY_LENGTH_MAX = 40;
export const METADATA_VALUE_LENGTH_MAX = 200;
/** Days that conversations may be kept for at most when they are not kept for good. */
export const RETENTION_DAYS_MAX = 3_650;

/** What a workspace's admins can switch off; everything is on until they do. */
export const FEATURES = ["webSearch", "conversationSearch", "conversationExport"] as const;
export type Feature = (typeof FEATURES)[number];

export const FEATURE_TEXTS: Record<Feature, { label: string; description: string }> = {
  webSearch: {
    label: "Web search",
    description: "Agents may search the public web. The words they search for leave Parley.",
  },
  conversationSearch: {
    label: "Search in own conversations",
    description: "Agents may look things up in the earlier conversations of the person they talk to.",
  },
  conversationExport: {
    label: "Export of conversations",
    description: "Members may download their conversations as files.",
  },
};

export const TEXT_STALE_SETTINGS =
  "Somebody saved these settings after you opened them. What they saved stands beside what you typed; save again to replace it.";
export const TEXT_SLUG_TAKEN = "This address is taken.";

export const AUDIT_ROWS_PER_PAGE = 50;
export const AUDIT_ROWS_PER_PAGE_MAX = 100;
/** Downloads of the log that a workspace's people can begin in an hour, each of them. */
export const AUDIT_EXPORTS_PER_HOUR = 10;
