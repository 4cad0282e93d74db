// A workspace's own audit log, for those who may read it: rows with people by their names, and the export with the
// columns of the chain, which is itself audited. Read inside the workspace's transaction, so that no other chain is seen.

import { type AuditFilters, listAudit, walkAudit } from "../audit/entries";
import { auditHeader, auditLines } from "../audit/export";
import type { AuditRow } from "../audit/rows";
import { displayNamesOf } from "../auth/account/names";
import { isId } from "../platform/contract";
import { type TenantDb, withTenant } from "../platform/tenant-db";
import type { ExportTenantAudit, ListTenantAudit, TenantAuditQuery } from "./contract";
import { beginExport } from "./exports";
import type { Scope } from "./scope";
import { AUDIT_EXPORTS_PER_HOUR } from "./terms";

export interface TenantAuditItem {
  id: string;
  at: string;
  seq: string;
  action: string;
  result: string;
  actorType: string;
  actorId: string | null;
  /** What the person or the machine is called; null for whoever is no more, and for Parley and its support. */
  actorName: string | null;
  targetType: string | null;
  targetId: string | null;
  targetName: string | null;
  metadata: Record<string, unknown>;
  ip: string | null;
  userAgent: string | null;
}

const DAY_MS = 86_400_000;
const ROWS_PER_BATCH = 500;
const ACTORS_MAX = 200;

/** A page of the workspace's rows that fit the filters, newest first. */
export async function listTenantAudit(scope: Scope, { cursor, limit, ...query }: ListTenantAudit) {
  return withTenant(scope, async (db) => {
    const { rows, nextCursor } = await listAudit(filtersOf(scope, query), { cursor, limit }, db);
    const ids = [...new Set(rows.flatMap(({ actorId, targetId }) => [actorId, targetId]))].filter(isStoredId);
    const names = await namesOf(db, ids);
    return { items: rows.map((row) => itemOf(withoutOperators(row), names)), nextCursor };
  });
}

/** What people and machines are called, and whom an invite is for. */
async function namesOf(db: TenantDb, ids: string[]): Promise<Map<string, string>> {
  const people = await displayNamesOf(ids, db);
  const machines = await db.serviceAccount.findMany({ where: { id: { in: ids } } });
  const invites = await db.tenantInvite.findMany({
    where: { id: { in: ids } },
    select: { id: true, email: true },
  });
  const others = [...machines, ...invites.map(({ id, email }) => ({ id, name: email }))];
  return new Map([...people, ...others.map(({ id, name }) => [id, name] as const)]);
}

/** The workspace's people by name, to choose one from. */
export async function listAuditActors(scope: Scope): Promise<{ id: string; name: string }[]> {
  return withTenant(scope, async (db) => {
    const members = await db.tenantMember.findMany({
      where: { tenantId: scope.tenantId },
      select: { userId: true },
      take: ACTORS_MAX,
    });
    const names = await displayNamesOf(
      members.map(({ userId }) => userId),
      db,
    );
    const actors = [...names].map(([id, name]) => ({ id, name }));
    return actors.sort((left, right) => left.name.localeCompare(right.name, "en"));
  });
}

/**
 * The next 500 rows as lines of a CSV file, the header before the first ones. The beginning of an export is audited and
 * counted; throws `over_limit` after too many in an hour.
 */
export async function exportTenantAudit(scope: Scope, { cursor, ...query }: ExportTenantAudit) {
  if (cursor === undefined) {
    const asked = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
    await beginExport(scope, {
      action: "audit.export",
      limit: "tenant-audit-export.user",
      perHour: AUDIT_EXPORTS_PER_HOUR,
      metadata: Object.fromEntries(asked),
    });
  }
  const page = { cursor, limit: ROWS_PER_BATCH };
  const { rows, nextCursor } = await withTenant(scope, (db) => walkAudit(filtersOf(scope, query), page, db));
  const lines = auditLines(rows.map(withoutOperators));
  return { content: (cursor === undefined ? auditHeader() : "") + lines, nextCursor };
}

function filtersOf({ tenantId }: Scope, { actor, action, from, to }: TenantAuditQuery): AuditFilters {
  return {
    tenantId,
    actorId: actor,
    action,
    from: from === undefined ? undefined : new Date(from),
    // The last day counts whole.
    until: to === undefined ? undefined : new Date(new Date(to).getTime() + DAY_MS),
  };
}

// Where Parley's own people sit is no customer's business; a row without its personal fields verifies all the same.
function withoutOperators(row: AuditRow): AuditRow {
  return row.actorType === "operator" ? { ...row, personal: null } : row;
}

function isStoredId(id: string | null): id is string {
  return id !== null && isId(id);
}

function itemOf(row: AuditRow, names: Map<string, string>): TenantAuditItem {
  const { id, at, action, result, actorType, actorId, targetType, targetId } = row;
  const isOperator = actorType === "operator";
  return {
    ...{ id, at, action, result, actorType, targetType, targetId },
    seq: String(row.seq),
    actorId: isOperator ? null : actorId,
    actorName: isOperator || actorId === null ? null : (names.get(actorId) ?? null),
    targetName: targetId === null ? null : (names.get(targetId) ?? null),
    metadata: row.metadata as Record<string, unknown>,
    ip: row.personal?.ip ?? null,
    userAgent: row.personal?.userAgent ?? null,
  };
}
