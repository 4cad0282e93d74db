// A workspace's settings. Without a row everything is as usual. All of them share one version, the tenant's: who saves
// what they read before somebody else saved is refused, and loses nothing.

import { type AuditMetadata, recordAudit } from "../audit/log";
import { now } from "../platform/clock";
import { platformDb } from "../platform/db";
import { AppError } from "../platform/errors";
import { publicHttpsUrl } from "../platform/public-url";
import { type TenantDb, type TenantId, type TenantScope, withTenant } from "../platform/tenant-db";
import type { UpdateSettings } from "./contract";
import { type Scope, tenantIdOfRow } from "./scope";
import { FEATURES, type Feature, TEXT_STALE_SETTINGS } from "./terms";

export interface TenantSettings {
  version: number;
  name: string;
  slug: string;
  /** Former slugs that still lead here. */
  formerSlugs: { slug: string; heldUntil: string }[];
  billingContacts: string[];
  billingWebhookUrl: string | null;
  planMetadata: Record<string, string>;
  defaultAgent: string | null;
  defaultModel: string | null;
  retentionDays: number | null;
  features: Record<Feature, boolean>;
}

/** What a change may name; the agent and the model are checked where they are known. */
export type SettingsChange = UpdateSettings & {
  defaultAgent?: string | null | undefined;
  defaultModel?: string | null | undefined;
};

/** What everybody in the workspace may know of its settings. */
export type TenantPreferences = Pick<TenantSettings, "defaultAgent" | "defaultModel" | "features">;

/** All settings of a workspace. */
export async function getSettings(scope: TenantScope): Promise<TenantSettings> {
  return withTenant(scope, (db) => readSettings(db, scope.tenantId));
}

/** The settings that shape what members do, in the caller's transaction. */
export async function readPreferences(db: TenantDb, tenantId: TenantId): Promise<TenantPreferences> {
  const row = await db.tenantSettings.findUnique({
    where: { tenantId },
    select: { defaultAgent: true, defaultModel: true, switchedOff: true },
  });
  const { defaultAgent = null, defaultModel = null, switchedOff = [] } = row ?? {};
  return { defaultAgent, defaultModel, features: featuresBut(switchedOff) };
}

/** The same for one question. */
export function getPreferences(scope: TenantScope): Promise<TenantPreferences> {
  return withTenant(scope, (db) => readPreferences(db, scope.tenantId));
}

/** Throws `forbidden` when the workspace has switched the feature off. */
export async function requireFeature(scope: TenantScope, feature: Feature): Promise<void> {
  const { features } = await getPreferences(scope);
  if (!features[feature]) throw new AppError("forbidden", "This is switched off in this workspace.");
}

/**
 * Saves what is named and answers all settings. Throws `conflict` (version_conflict) when somebody saved since they were
 * read, `invalid` for an address that is not a public https one.
 */
export async function updateSettings(scope: Scope, change: SettingsChange): Promise<TenantSettings> {
  requirePublicUrl(change.billingWebhookUrl);
  return withTenant(scope, async (db) => {
    const { tenantId } = scope;
    const { count } = await db.tenant.updateMany({
      where: { id: tenantId, version: change.version },
      data: { version: { increment: 1 }, updatedAt: now() },
    });
    if (count === 0) throw new AppError("conflict", TEXT_STALE_SETTINGS, { reason: "version_conflict" });
    // The tenant's row is locked from here on: what is read now is what is replaced.
    const before = await readSettings(db, tenantId);
    const after = merge(before, change);
    await store(db, tenantId, after);
    const metadata = differences(before, after);
    if (Object.keys(metadata).length > 0) await auditChange(db, scope, metadata);
    return after;
  });
}

/** The workspaces that keep conversations for some days only: all of them, for the job that enforces it. */
export async function listRetentions(): Promise<{ tenantId: TenantId; retentionDays: number }[]> {
  const rows = await platformDb().tenantSettings.findMany({
    where: { retentionDays: { not: null }, tenant: { deletedAt: null } },
    select: { tenantId: true, retentionDays: true },
    orderBy: { tenantId: "asc" },
  });
  return rows.flatMap((row) =>
    row.retentionDays === null ? [] : [{ tenantId: tenantIdOfRow(row), retentionDays: row.retentionDays }],
  );
}

async function readSettings(db: TenantDb, tenantId: TenantId): Promise<TenantSettings> {
  const { settings, slugHolds, ...tenant } = await db.tenant.findUniqueOrThrow({
    where: { id: tenantId },
    select: {
      version: true,
      name: true,
      slug: true,
      settings: true,
      slugHolds: { where: { heldUntil: { gt: now() } }, orderBy: { heldUntil: "desc" } },
    },
  });
  return {
    ...tenant,
    formerSlugs: slugHolds.map(({ slug, heldUntil }) => ({ slug, heldUntil: heldUntil.toISOString() })),
    billingContacts: settings?.billingContacts ?? [],
    billingWebhookUrl: settings?.billingWebhookUrl ?? null,
    planMetadata: (settings?.planMetadata ?? {}) as Record<string, string>,
    defaultAgent: settings?.defaultAgent ?? null,
    defaultModel: settings?.defaultModel ?? null,
    retentionDays: settings?.retentionDays ?? null,
    features: featuresBut(settings?.switchedOff ?? []),
  };
}

function merge(
  before: TenantSettings,
  { version: _version, features, ...change }: SettingsChange,
): TenantSettings {
  const named = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  return { ...before, ...named, features: { ...before.features, ...features } };
}

async function store(db: TenantDb, tenantId: TenantId, settings: TenantSettings): Promise<void> {
  const { version: _version, name, slug: _slug, formerSlugs: _former, features, ...columns } = settings;
  await db.tenant.update({ where: { id: tenantId }, data: { name } });
  const row = { ...columns, switchedOff: FEATURES.filter((feature) => !features[feature]) };
  await db.tenantSettings.upsert({ where: { tenantId }, create: { tenantId, ...row }, update: row });
}

async function auditChange(db: TenantDb, scope: Scope, metadata: AuditMetadata): Promise<void> {
  await recordAudit(db, {
    tenantId: scope.tenantId,
    actor: scope.actor,
    action: "tenant.update",
    category: "tenant",
    target: { type: "tenant", id: scope.tenantId },
    metadata,
    request: scope.request,
  });
}

// Field by field, what it was and what it is: "name" and "nameBefore".
function differences(before: TenantSettings, after: TenantSettings): AuditMetadata {
  const metadata: AuditMetadata = {};
  const [old, fresh] = [flat(before), flat(after)];
  for (const field of new Set([...Object.keys(old), ...Object.keys(fresh)])) {
    if (old[field] === fresh[field]) continue;
    metadata[`${field}Before`] = old[field] ?? null;
    metadata[field] = fresh[field] ?? null;
  }
  return metadata;
}

function flat({ version: _version, slug: _slug, formerSlugs: _former, ...settings }: TenantSettings) {
  const { features, planMetadata, billingContacts, ...plain } = settings;
  const pairs = Object.entries(planMetadata).sort(([left], [right]) => (left < right ? -1 : 1));
  const fields: Record<string, string | number | boolean | null> = {
    ...plain,
    billingContacts: billingContacts.join(", ") || null,
    planMetadata: pairs.map(([key, value]) => `${key}: ${value}`).join("; ") || null,
  };
  for (const feature of FEATURES) fields[`feature.${feature}`] = features[feature];
  return fields;
}

function requirePublicUrl(url: string | null | undefined): void {
  if (url === null || url === undefined || publicHttpsUrl(url)) return;
  const message = "Enter an https address that is reachable on the public internet.";
  throw new AppError("invalid", message, { fields: { billingWebhookUrl: message } });
}

function featuresBut(switchedOff: readonly string[]): Record<Feature, boolean> {
  const pairs = FEATURES.map((feature) => [feature, !switchedOff.includes(feature)] as const);
  return Object.fromEntries(pairs) as Record<Feature, boolean>;
}
