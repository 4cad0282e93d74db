// How an operator comes into a workspace: by a live grant of that workspace, for reading, and with a row in the
// workspace's own audit log for every page and procedure. Without a live grant nothing is found.

import { recordAudit } from "../audit/log";
import { announceStanding } from "../auth/session/standing";
import type { SessionState } from "../auth/sessions";
import { PLATFORM_ROLE_PERMISSIONS } from "../auth/terms";
import { now } from "../platform/clock";
import { platformPool } from "../platform/db";
import { AppError } from "../platform/errors";
import type { Logger } from "../platform/logger";
import { withTenant } from "../platform/tenant-db";
import type { RequestInfo } from "../request";
import { grantedTenantId, type Scope } from "../tenants/scope";
import { PERMISSIONS, type Permission, SLUG } from "../tenants/terms";
import { TEXT_READ_ONLY } from "./terms";

/** Everything that reads, but for conversations: those are inspected, masked or not, by `inspection.ts` alone. */
const SUPPORT_PERMISSIONS: ReadonlySet<Permission> = new Set(
  PERMISSIONS.filter((permission) => permission.endsWith(".read") && permission !== "chat.read"),
);

interface GrantRow {
  id: string;
  expires_at: Date;
  tenant_id: string;
  slug: string;
  name: string;
}

// The platform role's work: an operator is no member of the workspace, which decides by its grant alone.
const LIVE_GRANT = {
  name: "support_grant_live",
  text: `SELECT g.id, g.expires_at, t.id AS tenant_id, t.slug, t.name
           FROM support_grants g JOIN tenants t ON t.id = g.tenant_id
          WHERE g.operator_id = $1 AND t.slug = $2 AND t.deleted_at IS NULL AND g.state = 'live' AND g.expires_at > $3`,
};

/** The scope of an operator in a workspace that granted it to them; null for everybody else and without a live grant. */
export async function findSupportScope(from: {
  unverifiedTenantSlug: string;
  session: Pick<SessionState, "userId" | "platformRole" | "aal">;
  request: RequestInfo;
  logger: Logger;
}): Promise<Scope | null> {
  const { session, request, unverifiedTenantSlug } = from;
  if (session.aal !== 2 || !PLATFORM_ROLE_PERMISSIONS[session.platformRole].has("tenants.support"))
    return null;
  if (!SLUG.test(unverifiedTenantSlug)) return null;
  const values = [session.userId, unverifiedTenantSlug, now()];
  const { rows } = await platformPool().query<GrantRow>({ ...LIVE_GRANT, values });
  const [grant] = rows;
  if (!grant) return null;
  return {
    tenantId: grantedTenantId(grant.tenant_id),
    userId: session.userId,
    actor: { type: "operator", id: session.userId },
    grantId: grant.id,
    grantEndsAt: grant.expires_at,
    role: "viewer",
    permissions: SUPPORT_PERMISSIONS,
    logger: from.logger.child({ tenant_id: grant.tenant_id }),
    requestId: request.id,
    tenant: { id: grant.tenant_id, slug: grant.slug, name: grant.name },
    request,
  };
}

interface Call {
  procedure: string;
  permission: Permission;
  type: "query" | "mutation" | "subscription";
}

/**
 * Lets a call of an operator through: it is written down first, refused or not. Throws `forbidden` for what changes
 * anything. An open stream is asked again when the grant runs out.
 */
export async function enterUnderGrant(scope: Scope, { procedure, permission, type }: Call): Promise<void> {
  const isRefused = type === "mutation" || !scope.permissions.has(permission);
  await noteDeed(scope, { type: "procedure", id: procedure, isRefused });
  if (type === "mutation") throw new AppError("forbidden", TEXT_READ_ONLY);
  if (type === "subscription") askAgainAtTheEnd(scope);
}

const notedPages = new WeakSet<RequestInfo>();

/** Writes down that an operator opened a page; once for all loaders of one request. */
export async function notePage(scope: Scope): Promise<void> {
  if (notedPages.has(scope.request)) return;
  notedPages.add(scope.request);
  const [path = "/"] = scope.request.url.split("?");
  await noteDeed(scope, { type: "page", id: path.replace(/\.data$/, "") });
}

interface Deed {
  type: "page" | "procedure";
  id: string;
  isRefused?: boolean;
}

async function noteDeed(scope: Scope, { type, id, isRefused = false }: Deed): Promise<void> {
  await withTenant(scope, (db) =>
    recordAudit(db, {
      tenantId: scope.tenantId,
      actor: scope.actor,
      action: type === "page" ? "support_access.open_page" : "support_access.call",
      category: "tenant",
      target: { type, id },
      result: isRefused ? "failure" : "success",
      metadata: { grantId: scope.grantId ?? null },
      request: scope.request,
    }),
  );
}

function askAgainAtTheEnd({ userId, grantEndsAt, request }: Scope): void {
  if (grantEndsAt === undefined) return;
  const leftMs = Math.max(0, grantEndsAt.getTime() - now().getTime());
  const timer = setTimeout(() => announceStanding(userId), leftMs);
  timer.unref();
  request.signal?.addEventListener("abort", () => clearTimeout(timer), { once: true });
}
