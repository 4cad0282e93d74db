// A machine as a caller: out of its bearer token, its rights out of its scopes. The scope a machine acts in is made here
// and nowhere else. The tenant is the token's; a slug in the request may repeat it, and can never name another one.

import type { PlatformPermission } from "../auth/terms";
import { AppError, notFound } from "../platform/errors";
import { LIMITS } from "../platform/limit-table";
import type { Logger } from "../platform/logger";
import { consumeLimits } from "../platform/rate-limit";
import type { Limit } from "../platform/rate-limit-store";
import { noteLimit, type RequestInfo } from "../request";
import { machineScope, type Scope } from "../tenants/scope";
import { type Permission, TENANT_ROLES, type TenantRole } from "../tenants/terms";
import { type Machine, verifyAccessToken } from "./access-tokens";
import type { RefreshToken } from "./contract";
import { REFRESH_TOKEN_PREFIX } from "./refresh-token";
import { type MachineScope, SCOPE_RIGHTS } from "./terms";

const BEARER = /^Bearer +(.+)$/i;
/** What a signed request for a token begins with: no token of ours does. */
const VAULT = /^Bearer +vault:/i;

/** The bearer token of a request, if it is meant to be a machine's access token. */
export function readBearer(authorization: string | null): string | null {
  if (authorization === null || VAULT.test(authorization)) return null;
  const token = BEARER.exec(authorization)?.[1]?.trim() ?? null;
  return token?.startsWith(REFRESH_TOKEN_PREFIX) ? null : token;
}

/** The refresh token of a request, from its body or, as machines without a page's origin send it, as its bearer. */
export function presentedRefreshToken(input: RefreshToken, authorization: string | null): string {
  return input.refreshToken ?? BEARER.exec(authorization ?? "")?.[1]?.trim() ?? "";
}

/** The machine that a bearer token stands for, counted against its own and its tenant's limit. Throws `unauthorized`. */
export async function recogniseMachine(token: string, request: RequestInfo): Promise<Machine> {
  const machine = await verifyAccessToken(token);
  const limits: Limit[] = [{ name: "machine.user", key: machine.accountId, ...LIMITS["machine.user"] }];
  if (machine.tenant !== null) {
    limits.push({ name: "machine.tenant", key: machine.tenant.id, ...LIMITS["machine.tenant"] });
  }
  const state = await consumeLimits(limits);
  noteLimit(request.reply, state);
  if (state.allowed) return machine;
  const details = { reason: "rate_limited" as const, retryAfterSeconds: state.retryAfterSeconds };
  throw new AppError("over_limit", "Too many requests. Please wait a moment.", details);
}

/** The scope a machine acts in. Throws not_found for another tenant than its own, and for tokens without one. */
export function scopeOfMachine(
  machine: Machine,
  from: { unverifiedTenantSlug: string | null; request: RequestInfo; logger: Logger },
): Scope {
  const { tenant, accountId } = machine;
  const slug = from.unverifiedTenantSlug;
  if (tenant === null || (slug !== null && slug !== tenant.slug)) throw notFound("Workspace");
  return machineScope({ ...from, tenant, accountId, rights: tenantRights(machine.scopes) });
}

/** What these scopes give in a tenant: the highest of their roles, and their permissions alone. */
export function tenantRights(scopes: readonly MachineScope[]): {
  role: TenantRole;
  permissions: ReadonlySet<Permission>;
} {
  const rights = scopes.map((scope) => SCOPE_RIGHTS[scope]).filter((right) => right.in === "tenant");
  const roles = rights.map(({ role }) => role as TenantRole);
  return {
    role: TENANT_ROLES.find((role) => roles.includes(role)) ?? "viewer",
    permissions: new Set(rights.flatMap(({ permissions }): readonly Permission[] => permissions)),
  };
}

/** What these scopes give on the platform. */
export function platformRights(scopes: readonly MachineScope[]): ReadonlySet<PlatformPermission> {
  const rights = scopes.map((scope) => SCOPE_RIGHTS[scope]).filter((right) => right.in === "platform");
  return new Set(rights.flatMap(({ permissions }): readonly PlatformPermission[] => permissions));
}

/** A machine as it sees itself. */
export function describeMachine({ accountId, accountName, tenant, scopes, expiresAt, tokenId }: Machine) {
  return {
    account: { id: accountId, name: accountName },
    tenant,
    scopes,
    tokenId,
    expiresAt: expiresAt.toISOString(),
  };
}
