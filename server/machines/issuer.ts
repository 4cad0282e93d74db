// Who gives out and takes back machine tokens, and where. A person does so in a workspace whose machines they manage, with
// no more rights than they have themselves; a platform admin does so for the platform's own accounts. Commands and signed
// requests are trusted with any place.

import type { AuditEntry } from "../audit/log";
import type { SessionState } from "../auth/sessions";
import { requireRecentAuthentication } from "../auth/sign-in/step-up";
import { PLATFORM_ROLE_PERMISSIONS, TEXT_SECOND_FACTOR_NEEDED } from "../auth/terms";
import { db } from "../platform/db";
import { AppError, notFound } from "../platform/errors";
import { logger } from "../platform/logger";
import type { Prisma } from "../platform/prisma/client";
import { type TenantId, withTenant } from "../platform/tenant-db";
import type { RequestInfo } from "../request";
import { findNamedTenant, resolveScope, type Scope } from "../tenants/scope";
import { type Permission, TEXT_FORBIDDEN } from "../tenants/terms";
import { type IssuedVia, type MachineScope, SCOPE_RIGHTS } from "./terms";

export interface Issuer {
  via: IssuedVia;
  actor: AuditEntry["actor"];
  request: RequestInfo;
}

/** A person at a browser. */
export interface Person {
  session: SessionState;
  request: RequestInfo;
}

/** Where something of machines is done: in a tenant, or on the platform (null). */
export interface Place {
  tenantId: TenantId | null;
  tenant: { id: string; slug: string; name: string } | null;
  /** The rights of the person who acts; null for commands and signed requests. */
  scope: Scope | null;
}

const log = logger("machines");

/** The place a person names, if its machines are theirs to manage. Strangers get not_found, others T-5. */
export async function placeOf(person: Person, unverifiedTenantSlug: string): Promise<Place> {
  if (unverifiedTenantSlug === "") return platformPlace(person.session);
  const scope = await resolveScope({ unverifiedTenantSlug, ...person, logger: log });
  if (!scope.permissions.has("machines.manage")) throw new AppError("forbidden", TEXT_FORBIDDEN);
  return { tenantId: scope.tenantId, tenant: scope.tenant, scope };
}

/** The place that a command or a signed request names. Throws not_found for slugs that do not exist. */
export async function namedPlace(slug: string): Promise<Place> {
  if (slug === "") return { tenantId: null, tenant: null, scope: null };
  const found = await findNamedTenant(slug);
  if (found === null) throw notFound("Workspace");
  return { ...found, scope: null };
}

/** Whether a person may see and manage the platform's own machines. */
export function managesPlatform({ platformRole, aal }: SessionState): boolean {
  return PLATFORM_ROLE_PERMISSIONS[platformRole].has("machineTokens.manage") && aal === 2;
}

/** Throws unless the person proved lately who they are: what is issued outlives their session. */
export function requireIssuer({ session }: Person): void {
  requireRecentAuthentication(session);
}

/** Throws T-5 when a person would give more than they have. */
export function requireOwnRights({ scope }: Place, scopes: readonly MachineScope[]): void {
  if (scope === null) return;
  const needed = scopes.flatMap((name): readonly string[] => SCOPE_RIGHTS[name].permissions);
  if (needed.every((permission) => scope.permissions.has(permission as Permission))) return;
  throw new AppError("forbidden", TEXT_FORBIDDEN);
}

/** A transaction in which the rows of this place, and no others, can be read and written. */
export function inPlace<T>(
  { tenantId }: Pick<Place, "tenantId">,
  actorId: string | null,
  work: (tx: Prisma.TransactionClient) => Promise<T>,
): Promise<T> {
  if (tenantId === null) return db().$transaction(work);
  return withTenant({ tenantId, userId: actorId ?? "" }, work);
}

function platformPlace(session: SessionState): Place {
  if (!PLATFORM_ROLE_PERMISSIONS[session.platformRole].has("machineTokens.manage")) {
    throw new AppError("forbidden", TEXT_FORBIDDEN);
  }
  if (session.aal !== 2) {
    throw new AppError("forbidden", TEXT_SECOND_FACTOR_NEEDED, { reason: "totp_required" });
  }
  return { tenantId: null, tenant: null, scope: null };
}
