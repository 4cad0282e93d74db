// A workspace's name in addresses. A former one leads to the workspace for a month, for its members, and is nobody
// else's meanwhile: the database passes it over like a taken one (trigger tenants_slug_claim).

import { recordAudit } from "../audit/log";
import { fromNow, now } from "../platform/clock";
import { platformDb } from "../platform/db";
import { isUniqueViolation } from "../platform/db-errors";
import { AppError } from "../platform/errors";
import { type TenantDb, withTenant } from "../platform/tenant-db";
import type { ChangeSlug } from "./contract";
import type { Scope } from "./scope";
import { SLUG_HELD_DAYS, TEXT_SLUG_TAKEN } from "./terms";

const DAY_MS = 86_400_000;

/** Gives the workspace another slug and holds the old one. Throws `conflict` for a slug that is taken or held. */
export async function changeSlug(scope: Scope, { slug }: ChangeSlug): Promise<{ slug: string }> {
  try {
    return await withTenant(scope, (db) => changeIn(db, scope, slug));
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new AppError("conflict", TEXT_SLUG_TAKEN, { fields: { slug: TEXT_SLUG_TAKEN } });
  }
}

/** Lets go of the slugs whose time is over. */
export async function releaseSlugs(): Promise<void> {
  await platformDb().tenantSlugHold.deleteMany({ where: { heldUntil: { lt: now() } } });
}

async function changeIn(db: TenantDb, scope: Scope, slug: string): Promise<{ slug: string }> {
  const { tenantId } = scope;
  const [current] = await db.$queryRaw<{ slug: string }[]>`
    SELECT slug FROM tenants WHERE id = ${tenantId}::uuid FOR UPDATE`;
  if (current === undefined || current.slug === slug) return { slug };
  // The trigger refuses a held slug, and ends the hold of one that is taken back.
  await db.tenant.update({ where: { id: tenantId }, data: { slug } });
  const heldUntil = fromNow(SLUG_HELD_DAYS * DAY_MS);
  await db.tenantSlugHold.create({ data: { slug: current.slug, tenantId, heldUntil } });
  await recordAudit(db, {
    tenantId,
    actor: scope.actor,
    action: "tenant.change_slug",
    category: "tenant",
    target: { type: "tenant", id: tenantId },
    metadata: { slug, slugBefore: current.slug },
    request: scope.request,
  });
  return { slug };
}
