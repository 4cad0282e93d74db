// Changing who rules and who belongs: roles, removal, leaving, handing a workspace over. Each change locks the workspace
// first, so that one of many at once sees what those before it did; the last owner stays. Whoever is changed is asked for
// their rights again at once, on every instance, so that open answers end.

import { recordAudit } from "../audit/log";
import { disableWithoutWorkspace } from "../auth/account/user-state";
import { takeTurn } from "../auth/links";
import { announceStanding } from "../auth/session/standing";
import type { SessionState } from "../auth/sessions";
import { requireRecentAuthentication } from "../auth/sign-in/step-up";
import { AppError } from "../platform/errors";
import { queueMail } from "../platform/mailer";
import { type TenantDb, withTenant } from "../platform/tenant-db";
import { changeRole, endMembership, isWithoutWorkspace, lockTenant } from "../tenants/memberships";
import type { Scope } from "../tenants/scope";
import type { SetRole, Transfer } from "./contract";
import { ownershipMail, removedMail } from "./emails";
import { requireChangeable, requireGrant, requireOwnRole } from "./rank";
import { TEXT_NAME_DIFFERS, TEXT_OWN_REMOVAL, TEXT_OWN_ROLE } from "./terms";

/** Gives a member another role. Throws not_found for strangers, `forbidden` by rank, `conflict` for the last owner. */
export async function setRole(scope: Scope, { userId, role }: SetRole): Promise<void> {
  if (userId === scope.userId) throw new AppError("forbidden", TEXT_OWN_ROLE);
  await withTenant(scope, async (tx) => {
    await lockTenant(tx, scope.tenantId);
    const own = await requireGrant(tx, scope, role);
    const from = await requireChangeable(tx, scope, { own, userId });
    if (from === role) return;
    await changeRole(tx, { tenantId: scope.tenantId, userId, role });
    await audit(tx, scope, { action: "member.set_role", userId, metadata: { from, to: role } });
  });
  announceStanding(userId);
}

/**
 * Takes a member out; their open answers end within a second. Out of their last workspace, their account is disabled until
 * they are invited again. Throws as `setRole`.
 */
export async function removeMember(scope: Scope, userId: string): Promise<void> {
  if (userId === scope.userId) throw new AppError("forbidden", TEXT_OWN_REMOVAL);
  await withTenant(scope, async (tx) => {
    await lockTenant(tx, scope.tenantId);
    const own = await requireOwnRole(tx, scope, "members.manage");
    const role = await requireChangeable(tx, scope, { own, userId });
    await endMembership(tx, { tenantId: scope.tenantId, userId });
    // Two workspaces that let go of a person at the same time take turns: the second one finds that none is left.
    await takeTurn(tx, userId);
    const isLast = await isWithoutWorkspace(tx, userId);
    const isDisabled = isLast && (await disableWithoutWorkspace(tx, userId));
    await queueMail(tx, { to: await addressOf(tx, userId), ...removedMail(scope.tenant.name) });
    await audit(tx, scope, { action: "member.remove", userId, metadata: { role, isDisabled } });
  });
  announceStanding(userId);
}

/** Takes oneself out. The account stays open, also without a workspace. Throws `conflict` for the last owner. */
export async function leaveTenant(scope: Scope): Promise<void> {
  const { tenantId, userId } = scope;
  await withTenant(scope, async (tx) => {
    await lockTenant(tx, tenantId);
    const role = await requireOwnRole(tx, scope, "tenant.read");
    await endMembership(tx, { tenantId, userId });
    await audit(tx, scope, { action: "member.leave", userId, metadata: { role } });
  });
  announceStanding(userId);
}

/**
 * Makes another member the owner and the present one an admin. Asks for a recent sign-in and the workspace's name. Throws
 * not_found for strangers; of many at once by one owner, exactly one succeeds.
 */
export async function transferOwnership(
  scope: Scope,
  session: SessionState,
  { userId, confirmation }: Transfer,
): Promise<void> {
  requireRecentAuthentication(session);
  if (confirmation !== scope.tenant.name) {
    throw new AppError("invalid", TEXT_NAME_DIFFERS, { fields: { confirmation: TEXT_NAME_DIFFERS } });
  }
  if (userId === scope.userId) throw new AppError("forbidden", TEXT_OWN_ROLE);
  const { tenantId } = scope;
  await withTenant(scope, async (tx) => {
    await lockTenant(tx, tenantId);
    const own = await requireOwnRole(tx, scope, "tenant.transfer");
    const from = await requireChangeable(tx, scope, { own, userId });
    await changeRole(tx, { tenantId, userId, role: "owner" });
    await changeRole(tx, { tenantId, userId: scope.userId, role: "admin" });
    await queueMail(tx, { to: await addressOf(tx, userId), ...ownershipMail(scope.tenant) });
    await audit(tx, scope, { action: "member.transfer_ownership", userId, metadata: { from } });
  });
  for (const changed of [userId, scope.userId]) announceStanding(changed);
}

async function addressOf(tx: TenantDb, userId: string): Promise<string> {
  const { email } = await tx.user.findUniqueOrThrow({ where: { id: userId }, select: { email: true } });
  return email;
}

async function audit(
  tx: TenantDb,
  scope: Scope,
  act: { action: string; userId: string; metadata: Record<string, string | boolean> },
): Promise<void> {
  await recordAudit(tx, {
    tenantId: scope.tenantId,
    actor: scope.actor,
    action: act.action,
    category: "tenant",
    target: { type: "user", id: act.userId },
    metadata: act.metadata,
    request: scope.request,
  });
}
