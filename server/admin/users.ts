// People as operators see them: accounts with their state, role and workspaces, and nothing of what they wrote. Reads go
// across tenants, so they take the platform role's connection.

import { platformDb } from "../platform/db";
import type { Prisma } from "../platform/prisma/client";
import type { PlatformRole, UserState } from "../platform/prisma/enums";
import type { ListUsers } from "./contract";

export interface UserItem {
  id: string;
  email: string;
  name: string;
  status: UserState;
  isVerified: boolean;
  platformRole: PlatformRole;
  createdAt: string;
  tenants: { id: string; slug: string; name: string; role: string }[];
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A page of accounts that fit the filters, newest first unless told. */
export async function listUsers({ page, pageSize, sort, ...filters }: ListUsers) {
  const where = filterOf(filters);
  const direction = sort === "oldest" ? "asc" : "desc";
  const [total, rows] = await platformDb().$transaction([
    platformDb().user.count({ where }),
    platformDb().user.findMany({
      where,
      include: USER_ITEM,
      orderBy: [{ createdAt: direction }, { id: direction }],
      skip: (page - 1) * pageSize,
      take: pageSize,
    }),
  ]);
  return { items: rows.map(itemOf), total, page, pageSize, pages: Math.ceil(total / pageSize) };
}

const USER_ITEM = {
  profile: { select: { displayName: true } },
  memberships: {
    select: { role: true, tenant: { select: { id: true, slug: true, name: true } } },
    orderBy: { createdAt: "asc" },
  },
} satisfies Prisma.UserInclude;

type UserRow = Prisma.UserGetPayload<{ include: typeof USER_ITEM }>;

function itemOf(row: UserRow): UserItem {
  return {
    id: row.id,
    email: row.email,
    name: row.profile?.displayName ?? row.email,
    status: row.status,
    isVerified: row.emailVerifiedAt !== null,
    platformRole: row.platformRole,
    createdAt: row.createdAt.toISOString(),
    tenants: row.memberships.map(({ role, tenant }) => ({ ...tenant, role })),
  };
}

function filterOf(
  filters: Pick<ListUsers, "search" | "status" | "role" | "isVerified">,
): Prisma.UserWhereInput {
  const { search, status, role, isVerified } = filters;
  return {
    ...(status && { status }),
    ...(role && { platformRole: role }),
    ...(isVerified !== undefined && { emailVerifiedAt: isVerified ? { not: null } : null }),
    ...(search && { OR: searchOf(search) }),
  };
}

function searchOf(search: string): Prisma.UserWhereInput[] {
  if (UUID.test(search)) return [{ id: search }];
  // A wildcard of LIKE that somebody types is a character like any other.
  const part = { contains: search.replace(/[\\%_]/g, "\\$&"), mode: "insensitive" as const };
  return [{ email: part }, { profile: { displayName: part } }];
}
