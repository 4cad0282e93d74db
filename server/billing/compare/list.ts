// Differences as operators look through them, newest first, and how the comparison stands. Of all workspaces, so all of it
// is the platform role's reading.

import { z } from "zod";
import { emailsOf } from "../../auth/account/names";
import { CursorInstant, decodeCursor, encodeCursor } from "../../platform/cursor";
import { platformDb } from "../../platform/db";
import type { BillingDifference } from "../../platform/prisma/client";
import type { ListDifferences } from "../contract";
import { type DifferenceKind, REPAIRED_BY_HAND } from "../terms";
import { lastComparison } from "./run";

export interface DifferenceItem {
  id: string;
  kind: DifferenceKind;
  objectId: string;
  tenantId: string | null;
  /** Null for nobody's, and for a workspace that is no more. */
  tenantName: string | null;
  ours: string | null;
  theirs: string | null;
  foundAt: string;
  lastSeenAt: string;
  /** Why it takes a person's decision; null where a click repairs it. */
  byHand: string | null;
  /** `asked`: under way; `failed`: tried, and `repairNote` says what came of it. */
  repair: "asked" | "failed" | null;
  repairNote: string | null;
  resolvedAt: string | null;
  /** The operator's address; null when it ended by itself. */
  resolvedBy: string | null;
}

export interface ComparisonOverview {
  /** Differences that count and are open. */
  open: number;
  /** When the last comparison ended, and how much it went through; null before the first. */
  last: { endedAt: string; compared: number } | null;
  /** When the one under way began. */
  runningSince: string | null;
}

const Position = z.tuple([CursorInstant, z.uuid()]);
const COUNTED_MAX = 1_000;
const IS_OPEN = { confirmedAt: { not: null }, resolvedAt: null };

/** A page of differences. Throws `invalid` for a cursor that was not made here. */
export async function listDifferences({ state, kind, cursor, limit }: ListDifferences) {
  const position = cursor === undefined ? null : decodeCursor(cursor, Position);
  const foundAt = position && new Date(position[0]);
  const rows = await platformDb().billingDifference.findMany({
    where: {
      ...(state === "open" ? IS_OPEN : { resolvedAt: { not: null } }),
      ...(kind && { kind }),
      ...(foundAt && { OR: [{ foundAt: { lt: foundAt } }, { foundAt, id: { lt: position[1] } }] }),
    },
    orderBy: [{ foundAt: "desc" }, { id: "desc" }],
    take: limit + 1,
  });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const isMore = rows.length > limit && last;
  return {
    items: await itemsOf(page),
    nextCursor: isMore ? encodeCursor([last.foundAt.toISOString(), last.id]) : null,
  };
}

/** How the comparison stands; the count ends at a thousand. */
export async function readComparison(): Promise<ComparisonOverview> {
  const [open, last, running] = await Promise.all([
    platformDb().billingDifference.findMany({ where: IS_OPEN, take: COUNTED_MAX, select: { id: true } }),
    lastComparison({ not: null }),
    lastComparison(null),
  ]);
  return {
    open: open.length,
    last: last?.endedAt ? { endedAt: last.endedAt.toISOString(), compared: last.compared } : null,
    runningSince: running?.startedAt.toISOString() ?? null,
  };
}

async function itemsOf(rows: BillingDifference[]): Promise<DifferenceItem[]> {
  const tenantIds = rows.flatMap(({ tenantId }) => (tenantId === null ? [] : [tenantId]));
  const [tenants, people] = await Promise.all([
    platformDb().tenant.findMany({ where: { id: { in: tenantIds } }, select: { id: true, name: true } }),
    emailsOf(rows.map(({ resolvedBy }) => resolvedBy)),
  ]);
  const names = new Map(tenants.map(({ id, name }) => [id, name]));
  return rows.map(({ id, objectId, tenantId, ours, theirs, repairNote, ...row }) => {
    const kind = row.kind as DifferenceKind;
    return {
      ...{ id, kind, objectId, tenantId, ours, theirs, repairNote },
      tenantName: names.get(tenantId ?? "") ?? null,
      foundAt: row.foundAt.toISOString(),
      lastSeenAt: row.lastSeenAt.toISOString(),
      byHand: REPAIRED_BY_HAND[kind] ?? null,
      repair: row.repairAskedAt === null ? null : repairNote === null ? "asked" : "failed",
      resolvedAt: row.resolvedAt?.toISOString() ?? null,
      resolvedBy: people.get(row.resolvedBy ?? "") ?? null,
    };
  });
}
