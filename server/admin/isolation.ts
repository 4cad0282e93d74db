// The isolation certificate: what the last complete run of the sweeps proved, as that run wrote it down, and what the
// database says at this moment. Nothing of it is typed.

import { readFile } from "node:fs/promises";
import { z } from "zod";
import { platformPool } from "../platform/db";

/** Where the tests write it, below the folder that the program runs in. */
export const CERTIFICATE_FILE = "var/reports/isolation.json";

export const Certificate = z.strictObject({
  /** Tables of tenants under forced row-level security, each with a policy. */
  tables: z.number().int().positive(),
  /** Procedures and routes that were called with a neighbour's ids. */
  procedures: z.number().int().positive(),
  routes: z.number().int().positive(),
  /** Random calls by members of two tenants and a stranger. */
  randomCalls: z.number().int().positive(),
  at: z.iso.datetime(),
  commit: z.string().nullable(),
});
export type Certificate = z.output<typeof Certificate>;

const TENANT_TABLES = `
  SELECT c.relname AS name,
         c.relrowsecurity AND c.relforcerowsecurity
           AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid) AS is_forced
    FROM pg_class c
   WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
     AND (c.relname = 'tenants' OR EXISTS (
           SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped))
   ORDER BY c.relname`;

/** The tables of tenants in the live database, by name: those that row-level security guards, and those it does not. */
export async function guardedTables(): Promise<{ forced: string[]; open: string[] }> {
  const { rows } = await platformPool().query<{ name: string; is_forced: boolean }>(TENANT_TABLES);
  const named = (isForced: boolean) =>
    rows.filter((row) => row.is_forced === isForced).map(({ name }) => name);
  return { forced: named(true), open: named(false) };
}

/** The certificate of the last run; null when there was none, or when it is not whole. */
export async function readCertificate(): Promise<Certificate | null> {
  const text = await readFile(CERTIFICATE_FILE, "utf8").catch(() => null);
  try {
    return Certificate.parse(JSON.parse(text ?? "null"));
  } catch {
    return null;
  }
}

/** The certificate in one sentence. */
export function certificateText({
  tables,
  procedures,
  routes,
  randomCalls,
  at,
  commit,
}: Certificate): string {
  const build = commit === null ? "" : `, commit ${commit.slice(0, 12)}`;
  return (
    `${tables} tenant tables under forced row-level security, ${procedures} procedures and ${routes} routes swept with ` +
    `a neighbour's ids, ${randomCalls} random calls, ${at}${build}`
  );
}
