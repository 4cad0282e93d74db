// People as operators see them: accounts with their state, role and workspaces, and nothing of what they wrote. Reads go
// across tenants, so they take the platform role's connection.

import { accountKey } from "../auth/users";
import { now } from "../platform/clock";
import { isId } from "../platform/contract";
import { platformDb } from "../platform/db";
import { notFound } from "../platform/errors";
import type { Prisma } from "../platform/prisma/client";
import type { PlatformRole, UserState } from "../platform/prisma/enums";
import type { ListUsers } from "./contract";

export interface UserItem {
  id: string;
  email: string;
  name: string;
  status: UserState;
  isVerified: boolean;
  hasSecondFactor: boolean;
  platformRole: PlatformRole;
  createdAt: string;
  tenants: {
    id: string;
    slug: string;
    name: string;
    role: string;
    /** Null for a workspace that has not paid for anything yet. */
    stripeCustomerId: string | null;
  }[];
  lock: Held | null;
  disablement: Held | null;
  /** Set while the account is disabled because its person was taken out of their last workspace. */
  withoutWorkspaceSince: string | null;
}

/** Since when, and why. */
interface Held {
  since: string;
  reason: string;
}

/** One account with what its page tells beside the row. */
export interface UserDetail extends UserItem {
  /** Set while failed sign-ins keep the account shut; that lock ends by itself. */
  signInLockedUntil: string | null;
  /** Set while the account is closed and waits to be deleted, as its owner asked. */
  deletionDueAt: string | null;
  lastSignInAt: string | null;
  liveSessions: number;
}

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

/** One account; an unknown id is not_found. */
export async function getUser(userId: string): Promise<UserDetail> {
  const at = now();
  const live = { revokedAt: null, idleExpiresAt: { gt: at }, absoluteExpiresAt: { gt: at } };
  const row = await platformDb().user.findUnique({
    where: { id: userId },
    include: {
      ...USER_ITEM,
      loginEvents: { where: { result: "success" }, orderBy: { createdAt: "desc" }, take: 1 },
      _count: { select: { sessions: { where: live } } },
    },
  });
  if (!row) throw notFound("User");
  const failures = await platformDb().loginFailure.findUnique({
    where: { accountKey: accountKey(row.email) },
  });
  const lockedUntil = failures?.lockedUntil && failures.lockedUntil > at ? failures.lockedUntil : null;
  return {
    ...itemOf(row),
    signInLockedUntil: lockedUntil?.toISOString() ?? null,
    deletionDueAt: row.deletionDueAt?.toISOString() ?? null,
    lastSignInAt: row.loginEvents[0]?.createdAt.toISOString() ?? null,
    liveSessions: row._count.sessions,
  };
}

function holdOf(since: Date | null, reason: string | null): Held | null {
  return since && { since: since.toISOString(), reason: reason ?? "" };
}

const USER_ITEM = {
  profile: { select: { displayName: true } },
  memberships: {
    select: {
      role: true,
      tenant: {
        select: { id: true, slug: true, name: true, billingProfile: { select: { stripeCustomerId: true } } },
      },
    },
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
    hasSecondFactor: row.mfaEnabledAt !== null,
    platformRole: row.platformRole,
    createdAt: row.createdAt.toISOString(),
    tenants: row.memberships.map(({ role, tenant: { billingProfile, ...tenant } }) => ({
      ...tenant,
      role,
      stripeCustomerId: billingProfile?.stripeCustomerId ?? null,
    })),
    lock: holdOf(row.lockedAt, row.lockedReason),
    disablement: holdOf(row.disabledAt, row.disabledReason),
    withoutWorkspaceSince: row.withoutWorkspaceAt?.toISOString() ?? null,
  };
}

function filterOf(
  filters: Pick<ListUsers, "search" | "status" | "role" | "isVerified" | "hasSecondFactor">,
): Prisma.UserWhereInput {
  const { search, status, role, isVerified, hasSecondFactor } = filters;
  return {
    ...(status && { status }),
    ...(role && { platformRole: role }),
    ...(isVerified !== undefined && { emailVerifiedAt: isVerified ? { not: null } : null }),
    ...(hasSecondFactor !== undefined && { mfaEnabledAt: hasSecondFactor ? { not: null } : null }),
    ...(search && { OR: searchOf(search) }),
  };
}

function searchOf(search: string): Prisma.UserWhereInput[] {
  if (isId(search)) return [{ id: search }];
  // A wildcard of LIKE that somebody types is a character like any other.
  const part = { contains: search.replace(/[\\%_]/g, "\\$&"), mode: "insensitive" as const };
  return [{ email: part }, { profile: { displayName: part } }];
}
