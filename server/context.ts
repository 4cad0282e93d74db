// From a request to a scope: who asks, by the cookie's session, and for which tenant, by their membership; or which machine
// asks, by its bearer token, which names the tenant. All are read once for everything that one request runs.

import { assertAddressConfirmed } from "./auth/address/verification";
import { areLive } from "./auth/session/lives";
import type { Recheck } from "./auth/session/standing";
import { isSessionCookie, readSessionToken } from "./auth/session-cookie";
import { type SessionState, validateSession } from "./auth/sessions";
import { PLATFORM_ROLE_PERMISSIONS, type PlatformPermission, TEXT_SECOND_FACTOR_NEEDED } from "./auth/terms";
import type { Machine } from "./machines/access-tokens";
import { readBearer, recogniseMachine, scopeOfMachine } from "./machines/identity";
import { readSignedCall, type SignedCall } from "./machines/vault";
import { AppError } from "./platform/errors";
import { logger } from "./platform/logger";
import { sign } from "./platform/signs";
import type { RequestInfo } from "./request";
import { findSupportScope } from "./support-access/scope";
import { areMembers } from "./tenants/memberships";
import { resolveScope, type Scope } from "./tenants/scope";
import { type Permission, TEXT_FORBIDDEN } from "./tenants/terms";

const log = logger("context");

export interface Context {
  info: RequestInfo;
  cookie: string | null;
  session: SessionState | null;
  /** Who calls with a bearer token; a cookie beside it is not looked at. */
  machine: Machine | null;
  /** What claims to be signed by Vault. */
  signedCall: SignedCall | null;
  authorization: string | null;
  /** As the client named it; `resolveScope` decides. */
  unverifiedTenantSlug: string | null;
  /** Sends a cookie with the answer, whatever the door. */
  setCookie(header: string): void;
}

export interface ContextHeaders {
  cookie: string | null;
  tenantSlug: string | null;
  /** Absent where machines do not call. */
  authorization?: string | null;
  /** What a call signed by Vault is for. */
  vaultPayload?: string | null;
}

/**
 * The context of one request: the session is validated against the database, once for everything that one request runs,
 * and a renewed cookie goes out with the answer. Throws `unauthorized` for a bearer token that is not valid.
 */
export async function createContext(headers: ContextHeaders, info: RequestInfo): Promise<Context> {
  const { cookie, tenantSlug, authorization = null, vaultPayload = null } = headers;
  const memo = memoOf(info);
  const bearer = readBearer(authorization);
  if (bearer !== null) memo.machine ??= recogniseMachine(bearer, info);
  else memo.session ??= sessionOf(cookie, info);
  return {
    info,
    cookie,
    authorization,
    session: (await memo.session) ?? null,
    machine: (await memo.machine) ?? null,
    signedCall: readSignedCall({ authorization, payload: vaultPayload }),
    unverifiedTenantSlug: tenantSlug,
    setCookie: (header) => {
      info.reply.cookies.push(header);
    },
  };
}

/** The scope of whoever calls: a verified person who is a member, or a machine of the tenant. */
export function callerScope(ctx: Context): Promise<Scope> {
  const { machine, info, unverifiedTenantSlug } = ctx;
  if (machine === null) return scopeOf(ctx, requireVerified(ctx.session));
  const bindings = { correlation_id: info.id, user_id: machine.accountId };
  const from = { unverifiedTenantSlug, request: info, logger: log.child(bindings) };
  return Promise.resolve(scopeOfMachine(machine, from));
}

/** The scope of a context whose session is verified; one membership lookup per request and slug. */
export function scopeOf(ctx: Context, session: SessionState): Promise<Scope> {
  const slug = ctx.unverifiedTenantSlug;
  if (slug === null) return Promise.reject(new AppError("not_found", "Workspace not found."));
  const { scopes } = memoOf(ctx.info);
  const known = scopes.get(slug);
  if (known !== undefined) return known;
  const scope = memberOrGranted({
    unverifiedTenantSlug: slug,
    session,
    request: ctx.info,
    logger: log.child({ correlation_id: ctx.info.id, user_id: session.userId }),
  });
  scopes.set(slug, scope);
  return scope;
}

/** Members come by their membership; an operator who is none by a grant of the workspace. */
async function memberOrGranted(from: Parameters<typeof findSupportScope>[0]): Promise<Scope> {
  if (from.session.platformRole === "user") return resolveScope(from);
  try {
    return await resolveScope(from);
  } catch (error) {
    const granted = isNotFound(error) ? await findSupportScope(from) : null;
    if (granted === null) throw error;
    return granted;
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof AppError && error.code === "not_found";
}

export function requireSession(session: SessionState | null): SessionState {
  if (session === null) throw new AppError("unauthorized", "Please sign in.");
  return session;
}

export function requireVerified(session: SessionState | null): SessionState {
  const known = requireSession(session);
  assertAddressConfirmed(known);
  return known;
}

export function requirePermission(scope: Scope, permission: Permission): void {
  if (!scope.permissions.has(permission)) throw new AppError("forbidden", TEXT_FORBIDDEN);
}

/** A verified person whose platform role holds this permission (T-5), signed in with a second factor. */
export function requireOperator(session: SessionState | null, permission: PlatformPermission): SessionState {
  const known = requireVerified(session);
  if (!PLATFORM_ROLE_PERMISSIONS[known.platformRole].has(permission)) {
    throw new AppError("forbidden", TEXT_FORBIDDEN);
  }
  if (known.aal === 2) return known;
  throw new AppError("forbidden", TEXT_SECOND_FACTOR_NEEDED, { reason: "totp_required" });
}

/** The machine that calls. Throws `unauthorized` when a person does, or nobody. */
export function requireMachine(machine: Machine | null): Machine {
  if (machine !== null) return machine;
  throw new AppError("unauthorized", "Send a machine's access token as a bearer token.");
}

interface Memo {
  machine?: Promise<Machine>;
  session?: Promise<SessionState | null>;
  scopes: Map<string, Promise<Scope>>;
}

// What this request has already looked up.
const memos = new WeakMap<RequestInfo, Memo>();

function memoOf(info: RequestInfo): Memo {
  const known = memos.get(info);
  if (known !== undefined) return known;
  const memo: Memo = { scopes: new Map() };
  memos.set(info, memo);
  return memo;
}

/** Drops what this request has looked up; a mutation may have changed any of it. */
export function forgetRequest(info: RequestInfo): void {
  memos.delete(info);
}

/**
 * How a long answer asks again and again whether it may go on, since the session or the membership that opened it may have
 * ended. Machines, and operators under a grant, ask for everything each time.
 */
export function recheckOf(ctx: Context, scope: Scope, permission: Permission): Recheck {
  const { session } = ctx;
  const ask = () => recheckMember(ctx, permission);
  if (session === null || scope.grantId !== undefined) return { ask, signs: null };
  const { tenantId, userId, role } = scope;
  const membership = { tenantId, userId, role, slug: scope.tenant.slug };
  return { ask, signs: [sign(areLive, session.sessionId), sign(areMembers, membership)] };
}

/** The scope once more, from the database. Throws what a new request would be refused with. */
export async function recheckMember(ctx: Context, permission: Permission): Promise<Scope> {
  forgetRequest(ctx.info);
  const { cookie, authorization, unverifiedTenantSlug: tenantSlug } = ctx;
  const fresh = await createContext({ cookie, authorization, tenantSlug }, ctx.info);
  const scope = await callerScope(fresh);
  requirePermission(scope, permission);
  return scope;
}

async function sessionOf(cookie: string | null, info: RequestInfo): Promise<SessionState | null> {
  // A session that this very request began or ended counts for the rest of it: an action's page is rendered after it.
  const issued = info.reply.cookies.findLast(isSessionCookie);
  const token = readSessionToken(issued === undefined ? cookie : (issued.split(";")[0] ?? null));
  if (token === null) return null;
  const session = await validateSession(token, info);
  if (session?.renewedCookie !== undefined) info.reply.cookies.push(session.renewedCookie);
  return session;
}
