// Workspaces for tests, with their people and scopes.

import type { PlanCode } from "../../server/catalogue/terms";
import { db, platformPool } from "../../server/platform/db";
import { logger } from "../../server/platform/logger";
import { withTenant } from "../../server/platform/tenant-db";
import { internalRequest } from "../../server/request";
import { resolveScope, type Scope } from "../../server/tenants/scope";
import { createTenant, type TenantSummary } from "../../server/tenants/tenants";
import type { TenantRole } from "../../server/tenants/terms";
import { makeUser, signIn, type TestUser } from "./users";

export interface TestTenant extends TenantSummary {
  owner: TestUser;
  /** The owner's scope. */
  scope: Scope;
}

/** A workspace with an owner of its own, unless one is given. */
export async function makeTenant(traits: { name?: string; owner?: TestUser } = {}): Promise<TestTenant> {
  const owner = traits.owner ?? (await makeUser());
  const name = traits.name ?? "Quiet Meadow";
  const tenant = await db().$transaction((tx) =>
    createTenant(tx, { name, ownerId: owner.id }, internalRequest()),
  );
  return { ...tenant, owner, scope: await scopeOf(owner, tenant) };
}

/** Adds a person to a workspace, a new one unless given; answers who, and their scope there. */
export async function addMember(
  tenant: TestTenant,
  role: TenantRole = "member",
  person?: TestUser,
): Promise<{ user: TestUser; scope: Scope }> {
  const user = person ?? (await makeUser());
  await withTenant(tenant.scope, (tx) =>
    tx.tenantMember.create({ data: { tenantId: tenant.id, userId: user.id, role } }),
  );
  return { user, scope: await scopeOf(user, tenant) };
}

/** A member who is signed in: who, their scope, and their browser's cookie. */
export async function makeMember(tenant: TestTenant, role: TenantRole = "member", person?: TestUser) {
  const member = await addMember(tenant, role, person);
  const { cookie } = await signIn(member.user);
  return { ...member, cookie };
}

/** Puts a workspace on a plan as it is sold now, paid for. */
export async function putOnPlan({ id }: { id: string }, plan: PlanCode): Promise<void> {
  await platformPool().query(
    `UPDATE tenant_plans SET plan_id = $2, plan_version_id = NULL, standing = 'active', trial_ends_at = NULL
      WHERE tenant_id = $1`,
    [id, plan],
  );
}

/** A person's scope in a workspace; throws not_found for strangers. */
export function scopeOf(user: { id: string }, tenant: { slug: string }): Promise<Scope> {
  return resolveScope({
    unverifiedTenantSlug: tenant.slug,
    session: { userId: user.id },
    request: internalRequest(),
    logger: logger("test"),
  });
}
