// The audit log as it is looked through, by operators whole and by workspaces each its own: newest first, by filters, in pages by cursor; and in the order of the
// chains for the export.

import { z } from "zod";
import { decodeCursor, encodeCursor } from "../platform/cursor";
import { platformDb } from "../platform/db";
import { Prisma } from "../platform/prisma/client";
import { type AuditReader, type AuditRow, readRows } from "./rows";
import type { AuditCategory } from "./terms";

export interface AuditFilters {
  /** A workspace's own rows. */
  tenantId?: string | undefined;
  actorId?: string | undefined;
  /** The beginning of an action: "user." finds "user.lock". */
  action?: string | undefined;
  category?: AuditCategory | undefined;
  targetType?: string | undefined;
  targetId?: string | undefined;
  from?: Date | undefined;
  /** Exclusive. */
  until?: Date | undefined;
}

export interface AuditPage {
  rows: AuditRow[];
  nextCursor: string | null;
}

const NEWEST_FIRST = z.tuple([z.uuid()]);
const BY_CHAIN = z.tuple([z.string().max(64), z.string().regex(/^\d{1,18}$/)]);

/** A page of rows that fit, newest first. */
export async function listAudit(
  filters: AuditFilters,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
  db: AuditReader = platformDb(),
): Promise<AuditPage> {
  const conditions = conditionsOf(filters);
  if (cursor !== undefined) {
    const [id] = decodeCursor(cursor, NEWEST_FIRST);
    conditions.push(Prisma.sql`l.id < ${id}::uuid`);
  }
  const where = Prisma.sql`${Prisma.join(conditions, " AND ")} ORDER BY l.id DESC LIMIT ${limit + 1}`;
  return pageOf(await readRows(db, where), limit, ({ id }) => [id]);
}

/** A page of rows that fit, chain by chain in their order. Rows that are added meanwhile come on a later page or not at all. */
export async function walkAudit(
  filters: AuditFilters,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
  db: AuditReader = platformDb(),
): Promise<AuditPage> {
  const conditions = conditionsOf(filters);
  if (cursor !== undefined) {
    const [chain, seq] = decodeCursor(cursor, BY_CHAIN);
    conditions.push(Prisma.sql`(l.chain, l.seq) > (${chain}, ${BigInt(seq)})`);
  }
  const where = Prisma.sql`${Prisma.join(conditions, " AND ")} ORDER BY l.chain, l.seq LIMIT ${limit + 1}`;
  return pageOf(await readRows(db, where), limit, ({ chain, seq }) => [chain, String(seq)]);
}

function pageOf(rows: AuditRow[], limit: number, positionOf: (row: AuditRow) => string[]): AuditPage {
  const shown = rows.slice(0, limit);
  const last = shown[shown.length - 1];
  const hasMore = rows.length > limit && last !== undefined;
  return { rows: shown, nextCursor: hasMore ? encodeCursor(positionOf(last)) : null };
}

function conditionsOf(filters: AuditFilters): Prisma.Sql[] {
  const { tenantId, actorId, action, category, targetType, targetId, from, until } = filters;
  const conditions = [Prisma.sql`true`];
  const add = (value: unknown, condition: Prisma.Sql) => value !== undefined && conditions.push(condition);
  add(tenantId, Prisma.sql`l.tenant_id = ${tenantId}::uuid`);
  add(actorId, Prisma.sql`l.actor_id = ${actorId}`);
  add(action, Prisma.sql`starts_with(l.action, ${action})`);
  add(category, Prisma.sql`l.category = ${category}`);
  add(targetType, Prisma.sql`l.target_type = ${targetType}`);
  add(targetId, Prisma.sql`l.target_id = ${targetId}`);
  add(from, Prisma.sql`l.created_at >= ${from}`);
  add(until, Prisma.sql`l.created_at < ${until}`);
  return conditions;
}
