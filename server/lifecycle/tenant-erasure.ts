// Erasing a workspace whose time has come. Rows are counted before the first one goes; then the data map is walked in
// chunks, and every step finds what an earlier try has done. The workspace's own row goes last, together with the proof
// that nothing is left and the certificate: until then any crash is made good by beginning anew.

import { recordAudit } from "../audit/log";
import { emailsOf } from "../auth/account/names";
import { now } from "../platform/clock";
import { platformDb } from "../platform/db";
import { logger } from "../platform/logger";
import { queueMail } from "../platform/mailer";
import { countTenantRows, eraseTenantOf } from "../platform/personal-data";
import type { Prisma } from "../platform/prisma/client";
import { removeStored } from "../platform/storage";
import type { TenantId } from "../platform/tenant-db";
import { removeMarked } from "../tenants/deletion-mark";
import { tenantIdOfRow } from "../tenants/scope";
import { certify } from "./certificate";
import { DATA_MAP } from "./data-map";
import { tenantErasedMail } from "./emails";

const TENANTS_PER_RUN = 50;

const log = logger("lifecycle.tenants");

const TABLES = DATA_MAP.flatMap(({ tables }) => tables).filter(
  ({ onTenantErased }) => onTenantErased !== undefined,
);
const GOING = TABLES.filter(({ onTenantErased }) => onTenantErased !== "keep");
const KEPT = TABLES.filter(({ onTenantErased }) => onTenantErased === "keep");

/** Erases the workspaces whose days of grace are over. One that fails does not hold up the others. */
export async function eraseDueTenants(signal?: AbortSignal): Promise<void> {
  const due = await platformDb().tenantDeletion.findMany({
    where: { dueAt: { lte: now() }, erasedAt: null },
    orderBy: { dueAt: "asc" },
    take: TENANTS_PER_RUN,
  });
  const failures: unknown[] = [];
  for (const row of due) {
    if (signal?.aborted) return;
    const tenantId = tenantIdOfRow(row);
    try {
      await eraseTenant(tenantId);
    } catch (error) {
      failures.push(error);
      log.error(
        { event: "tenant.erase_failed", tenant_id: tenantId, err: error },
        "a workspace was not erased",
      );
    }
  }
  if (failures.length > 0) throw failures[0];
}

async function eraseTenant(tenantId: TenantId): Promise<void> {
  if (!(await claim(tenantId))) return;
  await noteCounts(tenantId);
  for (const room of DATA_MAP) await eraseTenantOf(room, tenantId);
  await removeStored(`tenants/${tenantId}`);
  await platformDb().$transaction((tx) => finish(tx, tenantId));
}

// From here on there is no way back; undoing finds the mark.
async function claim(tenantId: string): Promise<boolean> {
  const isDue = { tenantId, dueAt: { lte: now() }, erasedAt: null };
  await platformDb().tenantDeletion.updateMany({
    where: { ...isDue, erasingAt: null },
    data: { erasingAt: now() },
  });
  return (await platformDb().tenantDeletion.count({ where: isDue })) === 1;
}

// Once, before anything is erased: a later try would count what is left.
async function noteCounts(tenantId: TenantId): Promise<void> {
  const { counts: known } = await platformDb().tenantDeletion.findUniqueOrThrow({ where: { tenantId } });
  if (known !== null) return;
  const counts = await platformDb().$transaction((tx) => countTenantRows(tx, GOING, tenantId));
  await platformDb().tenantDeletion.update({ where: { tenantId }, data: { counts } });
}

async function finish(tx: Prisma.TransactionClient, tenantId: TenantId): Promise<void> {
  const [open] = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM tenant_deletions WHERE tenant_id = ${tenantId}::uuid AND erased_at IS NULL FOR UPDATE`;
  if (open === undefined) return;
  await removeMarked(tx, tenantId);
  await assertNothingLeft(tx, tenantId);
  const deletion = await tx.tenantDeletion.findUniqueOrThrow({ where: { tenantId } });
  const kept = await countTenantRows(tx, KEPT, tenantId);
  const erased = deletion.counts as Record<string, number>;
  const erasedAt = now();
  const retained = KEPT.map(({ table, why = "" }) => ({ table, rows: kept[table] ?? 0, why }));
  const certificate = certify({ deletion, erasedAt, erased, retained });
  await tx.tenantDeletion.update({ where: { tenantId }, data: { erasedAt, certificate } });
  for (const to of (await emailsOf(deletion.ownerIds, tx)).values()) {
    await queueMail(tx, { to, ...tenantErasedMail(deletion.tenantName) });
  }
  await recordAudit(tx, {
    tenantId: null,
    actor: { type: "system", id: null },
    action: "tenant.erased",
    category: "tenant",
    target: { type: "tenant", id: tenantId },
    metadata: Object.fromEntries(Object.entries(erased).filter(([, rows]) => rows > 0)),
  });
}

// The catalogue is asked, not the map: a table that the map forgets must not be certified as empty.
async function assertNothingLeft(tx: Prisma.TransactionClient, tenantId: TenantId): Promise<void> {
  const kept = KEPT.map(({ table }) => table);
  const tables = await tx.$queryRaw<{ table: string }[]>`
    SELECT c.table_name AS "table" FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.column_name = 'tenant_id'
       AND NOT c.table_name = ANY (${kept}::text[])`;
  const known = tables.map(({ table }) => ({ table, onPersonErased: "keep" as const }));
  const left = Object.entries(await countTenantRows(tx, [...GOING, ...known], tenantId)).filter(
    ([, rows]) => rows > 0,
  );
  if (left.length === 0) return;
  throw new Error(`rows of an erased workspace are left in ${left.map(([table]) => table).join(", ")}`);
}
