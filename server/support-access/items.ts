// Requests and grants as people read them, in the workspace and at the operators' desk alike. What has run out says so,
// without anything having to write it.

import { fromNow, now } from "../platform/clock";
import { db, platformDb } from "../platform/db";
import type { SupportGrant } from "../platform/prisma/client";
import {
  GRANTS_SHOWN_MAX,
  SUPPORT_REQUEST_VALID_DAYS,
  type SupportGrantState,
  type SupportScope,
} from "./terms";

const DAY_MS = 86_400_000;

export interface GrantItem {
  grantId: string;
  operatorId: string | null;
  operatorName: string;
  reason: string;
  wantedScope: SupportScope;
  wantedHours: number;
  state: SupportGrantState;
  askedAt: string;
  /** What was granted; null until it is. */
  scope: SupportScope | null;
  until: string | null;
  decidedBy: string | null;
  decidedAt: string | null;
  endedBy: string | null;
  endedAt: string | null;
}

/** The requests and grants of a workspace for operators, newest first: the platform role reads across workspaces. */
export async function listGrantsOf(tenantId: string): Promise<GrantItem[]> {
  const rows = await platformDb().supportGrant.findMany({
    where: { tenantId },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    take: GRANTS_SHOWN_MAX,
  });
  return grantItems(rows);
}

/** Rows with people named. */
export async function grantItems(rows: readonly SupportGrant[]): Promise<GrantItem[]> {
  const names = await namesOf(rows.flatMap((row) => [row.operatorId, row.decidedBy, row.endedBy]));
  const nameOf = (id: string | null) => (id === null ? null : (names.get(id) ?? "Somebody who left"));
  return rows.map((row) => ({
    grantId: row.id,
    operatorId: row.operatorId,
    operatorName: nameOf(row.operatorId) ?? "Somebody who left",
    reason: row.reason,
    wantedScope: row.wantedScope,
    wantedHours: row.wantedHours,
    state: stateOf(row),
    askedAt: row.createdAt.toISOString(),
    scope: row.scope,
    until: row.expiresAt?.toISOString() ?? null,
    decidedBy: nameOf(row.decidedBy),
    decidedAt: row.decidedAt?.toISOString() ?? null,
    endedBy: nameOf(row.endedBy),
    endedAt: hasRunOut(row) ? null : (row.endedAt?.toISOString() ?? null),
  }));
}

async function namesOf(ids: (string | null)[]): Promise<Map<string, string>> {
  const known = [...new Set(ids.filter((id) => id !== null))];
  const rows = await db().userProfile.findMany({
    where: { userId: { in: known } },
    select: { userId: true, displayName: true },
  });
  return new Map(rows.map(({ userId, displayName }) => [userId, displayName]));
}

function stateOf(row: SupportGrant): SupportGrantState {
  const { state, createdAt } = row;
  if (hasRunOut(row)) return "expired";
  if (state === "pending" && createdAt <= fromNow(-SUPPORT_REQUEST_VALID_DAYS * DAY_MS)) return "lapsed";
  return state;
}

// A later approval of the same operator closes what had run out, at the time when it did.
function hasRunOut({ state, expiresAt, endedAt }: SupportGrant): boolean {
  if (expiresAt === null) return false;
  if (state === "live") return expiresAt <= now();
  return state === "ended" && endedAt !== null && endedAt >= expiresAt;
}
