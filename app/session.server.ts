// Door 2: who is asking for this page. Each loader and action begins with one of these; the ladder of procedures
// decides again behind it.

import { redirect } from "@remix-run/node";
import { mustConfirmAddress } from "../server/auth/address/verification";
import { blankSessionCookie, readSessionToken } from "../server/auth/session-cookie";
import { noteActiveTenant, type SessionState } from "../server/auth/sessions";
import { requireRecentAuthentication } from "../server/auth/sign-in/step-up";
import type { PlatformPermission } from "../server/auth/terms";
import { requireOperator as requireOperatorSession, requireVerified, scopeOf } from "../server/context";
import { config } from "../server/platform/config";
import { notFound } from "../server/platform/errors";
import { appErrorOf } from "../server/refusals";
import { notePage } from "../server/support-access/scope";
import { findDeletedOwn, type Scope } from "../server/tenants/scope";
import { contextOf } from "./api.server";
import { pagePath, type RouteArgs, safeRedirect, toResponse } from "./http.server";

/** The signed-in person, verified; visitors go to sign-in, unverified people to /verify-email. */
export async function requireUser(args: RouteArgs): Promise<SessionState> {
  const { session } = await contextOf(args);
  return orRespond(args, () => requireVerified(session));
}

/** The signed-in person who proved within ten minutes who they are; others are asked at /account/confirm first. */
export async function requireRecent(args: RouteArgs): Promise<SessionState> {
  const session = await requireUser(args);
  await orRespond(args, () => requireRecentAuthentication(session));
  return session;
}

/**
 * The signed-in member of the route's tenant; strangers get the 404 of a tenant that does not exist. A former slug leads
 * to the page under the present one, and the owner of a deleted workspace to where it can be brought back.
 */
export async function requireMember(args: RouteArgs): Promise<{ session: SessionState; scope: Scope }> {
  const context = await contextOf(args);
  return orRespond(args, async () => {
    const session = requireVerified(context.session);
    requireFeature(args);
    const scope = await scopeOf(context, session).catch(async (refusal: unknown) => {
      const deleted = await findDeletedOwn(session, context.unverifiedTenantSlug);
      throw deleted ? redirect("/account/workspaces") : refusal;
    });
    const { tenant: named = scope.tenant.slug } = args.params;
    if (named !== scope.tenant.slug && args.request.method === "GET") {
      throw redirect(pagePath(args.request).replace(`/t/${named}`, `/t/${scope.tenant.slug}`));
    }
    if (scope.grantId === undefined) await noteActiveTenant(session, scope.tenantId);
    else await notePage(scope);
    return { session, scope };
  });
}

/** The signed-in operator whose platform role holds this permission; visitors go to sign-in, others get T-5. */
export async function requireOperator(
  args: RouteArgs,
  permission: PlatformPermission,
): Promise<SessionState> {
  const { session } = await contextOf(args);
  return orRespond(args, () => {
    const operator = requireOperatorSession(session, permission);
    requireFeature(args);
    return operator;
  });
}

/** Whether Parley sells anything here: without it no page leads to billing. */
export function hasBilling(): boolean {
  return config().billing.isOn;
}

/** Who the shell says is signed in; operators find their pages in its menu. */
export function shellPerson(session: SessionState) {
  return {
    name: session.displayName,
    email: session.email,
    avatarId: session.avatarId,
    times: session.times,
    isOperator: session.platformRole !== "user",
  };
}

/** Marks a loader or action that everyone may call, and tells who is there, if anyone. */
export async function allowPublic(args: RouteArgs): Promise<SessionState | null> {
  const { session } = await contextOf(args);
  return session;
}

export { mustConfirmAddress };

/** For sign-in and registration: who is signed in already goes on to where they wanted to be. */
export async function redirectSignedIn(args: RouteArgs): Promise<void> {
  const { session } = await contextOf(args);
  if (session === null) return;
  const wanted = new URL(args.request.url).searchParams.get("redirectTo");
  throw redirect(mustConfirmAddress(session) ? "/verify-email" : safeRedirect(wanted));
}

/**
 * For a page where somebody waits, signed in: when their session has ended meanwhile, they sign in again. Once, since the
 * page is open to people without a session too.
 */
export async function redirectEnded(args: RouteArgs): Promise<void> {
  const { session, cookie, setCookie } = await contextOf(args);
  if (session !== null || readSessionToken(cookie) === null) return;
  setCookie(blankSessionCookie());
  throw redirect("/login");
}

/** For pages that exist outside production only: there they are public, in production they are not there. */
export function allowDevelopment(args: RouteArgs): void {
  if (config().isProduction) throw toResponse(notFound(), args);
}

// Pages that are there only while their feature is switched on.
const BILLING_PAGES = /^\/(t\/[^/]+\/billing|admin\/billing\/events)(\/|$)/;

function requireFeature({ request }: RouteArgs): void {
  if (BILLING_PAGES.test(new URL(request.url).pathname) && !hasBilling()) throw notFound();
}

async function orRespond<T>(args: RouteArgs, find: () => T | Promise<T>): Promise<T> {
  try {
    return await find();
  } catch (error) {
    const refusal = appErrorOf(error);
    throw refusal ? toResponse(refusal, args) : error;
  }
}
