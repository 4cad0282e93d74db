// Workspaces as operators find them: facts and numbers, nothing that people wrote. Across workspaces, so all of it is the
// platform role's reading.

import type { Standing } from "../catalogue/terms";
import { now } from "../platform/clock";
import { isId } from "../platform/contract";
import { platformDb } from "../platform/db";
import { notFound } from "../platform/errors";
import { Prisma } from "../platform/prisma/client";
import { type GrantItem, listGrantsOf } from "../support-access/items";
import type { TenantRole } from "../tenants/terms";
import type { ListTenants } from "./contract";

export interface TenantItem {
  id: string;
  slug: string;
  name: string;
  /** What the workspace is entitled to now; null while no catalogue is loaded. */
  plan: { name: string; standing: Standing } | null;
  memberCount: number;
  /** Deleted ones wait for their erasure and can be brought back by their owner. */
  status: "active" | "deleted";
  createdAt: string;
}

export interface TenantDetail extends TenantItem {
  membersByRole: Record<TenantRole, number>;
  /** How many people may belong to it; null is any number. */
  seatLimit: number | null;
  conversationCount: number;
  lastActiveAt: string | null;
  /** Requests for support access and what became of them, newest first. */
  grants: GrantItem[];
}

interface TenantRow {
  id: string;
  slug: string;
  name: string;
  plan: string | null;
  standing: Standing;
  members: number;
  created_at: Date;
  deleted_at: Date | null;
}

/** A page of workspaces whose name or address contains the words, or whose id they are; newest first. */
export async function listTenants({ search, page, pageSize }: ListTenants) {
  const where = search === undefined || search === "" ? Prisma.sql`true` : matching(search);
  const [counted, rows] = await platformDb().$transaction([
    platformDb().$queryRaw<{ total: number }[]>`SELECT count(*)::int AS total FROM tenants t WHERE ${where}`,
    platformDb().$queryRaw<TenantRow[]>`
      SELECT t.id::text, t.slug, t.name, t.created_at, t.deleted_at,
             n.name AS plan, p.standing,
             (SELECT count(*)::int FROM tenant_members m WHERE m.tenant_id = t.id) AS members
        FROM tenants t
        LEFT JOIN LATERAL plan_of(t.id, ${now()}) p ON true LEFT JOIN plans n ON n.id = p.plan_id
       WHERE ${where} ORDER BY t.created_at DESC, t.id DESC
       LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize}`,
  ]);
  const total = counted[0]?.total ?? 0;
  return { items: rows.map(itemOf), total, page, pageSize, pages: Math.ceil(total / pageSize) };
}

/** One workspace in numbers, with its grants of support access. Throws `not_found`. */
export async function getTenant(tenantId: string): Promise<TenantDetail> {
  const [row] = await platformDb().$queryRaw<(TenantRow & Numbers)[]>`
    SELECT t.id::text, t.slug, t.name, t.created_at, t.deleted_at, coalesce(m.total, 0)::int AS members,
           coalesce(m.owners, 0)::int AS owners, coalesce(m.admins, 0)::int AS admins,
           coalesce(m.plain, 0)::int AS plain, coalesce(m.viewers, 0)::int AS viewers,
           n.name AS plan, p.standing, seats_of(t.id, ${now()}) AS seats,
           c.conversations, c.last_active_at
      FROM tenants t
      LEFT JOIN LATERAL plan_of(t.id, ${now()}) p ON true LEFT JOIN plans n ON n.id = p.plan_id
      CROSS JOIN LATERAL (
        SELECT count(*) AS total, count(*) FILTER (WHERE role = 'owner') AS owners,
               count(*) FILTER (WHERE role = 'admin') AS admins, count(*) FILTER (WHERE role = 'member') AS plain,
               count(*) FILTER (WHERE role = 'viewer') AS viewers
          FROM tenant_members WHERE tenant_id = t.id) m
      CROSS JOIN LATERAL (
        SELECT count(*)::int AS conversations, max(last_message_at) AS last_active_at
          FROM conversations WHERE tenant_id = t.id AND deleted_at IS NULL) c
     WHERE t.id = ${tenantId}::uuid`;
  if (!row) throw notFound("Workspace");
  return {
    ...itemOf(row),
    membersByRole: { owner: row.owners, admin: row.admins, member: row.plain, viewer: row.viewers },
    seatLimit: row.seats,
    conversationCount: row.conversations,
    lastActiveAt: row.last_active_at?.toISOString() ?? null,
    grants: await listGrantsOf(row.id),
  };
}

interface Numbers {
  owners: number;
  admins: number;
  plain: number;
  viewers: number;
  seats: number | null;
  conversations: number;
  last_active_at: Date | null;
}

/** What finds `tenants t` by a part of the name or of the address, or by a whole id. */
export function matching(search: string): Prisma.Sql {
  if (isId(search)) return Prisma.sql`t.id = ${search}::uuid`;
  const pattern = `%${search.replace(/[\\%_]/g, "\\$&")}%`;
  return Prisma.sql`(t.name ILIKE ${pattern} OR t.slug ILIKE ${pattern})`;
}

function itemOf(row: TenantRow): TenantItem {
  const { id, slug, name, standing } = row;
  return {
    ...{ id, slug, name, memberCount: row.members },
    plan: row.plan === null ? null : { name: row.plan, standing },
    status: row.deleted_at === null ? "active" : "deleted",
    createdAt: row.created_at.toISOString(),
  };
}
