// Who somebody is, in one answer: the person, where they belong, and what the workspace of this session may use.

import type { SessionState } from "../auth/sessions";
import { publicProfile } from "../auth/users";
import { AppError } from "../platform/errors";
import { logger } from "../platform/logger";
import type { RequestInfo } from "../request";
import { resolveScope } from "../tenants/scope";
import { listMemberships } from "../tenants/tenants";
import { currentPlan } from "./plans";

const log = logger("catalogue");

/** The signed-in person; `plan` and `limits` are of the active workspace, and null and empty where there is none. */
export async function describeCaller(session: SessionState, request: RequestInfo) {
  const memberships = await listMemberships(session.userId);
  const active = memberships.find(({ tenant }) => tenant.id === session.activeTenantId);
  const activeTenant = active?.tenant ?? null;
  const entitlement = activeTenant && (await entitlementIn(activeTenant.slug, session, request));
  return {
    ...publicProfile(session),
    memberships,
    activeTenant,
    plan: entitlement?.plan ?? null,
    limits: entitlement?.limits ?? [],
  };
}

async function entitlementIn(slug: string, session: SessionState, request: RequestInfo) {
  try {
    const scope = await resolveScope({ unverifiedTenantSlug: slug, session, request, logger: log });
    const { plan, standing, trialEndsAt } = await currentPlan(scope);
    return { plan: { code: plan.code, name: plan.name, standing, trialEndsAt }, limits: plan.limits };
  } catch (error) {
    // Left a moment ago, or no catalogue is loaded: a person is somebody all the same.
    if (error instanceof AppError && error.code === "not_found") return null;
    throw error;
  }
}
