// The use of a range of days as a file, a row for each day, member and model; read in batches, its beginning audited.

import { z } from "zod";
import { displayNamesOf } from "../auth/account/names";
import { csvLine } from "../platform/csv";
import { decodeCursor, encodeCursor } from "../platform/cursor";
import { queryTenant, withTenant } from "../platform/tenant-db";
import { beginExport } from "../tenants/exports";
import type { Scope } from "../tenants/scope";
import type { ExportUsage } from "./contract";
import { type DayRange, rangeOf, SUMS, sumsOf } from "./summary";
import { USAGE_EXPORTS_PER_HOUR, type UsageFormat } from "./terms";

export interface UsageFilePage {
  /** The pages' contents, joined in order, are the file. */
  content: string;
  nextCursor: string | null;
}

interface FileRow extends Record<(typeof SUMS)[number], string> {
  day: string;
  user_id: string;
  model: string;
}

const ROWS_PER_BATCH = 500;
const FIRST = ["0001-01-01", "00000000-0000-0000-0000-000000000000", ""] as const;
const Position = z.tuple([z.iso.date(), z.uuid(), z.string().max(200)]);

const ROWS = {
  name: "usage_file_rows",
  text: `
  SELECT r.day::text, r.user_id::text, r.model, ${SUMS.map((sum) => `sum(r.${sum})::text AS ${sum}`).join(", ")}
    FROM usage_rollup_day r
   WHERE r.tenant_id = $1 AND r.day BETWEEN greatest($2::date, $5::date) AND $3::date
     AND ($4::uuid IS NULL OR r.user_id = $4) AND (r.day, r.user_id, r.model) > ($5::date, $6::uuid, $7)
   GROUP BY r.day, r.user_id, r.model ORDER BY r.day, r.user_id, r.model LIMIT ${ROWS_PER_BATCH}`,
};

/**
 * The next 500 rows of the file. The beginning is audited and counted; throws `over_limit` after too many in an hour. Who
 * may not see what everybody uses is given their own use.
 */
export async function exportUsage(scope: Scope, query: ExportUsage): Promise<UsageFilePage> {
  const { cursor, format } = query;
  const days = rangeOf(query);
  if (cursor === undefined) await beginUsageFile(scope, { ...days, format });
  const after = cursor === undefined ? FIRST : decodeCursor(cursor, Position);
  const member = scope.permissions.has("billing.read") ? null : scope.userId;
  const values = [scope.tenantId, days.from, days.to, member, ...after];
  const rows = await queryTenant<FileRow>(scope, { ...ROWS, values });
  const names = await withTenant(scope, (db) =>
    displayNamesOf([...new Set(rows.map(({ user_id }) => user_id))], db),
  );
  const last = rows.length === ROWS_PER_BATCH ? rows.at(-1) : undefined;
  const place = { isFirst: cursor === undefined, isLast: last === undefined };
  const items = rows.map((row) => itemOf(row, names));
  return {
    content: format === "csv" ? csvOf(items, place) : jsonOf(items, place),
    nextCursor: last === undefined ? null : encodeCursor([last.day, last.user_id, last.model]),
  };
}

function beginUsageFile(scope: Scope, asked: DayRange & { format: UsageFormat }): Promise<void> {
  return beginExport(scope, {
    action: "usage.export",
    limit: "usage-export.user",
    perHour: USAGE_EXPORTS_PER_HOUR,
    metadata: { ...asked },
  });
}

type Item = ReturnType<typeof itemOf>;

function itemOf(row: FileRow, names: ReadonlyMap<string, string>) {
  const { day, user_id, model } = row;
  return { day, memberId: user_id, member: names.get(user_id) ?? null, model, ...sumsOf(row) };
}

interface Place {
  isFirst: boolean;
  isLast: boolean;
}

const COLUMNS = [
  ...(["day", "memberId", "member", "model", "calls", "messages", "inputTokens", "outputTokens"] as const),
  ...(["costNano", "cost", "chargedNano", "charged"] as const),
];

function csvOf(items: readonly Item[], { isFirst }: Place): string {
  const lines = items.map((item) =>
    csvLine(COLUMNS.map((column) => (item[column] === null ? null : String(item[column])))),
  );
  return (isFirst ? csvLine(COLUMNS) : "") + lines.join("");
}

function jsonOf(items: readonly Item[], { isFirst, isLast }: Place): string {
  const texts = items.map((item) => JSON.stringify(item));
  const start = isFirst ? "[\n" : texts.length > 0 ? ",\n" : "";
  return start + texts.join(",\n") + (isLast ? "\n]\n" : "");
}
