// What an event would write, without writing it: its handler really runs, on what Stripe says now, in a transaction that
// is rolled back. What its workspace has before and after is compared.

import type Stripe from "stripe";
import { isId } from "../../../platform/contract";
import { platformDb } from "../../../platform/db";
import { Prisma } from "../../../platform/prisma/client";
import { type Handlers, OwnerGone, type PlatformTx } from "../handler";

export interface RowChange {
  table: string;
  kind: "added" | "changed" | "removed";
  /** What tells the row from others of its table. */
  row: string;
  fields: { name: string; before: string | null; after: string | null }[];
}

export interface Previewed {
  handler: string;
  /** The object to fetch; null for money. */
  objectId: string | null;
  event: Stripe.Event;
  tenantId: string | null;
}

/** What of a workspace events may change, and what tells its rows apart. */
const TABLES: readonly (readonly [table: string, key: string])[] = [
  ["billing_profiles", "tenant_id"],
  ["subscriptions", "stripe_subscription_id"],
  ["trial_uses", "tenant_id"],
  ["invoices", "stripe_invoice_id"],
  ["tenant_plans", "tenant_id"],
  ["reserve_accounts", "tenant_id"],
  ["auto_topup_configs", "tenant_id"],
  ["auto_topup_attempts", "id"],
];
/** Of the ledger only what comes on top. */
const LEDGER = "ledger_entries";
const VALUE_LENGTH_MAX = 200;

type Rows = Map<string, Record<string, unknown>>;
type Snapshot = Map<string, Rows>;

class RolledBack extends Error {
  constructor(readonly changes: RowChange[]) {
    super("rolled back");
  }
}

/** What handling it now would change; empty when nothing would. Throws what handling it would throw. */
export async function previewDispatch(previewed: Previewed, handlers: Handlers): Promise<RowChange[]> {
  const write = await readAtStripe(previewed, handlers);
  if (write === null) return [];
  try {
    return await platformDb().$transaction(async (tx) => {
      const before = await snapshot(tx, previewed.tenantId);
      await write(tx);
      throw new RolledBack(changesBetween(before, await snapshot(tx, previewed.tenantId)));
    });
  } catch (thrown) {
    if (thrown instanceof RolledBack) return thrown.changes;
    if (thrown instanceof OwnerGone) return [];
    throw thrown;
  }
}

async function readAtStripe(
  { handler, objectId, event }: Previewed,
  { states, moneys }: Handlers,
): Promise<((tx: PlatformTx) => Promise<unknown>) | null> {
  const sync = states.find(({ objectType }) => objectType === handler);
  if (sync && objectId !== null) {
    const fetched = await sync.fetch(objectId);
    const row = await platformDb().stripeObjectSync.findUnique({ where: { objectId } });
    return (tx) => sync.apply(tx, fetched, (row?.fence ?? 0n) + 1n);
  }
  const money = moneys.find(({ name }) => name === handler);
  const fetched = money ? await money.fetch(event) : null;
  return money && fetched !== null ? (tx) => money.book(tx, fetched, event) : null;
}

async function snapshot(tx: PlatformTx, tenantId: string | null): Promise<Snapshot> {
  const tables: Snapshot = new Map();
  if (tenantId === null || !isId(tenantId)) return tables;
  for (const [table, key] of TABLES) {
    const rows = await tx.$queryRaw<{ row: Record<string, unknown> }[]>`
      SELECT to_jsonb(t) AS row FROM ${Prisma.raw(table)} t WHERE tenant_id = ${tenantId}::uuid`;
    tables.set(table, new Map(rows.map(({ row }) => [String(row[key]), row])));
  }
  const entries = await tx.$queryRaw<{ row: Record<string, unknown> }[]>`
    SELECT to_jsonb(t) AS row FROM ledger_entries t WHERE tenant_id = ${tenantId}::uuid ORDER BY seq DESC LIMIT 20`;
  tables.set(LEDGER, new Map(entries.map(({ row }) => [String(row["seq"]), row])));
  return tables;
}

function changesBetween(before: Snapshot, after: Snapshot): RowChange[] {
  return [...after].flatMap(([table, rows]) => {
    const earlier = before.get(table) ?? new Map();
    const keys = new Set([...rows.keys(), ...(table === LEDGER ? [] : earlier.keys())]);
    return [...keys].flatMap((row) => changeOf({ table, row }, earlier.get(row), rows.get(row)));
  });
}

function changeOf(
  named: { table: string; row: string },
  before: Record<string, unknown> | undefined,
  after: Record<string, unknown> | undefined,
): RowChange[] {
  const names = Object.keys(after ?? before ?? {});
  const fields = names
    .map((name) => ({ name, before: textOf(before?.[name]), after: textOf(after?.[name]) }))
    .filter((field) => field.before !== field.after);
  if (fields.length === 0) return [];
  return [
    { ...named, kind: before === undefined ? "added" : after === undefined ? "removed" : "changed", fields },
  ];
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > VALUE_LENGTH_MAX ? `${text.slice(0, VALUE_LENGTH_MAX)}…` : text;
}
