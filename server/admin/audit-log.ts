// The audit log for operators: rows with people named by their addresses, and the export, which is itself audited.

import { type AuditFilters, listAudit, walkAudit } from "../audit/entries";
import { auditHeader, auditLines } from "../audit/export";
import { recordAudit } from "../audit/log";
import type { AuditRow } from "../audit/rows";
import { emailsOf } from "../auth/account/names";
import { findAccount } from "../auth/users";
import { isId } from "../platform/contract";
import { db } from "../platform/db";
import { AppError } from "../platform/errors";
import { consumeLimits } from "../platform/rate-limit";
import { noteLimit } from "../request";
import type { AuditQuery, ExportAudit, ListAudit } from "./contract";
import type { Operator } from "./operator";
import { EXPORTS_PER_HOUR } from "./terms";

export interface AuditItem {
  id: string;
  at: string;
  category: string;
  action: string;
  /** The person's address, or what else acted. */
  actor: string;
  actorType: string;
  targetType: string | null;
  target: string | null;
  result: string;
  ip: string | null;
  userAgent: string | null;
  metadata: string;
  chain: string;
  seq: string;
}

const DAY_MS = 86_400_000;
const HOUR_SECONDS = 3_600;
const ROWS_PER_BATCH = 500;
/** Stands for somebody who is not there: no row is theirs. */
const NOBODY = "nobody";

/** A page of rows that fit the filters, newest first. */
export async function listAuditLog({ cursor, limit, ...query }: ListAudit) {
  const { rows, nextCursor } = await listAudit(await filtersOf(query), { cursor, limit });
  const people = await emailsOf(
    rows.flatMap(({ actorId, targetId }) => [personId(actorId), personId(targetId)]),
  );
  return { items: rows.map((row) => itemOf(row, people)), nextCursor };
}

/**
 * The next 500 rows as lines of a CSV file, the header before the first ones. The beginning of an export is audited and
 * counted; throws `over_limit` after five in an hour.
 */
export async function exportAuditLog(operator: Operator, { cursor, ...query }: ExportAudit) {
  if (cursor === undefined) await beginExport(operator, query);
  const { rows, nextCursor } = await walkAudit(await filtersOf(query), { cursor, limit: ROWS_PER_BATCH });
  return { content: (cursor === undefined ? auditHeader() : "") + auditLines(rows), nextCursor };
}

async function beginExport({ session, request }: Operator, query: AuditQuery): Promise<void> {
  const limit = {
    name: "audit-export.user",
    key: session.userId,
    points: EXPORTS_PER_HOUR,
    windowSeconds: HOUR_SECONDS,
  };
  const state = await consumeLimits([limit]);
  noteLimit(request.reply, state);
  if (!state.allowed) {
    const details = { reason: "rate_limited" as const, retryAfterSeconds: state.retryAfterSeconds };
    throw new AppError("over_limit", "Too many exports. Please try again later.", details);
  }
  const filters = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  await db().$transaction((tx) =>
    recordAudit(tx, {
      tenantId: null,
      actor: { type: "operator", id: session.userId },
      action: "audit.export",
      category: "admin",
      metadata: Object.fromEntries(filters),
      request,
    }),
  );
}

async function filtersOf(query: AuditQuery): Promise<AuditFilters> {
  const { actor, target, from, to, ...rest } = query;
  return {
    ...rest,
    actorId: actor === undefined ? undefined : await idOf(actor),
    targetId: target === undefined ? undefined : await idOf(target),
    from: from === undefined ? undefined : new Date(from),
    // The last day counts whole.
    until: to === undefined ? undefined : new Date(new Date(to).getTime() + DAY_MS),
  };
}

/** Operators name people by address, everything else by its id. */
async function idOf(named: string): Promise<string> {
  if (!named.includes("@")) return named;
  return (await findAccount(named.toLowerCase()))?.id ?? NOBODY;
}

function personId(id: string | null): string | null {
  return id !== null && isId(id) ? id : null;
}

function itemOf(row: AuditRow, people: Map<string, string>): AuditItem {
  const { id, at, category, action, actorType, targetType, result, chain } = row;
  const nameOf = (named: string | null) => named && (people.get(named) ?? named);
  return {
    ...{ id, at, category, action, actorType, targetType, result, chain },
    actor: nameOf(row.actorId) ?? (actorType === "system" ? "Parley" : "Somebody unknown"),
    target: nameOf(row.targetId),
    ip: row.personal?.ip ?? null,
    userAgent: row.personal?.userAgent ?? null,
    metadata: JSON.stringify(row.metadata),
    seq: String(row.seq),
  };
}
