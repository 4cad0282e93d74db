// The audit log as a CSV file, and the file verified again without the database. Every field that a hash covers is a
// column, so that a third party can recompute the chain.

import { csvLine, parseCsv } from "../platform/csv";
import type { AuditRow } from "./rows";
import { type ChainReport, ChainWalk, jsonbText } from "./verify";

export interface FileReport extends ChainReport {
  /** Places where rows are left out, as a filter does. */
  gaps: number;
}

type Column = [name: string, cellOf: (row: AuditRow) => string | null];

const hex = (bytes: Uint8Array | null | undefined) => (bytes ? Buffer.from(bytes).toString("hex") : null);

const COLUMNS: Column[] = [
  ["id", (row) => row.id],
  ["actor", (row) => row.actorId],
  ["action", (row) => row.action],
  ["target_type", (row) => row.targetType],
  ["target_id", (row) => row.targetId],
  ["ip", (row) => row.personal?.ip ?? null],
  ["user_agent", (row) => row.personal?.userAgent ?? null],
  ["metadata", (row) => jsonbText(row.metadata)],
  ["created_at", (row) => row.at],
  ["category", (row) => row.category],
  ["actor_type", (row) => row.actorType],
  ["result", (row) => row.result],
  ["request_id", (row) => row.requestId],
  ["tenant_id", (row) => row.tenantId],
  ["chain", (row) => row.chain],
  ["seq", (row) => String(row.seq)],
  ["prev_hash", (row) => hex(row.prevHash)],
  ["hash", (row) => hex(row.hash)],
  ["personal_hash", (row) => hex(row.personalHash)],
  ["personal_salt", (row) => hex(row.personal?.salt)],
];

/** The first line of a file. */
export function auditHeader(): string {
  return csvLine(COLUMNS.map(([name]) => name));
}

/** One line per row. */
export function auditLines(rows: readonly AuditRow[]): string {
  return rows.map((row) => csvLine(COLUMNS.map(([, cellOf]) => cellOf(row)))).join("");
}

/** Verifies an exported file: each row by its hash, and each one that follows another by that one's. Throws on another file. */
export function verifyExport(text: string): FileReport[] {
  const [header = [], ...lines] = parseCsv(text);
  const missing = COLUMNS.filter(([name]) => !header.includes(name)).map(([name]) => name);
  if (missing.length > 0) throw new Error(`not an audit export: no column ${missing.join(", ")}`);
  const chains = new Map<string, { walk: ChainWalk; report: FileReport }>();
  for (const line of lines) {
    const row = rowOf(Object.fromEntries(header.map((name, index) => [name, line[index] ?? ""])));
    verifyRow(row, chains);
  }
  return [...chains.values()].map(({ report }) => report);
}

/** The hashes of an export's rows in hex, by "<chain> <seq>". */
export function exportedHashes(text: string): Map<string, string> {
  const [header = [], ...lines] = parseCsv(text);
  const [chain, seq, hash] = ["chain", "seq", "hash"].map((name) => header.indexOf(name));
  return new Map(
    lines.map((cells) => [`${cells[chain ?? -1]} ${cells[seq ?? -1]}`, cells[hash ?? -1] ?? ""] as const),
  );
}

function verifyRow(row: AuditRow, chains: Map<string, { walk: ChainWalk; report: FileReport }>): void {
  const known = chains.get(row.chain);
  const report = known?.report ?? { chain: row.chain, rowCount: 0, fault: null, gaps: 0 };
  if (report.fault) return;
  const isGap = known !== undefined && row.seq > known.walk.seq + 1n;
  const walk =
    known && !isGap ? known.walk : new ChainWalk(row.chain, { seq: row.seq - 1n, hash: row.prevHash });
  const problem = walk.faultOf(row);
  if (problem) report.fault = { seq: String(row.seq), problem };
  else report.rowCount += 1;
  if (isGap) report.gaps += 1;
  chains.set(row.chain, { walk, report });
}

function rowOf(cells: Record<string, string>): AuditRow {
  const text = (name: string) => cells[name] ?? "";
  const optional = (name: string) => text(name) || null;
  const bytes = (name: string) => Buffer.from(text(name), "hex");
  // Where the salt is there, an empty field was an empty text.
  const personal = () => ({ salt: bytes("personal_salt"), ip: text("ip"), userAgent: text("user_agent") });
  return {
    id: text("id"),
    chain: text("chain"),
    seq: BigInt(text("seq")),
    tenantId: optional("tenant_id"),
    at: text("created_at"),
    category: text("category"),
    action: text("action"),
    actorType: text("actor_type"),
    actorId: optional("actor"),
    targetType: optional("target_type"),
    targetId: optional("target_id"),
    result: text("result"),
    requestId: optional("request_id"),
    metadata: JSON.parse(text("metadata")),
    personalHash: text("personal_hash") === "" ? null : bytes("personal_hash"),
    prevHash: bytes("prev_hash"),
    hash: bytes("hash"),
    personal: text("personal_salt") === "" ? null : personal(),
  };
}
