// Recomputes audit chains without asking the database to do it: a changed, removed, added or moved row shows, and so
// does a head that was set back. The canonical text of a row is defined in the migration that defines `audit_record`.

import { sha256 } from "../platform/crypto";
import { Prisma, type PrismaClient } from "../platform/prisma/client";
import { type AuditRow, readRows } from "./rows";

export interface ChainReport {
  chain: string;
  /** Rows that were read and found in order. */
  rowCount: number;
  /** The first fault, or null when the chain holds. */
  fault: { seq: string; problem: string } | null;
}

interface Head {
  chain: string;
  seq: bigint;
  hash: Uint8Array;
}

const PAGE_ROWS = 500;
const GENESIS_HASH = sha256("");

/** Verifies every chain. Reads across tenants, so it takes the platform role's client. */
export async function verifyChains(platform: PrismaClient): Promise<ChainReport[]> {
  const heads = await platform.auditHead.findMany({ orderBy: { chain: "asc" } });
  const reports: ChainReport[] = [];
  const checkpoints = new Map((await platform.auditCheckpoint.findMany()).map((row) => [row.chain, row]));
  for (const head of heads) {
    const walk = new ChainWalk(head.chain, checkpoints.get(head.chain));
    reports.push(await verifyChain(platform, { head, walk }));
  }
  return reports;
}

async function verifyChain(
  platform: PrismaClient,
  { head, walk }: { head: Head; walk: ChainWalk },
): Promise<ChainReport> {
  for (;;) {
    const where = Prisma.sql`l.chain = ${head.chain} AND l.seq > ${walk.seq} ORDER BY l.seq LIMIT ${PAGE_ROWS}`;
    const page = await readRows(platform, where);
    for (const row of page) {
      const problem = walk.faultOf(row);
      if (problem) return walk.report({ seq: String(row.seq), problem });
    }
    if (page.length < PAGE_ROWS) break;
  }
  return walk.report(walk.faultOfHead(head));
}

/** One pass over a chain's rows in their order, from its beginning or from where its old rows were cut off. */
export class ChainWalk {
  seq: bigint;
  private hash: Uint8Array;
  private rowCount = 0;
  private isCutTold: boolean;

  constructor(
    private readonly chain: string,
    private readonly start: { seq: bigint; hash: Uint8Array } = { seq: 0n, hash: GENESIS_HASH },
  ) {
    this.seq = start.seq;
    this.hash = start.hash;
    this.isCutTold = start.seq === 0n;
  }

  /** What is wrong with the next row, or null; a sound row moves the walk on. */
  faultOf(row: AuditRow): string | null {
    const expected = this.seq + 1n;
    if (row.chain !== this.chain) return "row of another chain";
    if (row.seq !== expected) return `expected row ${expected}`;
    if (!isSame(row.prevHash, this.hash)) return "does not follow the row before it";
    if (!isSame(row.hash, hashOf(row))) return "content does not match its hash";
    if (row.personal && !isSame(row.personalHash, personalHashOf(row.personal))) {
      return "personal fields do not match their hash";
    }
    this.seq = row.seq;
    this.hash = row.hash;
    this.rowCount += 1;
    this.isCutTold ||= tellsOfCut(row, this.start);
    return null;
  }

  faultOfHead(head: Head): ChainReport["fault"] {
    if (head.seq !== this.seq || !isSame(head.hash, this.hash)) {
      return { seq: String(head.seq), problem: `head names row ${head.seq}, the chain ends at ${this.seq}` };
    }
    if (this.isCutTold) return null;
    return { seq: String(this.start.seq), problem: "no row tells that rows up to here were cut off" };
  }

  report(fault: ChainReport["fault"]): ChainReport {
    return { chain: this.chain, rowCount: this.rowCount, fault };
  }
}

// The chain itself says where it was cut, with the hash of the last row that went.
function tellsOfCut(row: AuditRow, start: { seq: bigint; hash: Uint8Array }): boolean {
  if (row.action !== "audit.cut" || row.actorType !== "system") return false;
  const { seq, hash } = row.metadata as { seq?: unknown; hash?: unknown };
  return seq === Number(start.seq) && hash === Buffer.from(start.hash).toString("hex");
}

function isSame(a: Uint8Array | null, b: Uint8Array): boolean {
  return a !== null && Buffer.compare(a, b) === 0;
}

function hashOf(row: AuditRow): Buffer {
  return sha256(Buffer.concat([row.prevHash, Buffer.from(canonicalRecord(row))]));
}

function personalHashOf({ salt, ip, userAgent }: NonNullable<AuditRow["personal"]>): Buffer {
  return sha256(Buffer.concat([salt, Buffer.from(jsonbText({ ip, userAgent }))]));
}

function canonicalRecord(row: AuditRow): string {
  return jsonbText({
    id: row.id,
    chain: row.chain,
    seq: Number(row.seq),
    tenantId: row.tenantId,
    at: row.at,
    category: row.category,
    action: row.action,
    actorType: row.actorType,
    actorId: row.actorId,
    targetType: row.targetType,
    targetId: row.targetId,
    result: row.result,
    requestId: row.requestId,
    metadata: row.metadata,
    personalHash: row.personalHash && Buffer.from(row.personalHash).toString("hex"),
  });
}

/** The text PostgreSQL gives a jsonb value: keys by byte length, then by bytes; one space after each comma and colon. */
export function jsonbText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jsonbText).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => byBytes(Buffer.from(a), Buffer.from(b)));
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}: ${jsonbText(field)}`).join(", ")}}`;
}

function byBytes(a: Buffer, b: Buffer): number {
  return a.length - b.length || a.compare(b);
}
