// Scopes of machine tokens, what each of them may, the catalogue of accounts, and limits. Pure: pages may import it.

import type { PlatformPermission } from "../auth/terms";
import type { Permission, TenantRole } from "../tenants/terms";

/** What a scope gives in the token's tenant: a role for what goes by rank, and these permissions of it alone. */
interface TenantRights {
  in: "tenant";
  role: TenantRole;
  permissions: readonly Permission[];
  says: string;
}

/** What a scope of a token without a tenant gives. */
interface PlatformRights {
  in: "platform";
  permissions: readonly PlatformPermission[];
  says: string;
}

/** The one table of machine scopes; docs/machines.md is written from it, which a test checks. */
export const SCOPE_RIGHTS = {
  "conversations:read": {
    in: "tenant",
    role: "viewer",
    permissions: ["tenant.read", "tools.read", "chat.read"],
    says: "read its own conversations, agents and models",
  },
  "conversations:write": {
    in: "tenant",
    role: "member",
    permissions: ["tenant.read", "tools.read", "chat.read", "chat.write"],
    says: "also start and change its own conversations",
  },
  "conversations:delete": {
    in: "tenant",
    role: "member",
    permissions: ["tenant.read", "chat.read", "chat.delete"],
    says: "delete its own conversations and take them back",
  },
  "tools:read": {
    in: "tenant",
    role: "viewer",
    permissions: ["tenant.read", "tools.read"],
    says: "list agents, tools and models",
  },
  "billing:read": {
    in: "tenant",
    role: "admin",
    permissions: ["tenant.read", "usage.read", "billing.read"],
    says: "read what the workspace uses and pays",
  },
  "billing:manage": {
    in: "tenant",
    role: "admin",
    permissions: ["tenant.read", "usage.read", "billing.read", "billing.manage"],
    says: "also change what the workspace pays for",
  },
  "support:read": {
    in: "tenant",
    role: "member",
    permissions: ["tenant.read"],
    says: "read the workspace's tickets",
  },
  "activity:read": {
    in: "tenant",
    role: "admin",
    permissions: ["tenant.read", "audit.read"],
    says: "read the workspace's audit log",
  },
  "support:*": {
    in: "platform",
    permissions: ["users.read"],
    says: "look up people for support",
  },
  "status:manage": {
    in: "platform",
    permissions: [],
    says: "change what the status page says",
  },
  "platform:operator": {
    in: "platform",
    permissions: ["users.read", "auditLog.read"],
    says: "read what operators read: people and the audit log",
  },
} as const satisfies Record<string, TenantRights | PlatformRights>;

export type MachineScope = keyof typeof SCOPE_RIGHTS;

export const MACHINE_SCOPES = Object.keys(SCOPE_RIGHTS) as [MachineScope, ...MachineScope[]];

/** Scopes of tokens for a workspace; the others are of tokens without one. */
export const TENANT_SCOPES = MACHINE_SCOPES.filter((scope) => SCOPE_RIGHTS[scope].in === "tenant");

export interface CataloguedAccount {
  description: string;
  in: "tenant" | "platform";
  scopes: readonly MachineScope[];
  refreshValidDays: number;
}

/** Accounts that every workspace (or the platform) has without making them. */
export const CATALOGUE = {
  "analytics-batch": {
    description: "Reads usage and activity in batches",
    in: "tenant",
    scopes: ["conversations:read", "billing:read", "activity:read"],
    refreshValidDays: 30,
  },
  "billing-worker": {
    description: "Keeps an accounting system in step with billing",
    in: "tenant",
    scopes: ["billing:read", "billing:manage"],
    refreshValidDays: 30,
  },
  "support-console": {
    description: "The support desk's own console",
    in: "platform",
    scopes: ["support:*", "status:manage", "platform:operator"],
    refreshValidDays: 7,
  },
  "synthetic-monitor": {
    description: "Chats like a person to see that chatting works",
    in: "tenant",
    scopes: ["conversations:read", "conversations:write", "conversations:delete", "tools:read"],
    refreshValidDays: 1,
  },
  "demo-bot": {
    description: "Fills a workspace with conversations for a demonstration",
    in: "tenant",
    scopes: ["conversations:read", "conversations:write", "tools:read"],
    refreshValidDays: 7,
  },
} as const satisfies Record<string, CataloguedAccount>;

export type CatalogueName = keyof typeof CATALOGUE;

/** What the catalogue says of an account, if it is one of it. */
export function catalogued(name: string): CataloguedAccount | undefined {
  return Object.hasOwn(CATALOGUE, name) ? CATALOGUE[name as CatalogueName] : undefined;
}

/** Of accounts that a workspace made itself. */
export const OWN_ACCOUNT_REFRESH_VALID_DAYS = 30;
export const ACCOUNTS_PER_TENANT_MAX = 50;

export const ACCESS_VALID_SECONDS = 15 * 60;
export const CLOCK_TOLERANCE_SECONDS = 2 * 60;
export const NONCE_VALID_SECONDS = 5 * 60;
/** Signing keys older than this are due to be rolled. */
export const KEY_VALID_DAYS = 90;

export const ACCOUNT_NAME = /^[a-z0-9](?:[a-z0-9-]{1,46}[a-z0-9])$/;
export const ACCOUNT_NAME_LENGTH_MAX = 48;
export const ACCOUNT_DESCRIPTION_LENGTH_MAX = 200;
export const REASON_LENGTH_MIN = 5;
export const REASON_LENGTH_MAX = 300;
export const TOKENS_PAGE_SIZE = 10;
export const FINGERPRINT = /^[0-9a-f]{16}$/;

export const TOKEN_STATES = ["active", "expired", "revoked"] as const;
export type TokenState = (typeof TOKEN_STATES)[number];

export type IssuedVia = "browser" | "cli" | "vault";

export const TEXT_TOKEN_REFUSED = "This token is not valid.";
export const TEXT_TOKEN_ACTIVE =
  "This account has an active token with these scopes. Revoke it before issuing another one.";
