// Deleting a workspace: closed for everybody at once, and erased after a week in which an owner can bring it back.
// Whether it stays or goes is one conditional statement on one row: undoing removes it, erasing marks it, and only one of
// the two finds it as it was. What the workspace pays for follows by a job of the same transaction.

import { recordAudit } from "../audit/log";
import { announceStanding } from "../auth/session/standing";
import type { SessionState } from "../auth/sessions";
import { requireRecentAuthentication } from "../auth/sign-in/step-up";
import { endsWithWorkspaceAt, fateOnReturn } from "../billing/subscription/ending/with-workspace";
import { followWorkspaceLater } from "../billing/subscription/sync";
import { fromNow, now } from "../platform/clock";
import { AppError, notFound } from "../platform/errors";
import { queueMail } from "../platform/mailer";
import { type TenantDb, withTenant, withUser } from "../platform/tenant-db";
import type { RequestInfo } from "../request";
import { requestStopOfAll, tellOwners } from "../runs/stop";
import { markDeleted, peopleOf, type TenantPerson, unmarkDeleted } from "../tenants/deletion-mark";
import { findDeletedOwn, type Scope } from "../tenants/scope";
import { TENANT_GRACE_DAYS } from "../tenants/terms";
import type { DeleteTenant, NameDeletion } from "./contract";
import { tenantDeletionMail, tenantRestoredMail } from "./emails";
import { TEXT_CONFIRM_NAME } from "./terms";

const DAY_MS = 86_400_000;

export interface DeletionItem {
  deletionId: string;
  name: string;
  /** Where the workspace was, while it can be brought back. */
  slug: string | null;
  state: "waiting" | "erasing" | "erased";
  requestedAt: string;
  dueAt: string;
  erasedAt: string | null;
}

/**
 * Closes the workspace: nobody finds it any more, open streams end, runs stop. Throws `forbidden` without a recent
 * authentication, `invalid` for another name than its own, `conflict` when it is being deleted already.
 */
export async function deleteTenant(
  scope: Scope,
  session: SessionState,
  { confirmation }: DeleteTenant,
): Promise<{ dueAt: string }> {
  requireRecentAuthentication(session);
  if (confirmation !== scope.tenant.name) {
    throw new AppError("invalid", TEXT_CONFIRM_NAME, { fields: { confirmation: TEXT_CONFIRM_NAME } });
  }
  const dueAt = fromNow(TENANT_GRACE_DAYS * DAY_MS);
  const { people, runIds } = await withTenant(scope, (db) => close(db, scope, dueAt));
  tellOwners(runIds);
  for (const { userId } of people) announceStanding(userId);
  return { dueAt: dueAt.toISOString() };
}

/** Brings an own workspace back while it waits. Everybody but its owners hears `not_found`. */
export async function restoreTenant(
  session: SessionState,
  unverifiedTenantSlug: string | null,
  request: RequestInfo,
): Promise<{ slug: string }> {
  const found = await findDeletedOwn(session, unverifiedTenantSlug);
  if (!found) throw notFound("Workspace");
  const { tenantId, name } = found;
  await withTenant({ tenantId, userId: session.userId }, async (db) => {
    const { count } = await db.tenantDeletion.deleteMany({ where: { tenantId, erasingAt: null } });
    if (count === 0) throw new AppError("conflict", "This workspace is being erased; it cannot come back.");
    const subscription = await fateOnReturn(db, tenantId);
    await unmarkDeleted(db, tenantId);
    await followWorkspaceLater(db, tenantId);
    const owners = (await peopleOf(db, tenantId)).filter(({ isOwner }) => isOwner);
    for (const { email } of owners)
      await queueMail(db, { to: email, ...tenantRestoredMail(name, subscription) });
    const actor = { type: "user" as const, id: session.userId };
    await recordAudit(db, { ...entry(tenantId, "tenant.restore"), actor, request });
  });
  return { slug: unverifiedTenantSlug ?? "" };
}

/** The deletions of workspaces that a person owned, newest first. */
export async function listDeletions(userId: string): Promise<DeletionItem[]> {
  return withUser(userId, async (db) => {
    const rows = await db.tenantDeletion.findMany({
      where: { ownerIds: { has: userId } },
      orderBy: { requestedAt: "desc" },
    });
    const ids = rows.map(({ tenantId }) => tenantId);
    const tenants = await db.tenant.findMany({
      where: { id: { in: ids } },
      select: { id: true, slug: true },
    });
    const slugs = new Map(tenants.map(({ id, slug }) => [id, slug]));
    return rows.map((row) => ({
      deletionId: row.tenantId,
      name: row.tenantName,
      slug: row.erasingAt === null ? (slugs.get(row.tenantId) ?? null) : null,
      state: row.erasedAt ? "erased" : row.erasingAt ? "erasing" : "waiting",
      requestedAt: row.requestedAt.toISOString(),
      dueAt: row.dueAt.toISOString(),
      erasedAt: row.erasedAt?.toISOString() ?? null,
    }));
  });
}

/** The certificate of an erased workspace, for who owned it; not_found for everybody else. */
export async function getCertificate(
  userId: string,
  { deletionId }: NameDeletion,
): Promise<{ fileName: string; content: string }> {
  const row = await withUser(userId, (db) =>
    db.tenantDeletion.findFirst({ where: { tenantId: deletionId, ownerIds: { has: userId } } }),
  );
  if (!row?.certificate) throw notFound("Certificate");
  return { fileName: `parley-deletion-${deletionId}.json`, content: row.certificate };
}

async function close(
  db: TenantDb,
  scope: Scope,
  dueAt: Date,
): Promise<{ people: TenantPerson[]; runIds: string[] }> {
  const { tenantId, tenant } = scope;
  if (!(await markDeleted(db, tenantId, dueAt))) {
    throw new AppError("conflict", "This workspace is being deleted already.");
  }
  const people = await peopleOf(db, tenantId);
  const owners = people.filter(({ isOwner }) => isOwner);
  const ownerIds = owners.map(({ userId }) => userId);
  const requested = { requestedBy: scope.userId, requestedAt: now() };
  await db.tenantDeletion.create({
    data: { tenantId, tenantName: tenant.name, ownerIds, dueAt, ...requested },
  });
  const runIds = await requestStopOfAll(db, tenantId);
  const paidUntil = await endsWithWorkspaceAt(db, tenantId);
  await followWorkspaceLater(db, tenantId);
  for (const { email } of owners)
    await queueMail(db, { to: email, ...tenantDeletionMail(tenant.name, { dueAt, paidUntil }) });
  await recordAudit(db, {
    ...entry(tenantId, "tenant.delete"),
    actor: scope.actor,
    metadata: { dueAt: dueAt.toISOString(), stoppedRuns: runIds.length },
    request: scope.request,
  });
  return { people, runIds };
}

function entry(tenantId: Scope["tenantId"], action: string) {
  return { tenantId, action, category: "tenant" as const, target: { type: "tenant", id: tenantId } };
}
