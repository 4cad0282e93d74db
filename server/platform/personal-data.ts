// What is stored about a person, declared table by table in each room and carried out here: which rows are theirs, what
// of them the person is given, and what becomes of them when the person, or a whole workspace, is erased. Erasing goes
// in chunks, each its own transaction; a chunk that was done is found done, so it may begin anew after any crash.

import type pg from "pg";
import { platformPool } from "./db";
import type { Prisma } from "./prisma/client";
import type { TenantId } from "./tenant-db";

export interface Person {
  id: string;
  email: string;
  /** The address and earlier ones that are nobody else's by now. */
  addresses: string[];
  /** Pseudonym of the address, which outlasts no account either. */
  accountKey: string;
}

export interface TableData {
  table: string;
  /** SQL: which rows are a person's. `t` is the table; `person` has id, email, addresses and account_key. */
  ofPerson?: string;
  /** Columns the person is given; the rest is of no use to them, somebody else's, or secret. */
  exported?: readonly string[];
  /**
   * With the person: rows are deleted, go with a row they belong to, stay without naming anybody (`set`), stay as they
   * are (`keep`, with the reason), or are the person's own row, which goes at the very end (`last`).
   */
  onPersonErased: "delete" | "cascade" | "keep" | "last" | { set: string };
  /** With the workspace; absent for tables that belong to no workspace. */
  onTenantErased?: "delete" | "cascade" | "keep" | "last" | { set: string };
  /** SQL: which rows are a workspace's, whose id is $1, where they are not found by `tenant_id`. */
  ofTenant?: string;
  why?: string;
  /** Rows of one transaction; fewer where each takes many others along. */
  chunkRows?: number;
}

export interface RoomData {
  room: string;
  tables: readonly TableData[];
}

export type ErasedCounts = Record<string, number>;

const CHUNK_ROWS = 1_000;
const FETCH_ROWS = 500;
const OF_TENANT = "t.tenant_id = $1::uuid";

const PERSON = `WITH person AS (
  SELECT $1::uuid AS id, $2::text AS email, $3::text AS account_key, $4::text[] AS addresses)`;

/** Erases what a room holds about a person; answers how many rows of which table. */
export async function erasePersonOf(room: RoomData, person: Person): Promise<ErasedCounts> {
  const counts: ErasedCounts = {};
  for (const { table, ofPerson, onPersonErased: rule, chunkRows = CHUNK_ROWS } of room.tables) {
    if (ofPerson === undefined || (typeof rule === "string" && rule !== "delete")) continue;
    const chosen = `t.ctid = ANY (ARRAY(SELECT t.ctid FROM ${table} t, person WHERE ${ofPerson} LIMIT ${chunkRows}))`;
    const effect =
      typeof rule === "string"
        ? `DELETE FROM ${table} t WHERE ${chosen}`
        : `UPDATE ${table} t SET ${rule.set} FROM person WHERE ${chosen}`;
    counts[table] =
      (counts[table] ?? 0) + (await untilDone(`${PERSON} ${effect}`, valuesOf(person), chunkRows));
  }
  return counts;
}

/** Erases what a room holds of a workspace. */
export async function eraseTenantOf(room: RoomData, tenantId: TenantId): Promise<void> {
  for (const { table, onTenantErased: rule, ofTenant = OF_TENANT, chunkRows = CHUNK_ROWS } of room.tables) {
    if (rule === undefined || (typeof rule === "string" && rule !== "delete")) continue;
    const chosen = `ctid = ANY (ARRAY(SELECT t.ctid FROM ${table} t WHERE ${ofTenant} LIMIT ${chunkRows}))`;
    const effect = typeof rule === "string" ? `DELETE FROM ${table}` : `UPDATE ${table} SET ${rule.set}`;
    await untilDone(`${effect} WHERE ${chosen}`, [tenantId], chunkRows);
  }
}

/** How many rows of a workspace each of these tables holds. `tx` is the platform role's. */
export async function countTenantRows(
  tx: Prisma.TransactionClient,
  tables: readonly Pick<TableData, "table" | "ofTenant">[],
  tenantId: TenantId,
): Promise<ErasedCounts> {
  const counts: ErasedCounts = {};
  for (const { table, ofTenant = OF_TENANT } of tables) {
    const sql = `SELECT count(*)::int AS count FROM ${table} t WHERE ${ofTenant}`;
    const [row] = await tx.$queryRawUnsafe<{ count: number }[]>(sql, tenantId);
    counts[table] ??= row?.count ?? 0;
  }
  return counts;
}

async function untilDone(text: string, values: unknown[], chunkRows: number): Promise<number> {
  let total = 0;
  for (;;) {
    const { rowCount } = await platformPool().query(text, values);
    total += rowCount ?? 0;
    if ((rowCount ?? 0) < chunkRows) return total;
  }
}

/**
 * One table's rows of a person as JSON texts, in a snapshot's order of writing. `client` is inside a transaction of the
 * platform role; rows are fetched as they are taken.
 */
export async function* exportTable(
  client: pg.PoolClient,
  { table, ofPerson, exported = [] }: TableData,
  person: Person,
): AsyncGenerator<string> {
  const fields = exported.map((column) => `'${camelCase(column)}', t.${column}`).join(", ");
  const select = `${PERSON} SELECT json_build_object(${fields})::text AS row FROM ${table} t, person WHERE ${ofPerson}`;
  await client.query(`DECLARE export CURSOR FOR ${select}`, valuesOf(person));
  try {
    for (;;) {
      const { rows } = await client.query<{ row: string }>(`FETCH ${FETCH_ROWS} FROM export`);
      for (const { row } of rows) yield row;
      if (rows.length < FETCH_ROWS) return;
    }
  } finally {
    await client.query("CLOSE export");
  }
}

function valuesOf({ id, email, accountKey, addresses }: Person): unknown[] {
  return [id, email, accountKey, addresses];
}

function camelCase(column: string): string {
  return column.replace(/_(\w)/g, (_match, letter: string) => letter.toUpperCase());
}
