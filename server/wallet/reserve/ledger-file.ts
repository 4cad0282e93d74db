// The ledger as a CSV file, page by page while others write: what is in it is decided when a workspace's first row is read.
// The last line of each workspace says up to which entry the file goes and what all entries up to it come to, which is the
// balance after it.

import { z } from "zod";
import { recordAudit } from "../../audit/log";
import type { SessionState } from "../../auth/sessions";
import { csvLine } from "../../platform/csv";
import { decodeCursor, encodeCursor } from "../../platform/cursor";
import { platformDb, platformPool } from "../../platform/db";
import { AppError } from "../../platform/errors";
import { decimalOfNano } from "../../platform/money";
import { consumeLimits } from "../../platform/rate-limit";
import { queryTenant, type TenantScope, withTenant } from "../../platform/tenant-db";
import { noteLimit, type RequestInfo } from "../../request";
import type { Scope } from "../../tenants/scope";
import type { ExportLedger } from "../contract";
import { LEDGER_EXPORTS_PER_HOUR } from "../terms";

const ROWS_PER_BATCH = 1_000;
const HOUR_SECONDS = 3_600;
const COLUMNS = [
  ...["tenant_id", "seq", "kind", "amount_nano", "amount", "balance_after_nano", "currency"],
  ...["source_ref", "actor_type", "actor_id", "reason", "created_at"],
];

interface Row {
  seq: string;
  kind: string;
  amount_nano: string;
  balance_after_nano: string;
  currency: string;
  source_ref: string;
  actor_type: string;
  actor_id: string | null;
  reason: string | null;
  created_at: Date;
}

/** How far a workspace's file is: after which entry it goes on, where it ends, and the balance there. */
const Place = z.tuple([
  z.uuid(),
  z.string().regex(/^\d{1,18}$/),
  z.string().regex(/^\d{1,18}$/),
  z.string().regex(/^-?\d{1,19}$/),
]);
type Place = z.output<typeof Place>;

const HEAD = {
  name: "ledger_file_head",
  text: `SELECT seq::text AS seq, balance_after_nano::text AS balance FROM ledger_entries
          WHERE tenant_id = $1 ORDER BY ledger_entries.seq DESC LIMIT 1`,
};
const ROWS = {
  name: "ledger_file_rows",
  text: `SELECT seq::text AS seq, kind::text AS kind, amount_nano::text AS amount_nano,
                balance_after_nano::text AS balance_after_nano, currency, source_ref, actor_type, actor_id, reason, created_at
           FROM ledger_entries WHERE tenant_id = $1 AND ledger_entries.seq > $2 AND ledger_entries.seq <= $3
          ORDER BY ledger_entries.seq LIMIT ${ROWS_PER_BATCH}`,
};
const NEXT_TENANT = {
  name: "ledger_file_next_tenant",
  text: "SELECT tenant_id::text AS id FROM ledger_entries WHERE tenant_id > $1 ORDER BY tenant_id LIMIT 1",
};
const BEFORE_ALL = "00000000-0000-0000-0000-000000000000";

type Read = <Found extends Record<string, unknown>>(statement: {
  name: string;
  text: string;
  values: unknown[];
}) => Promise<Found[]>;

export interface FilePage {
  content: string;
  nextCursor: string | null;
}

/**
 * The next 1,000 entries of the workspace's file, the header before the first. Its beginning is audited and counted; throws
 * `over_limit` after too many in an hour.
 */
export async function exportLedger(scope: Scope, { cursor }: ExportLedger): Promise<FilePage> {
  if (cursor === undefined) await beginExport(scope);
  const read: Read = (statement) => queryTenant(scope, statement);
  const place = cursor === undefined ? await placeOf(read, scope.tenantId) : placeIn(scope, cursor);
  const { lines, next } = await readBatch(read, place);
  const header = cursor === undefined ? csvLine(COLUMNS) : "";
  return { content: header + lines, nextCursor: next && encodeCursor(next) };
}

/** The same of all workspaces, one after the other, for an operator; the platform role's work. */
export async function exportAllLedgers(
  { session, request }: { session: Pick<SessionState, "userId">; request: RequestInfo },
  { cursor }: ExportLedger,
): Promise<FilePage> {
  const { userId } = session;
  if (cursor === undefined) {
    await countExport(userId, request);
    const actor = { type: "operator" as const, id: userId };
    await platformDb().$transaction((tx) =>
      recordAudit(tx, { tenantId: null, actor, action: "ledger.export", category: "billing", request }),
    );
  }
  const read: Read = async (statement) => (await platformPool().query(statement)).rows as never;
  let place = cursor === undefined ? await nextPlace(read, BEFORE_ALL) : decodeCursor(cursor, Place);
  let content = cursor === undefined ? csvLine(COLUMNS) : "";
  for (let rows = 0; place !== null && rows < ROWS_PER_BATCH; ) {
    const batch = await readBatch(read, place);
    content += batch.lines;
    rows += batch.count + 1;
    place = batch.next ?? (await nextPlace(read, place[0]));
  }
  return { content, nextCursor: place && encodeCursor(place) };
}

async function readBatch(read: Read, [tenantId, after, cutoff, balance]: Place) {
  const rows = await read<Row & Record<string, unknown>>({ ...ROWS, values: [tenantId, after, cutoff] });
  const last = rows.at(-1)?.seq ?? after;
  const isOver = BigInt(last) >= BigInt(cutoff) || rows.length === 0;
  const next: Place | null = isOver ? null : [tenantId, last, cutoff, balance];
  const lines = rows.map((row) => lineOf(tenantId, row)).join("");
  return { count: rows.length, lines: lines + (isOver ? lastLine(tenantId, cutoff, balance) : ""), next };
}

async function placeOf(read: Read, tenantId: string): Promise<Place> {
  const [head] = await read<{ seq: string; balance: string }>({ ...HEAD, values: [tenantId] });
  return [tenantId, "0", head?.seq ?? "0", head?.balance ?? "0"];
}

async function nextPlace(read: Read, after: string): Promise<Place | null> {
  const [tenant] = await read<{ id: string }>({ ...NEXT_TENANT, values: [after] });
  return tenant ? placeOf(read, tenant.id) : null;
}

// A cursor is a position, never a permission: the workspace is the scope's.
function placeIn(scope: TenantScope, cursor: string): Place {
  const [, after, cutoff, balance] = decodeCursor(cursor, Place);
  return [scope.tenantId, after, cutoff, balance];
}

function lineOf(tenantId: string, row: Row): string {
  const amount = BigInt(row.amount_nano);
  return csvLine([
    tenantId,
    BigInt(row.seq),
    row.kind,
    amount,
    { number: decimalOfNano(amount) },
    BigInt(row.balance_after_nano),
    ...[row.currency, row.source_ref, row.actor_type, row.actor_id, row.reason],
    row.created_at.toISOString(),
  ]);
}

// No amount in it: the column sums to the balance that it names.
function lastLine(tenantId: string, cutoff: string, balance: string): string {
  return csvLine([tenantId, BigInt(cutoff), "cut-off", null, null, BigInt(balance), ...Array(6).fill(null)]);
}

async function beginExport(scope: Scope): Promise<void> {
  await countExport(`${scope.tenantId}|${scope.userId}`, scope.request);
  await withTenant(scope, (db) =>
    recordAudit(db, {
      tenantId: scope.tenantId,
      actor: scope.actor,
      action: "reserve.export",
      category: "billing",
      target: { type: "tenant", id: scope.tenantId },
      request: scope.request,
    }),
  );
}

async function countExport(key: string, request: RequestInfo): Promise<void> {
  const limit = { name: "ledger-export.user", key, points: LEDGER_EXPORTS_PER_HOUR };
  const state = await consumeLimits([{ ...limit, windowSeconds: HOUR_SECONDS }]);
  noteLimit(request.reply, state);
  if (state.allowed) return;
  const details = { reason: "rate_limited" as const, retryAfterSeconds: state.retryAfterSeconds };
  throw new AppError("over_limit", "Too many downloads. Please try again later.", details);
}
