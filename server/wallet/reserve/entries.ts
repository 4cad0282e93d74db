// The ledger as people read it: newest first, by keyset, each entry with the balance after it.

import { z } from "zod";
import { displayNamesOf } from "../../auth/account/names";
import { isId } from "../../platform/contract";
import { decodeCursor, encodeCursor } from "../../platform/cursor";
import type { LedgerEntry } from "../../platform/prisma/client";
import { type TenantDb, type TenantScope, withTenant } from "../../platform/tenant-db";
import type { ListLedger } from "../contract";
import type { LedgerKind } from "../terms";

export interface LedgerItem {
  /** Rises by one from entry to entry. */
  seq: string;
  kind: LedgerKind;
  /** Signed, decimal text of nano. */
  amountNano: string;
  balanceAfterNano: string;
  currency: string;
  reason: string | null;
  /** The payment, adjustment or call behind it; a call's is its receipt's id. */
  sourceRef: string;
  actorType: string;
  /** Null for whoever is no more, and for what is no person of the workspace. */
  actorName: string | null;
  createdAt: string;
}

const Position = z.tuple([z.string().regex(/^[1-9]\d{0,17}$/)]);
const PEOPLE = new Set(["user"]);

/** A page of the ledger, newest first. Throws `invalid` for a cursor that was not made here. */
export async function listLedger(scope: TenantScope, { cursor, limit }: ListLedger) {
  const before = cursor === undefined ? null : BigInt(decodeCursor(cursor, Position)[0]);
  const where = { tenantId: scope.tenantId, ...(before !== null && { seq: { lt: before } }) };
  return withTenant(scope, async (db) => {
    const rows = await db.ledgerEntry.findMany({ where, orderBy: { seq: "desc" }, take: limit + 1 });
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const names = await namesOf(db, shown);
    return {
      items: shown.map((row) => itemOf(row, names)),
      nextCursor: rows.length > limit && last ? encodeCursor([last.seq.toString()]) : null,
    };
  });
}

function namesOf(db: TenantDb, rows: readonly LedgerEntry[]): Promise<Map<string, string>> {
  const ids = rows.flatMap(({ actorType, actorId }) => (PEOPLE.has(actorType) && actorId ? [actorId] : []));
  return displayNamesOf([...new Set(ids)].filter(isId), db);
}

function itemOf(row: LedgerEntry, names: Map<string, string>): LedgerItem {
  return {
    seq: row.seq.toString(),
    kind: row.kind,
    amountNano: row.amountNano.toString(),
    balanceAfterNano: row.balanceAfterNano.toString(),
    currency: row.currency,
    reason: row.reason,
    sourceRef: row.sourceRef,
    actorType: row.actorType,
    actorName: (PEOPLE.has(row.actorType) && row.actorId && names.get(row.actorId)) || null,
    createdAt: row.createdAt.toISOString(),
  };
}
