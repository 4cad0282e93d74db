// The people of a workspace as its pages list them: highest role first, then by age. What is nobody's business but a
// manager's (last seen, second factor, spend) is left out for everybody else.

import { z } from "zod";
import { CursorInstant, decodeCursor, encodeCursor } from "../platform/cursor";
import { queryTenant } from "../platform/tenant-db";
import type { Scope } from "../tenants/scope";
import { TENANT_ROLES, type TenantRole } from "../tenants/terms";
import type { ListMembers, MemberItem, Page } from "./contract";
import { spendOf } from "./spend";

interface MemberRow {
  user_id: string;
  role: TenantRole;
  email: string;
  name: string;
  created_at: Date;
  last_seen_at: Date | null;
  has_second_factor: boolean;
}

const Position = z.tuple([z.enum(TENANT_ROLES), CursorInstant, z.uuid()]);
const BEFORE_ALL = ["owner", "-infinity", "00000000-0000-0000-0000-000000000000"] as const;

const LIST = {
  name: "members_list",
  text: `
    SELECT m.user_id::text, m.role::text, u.email, coalesce(p.display_name, u.email) AS name, m.created_at, m.last_seen_at,
           u.mfa_enabled_at IS NOT NULL AS has_second_factor
      FROM tenant_members m JOIN users u ON u.id = m.user_id LEFT JOIN user_profiles p ON p.user_id = m.user_id
     WHERE m.tenant_id = $1 AND (m.role, m.created_at, m.user_id) > ($2::tenant_role, $3::timestamptz, $4::uuid)
       AND ($5 = '' OR strpos(lower(p.display_name), lower($5)) > 0 OR strpos(u.email, lower($5)) > 0)
     ORDER BY m.role, m.created_at, m.user_id LIMIT $6`,
};

/** One page of a workspace's people. Throws `invalid` for a cursor that was not made here. */
export async function listMembers(scope: Scope, input: ListMembers): Promise<Page<MemberItem>> {
  const { search, limit, cursor } = input;
  const after = cursor === undefined ? BEFORE_ALL : decodeCursor(cursor, Position);
  const rows = await queryTenant<MemberRow>(scope, {
    ...LIST,
    values: [scope.tenantId, ...after, search, limit + 1],
  });
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return {
    items: await itemsOf(scope, shown),
    nextCursor: hasMore ? encodeCursor([last.role, last.created_at.toISOString(), last.user_id]) : null,
  };
}

async function itemsOf(scope: Scope, rows: readonly MemberRow[]): Promise<MemberItem[]> {
  const isManager = scope.permissions.has("members.manage");
  const spend = isManager
    ? await spendOf(
        scope,
        rows.map(({ user_id }) => user_id),
      )
    : null;
  return rows.map((row) => ({
    userId: row.user_id,
    name: row.name,
    email: row.email,
    role: row.role,
    isSelf: row.user_id === scope.userId,
    joinedAt: row.created_at.toISOString(),
    lastSeenAt: isManager ? (row.last_seen_at?.toISOString() ?? null) : null,
    hasSecondFactor: isManager ? row.has_second_factor : null,
    spendNano: spend && String(spend.get(row.user_id) ?? 0n),
  }));
}
