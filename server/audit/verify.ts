// Recomputes audit chains without asking the database to do it: a changed, removed, added or moved row shows, and so
// does a head that was set back. The canonical text of a row is defined in the migration that defines `audit_record`.

import { sha256 } from "../platform/crypto";
import type { PrismaClient } from "../platform/prisma/client";

export interface ChainReport {
  chain: string;
  /** Rows that were read and found in order. */
  rowCount: number;
  /** The first fault, or null when the chain holds. */
  fault: { seq: string; problem: string } | null;
}

export interface AuditRow {
  id: string;
  chain: string;
  seq: bigint;
  tenantId: string | null;
  /** ISO 8601 in UTC with six decimals, as the hash covers it. */
  at: string;
  category: string;
  action: string;
  actorType: string;
  actorId: string | null;
  targetType: string | null;
  targetId: string | null;
  result: string;
  requestId: string | null;
  metadata: unknown;
  personalHash: Uint8Array | null;
  prevHash: Uint8Array;
  hash: Uint8Array;
  /** Absent once it was erased on request. */
  personal: { salt: Uint8Array; ip: string | null; userAgent: string | null } | null;
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
  for (const head of heads) reports.push(await verifyChain(platform, head));
  return reports;
}

async function verifyChain(platform: PrismaClient, head: Head): Promise<ChainReport> {
  const walk = new ChainWalk(head.chain);
  for (;;) {
    const page = await readRows(platform, head, walk.seq);
    for (const row of page) {
      const problem = walk.faultOf(row);
      if (problem) return walk.report({ seq: String(row.seq), problem });
    }
    if (page.length < PAGE_ROWS) break;
  }
  return walk.report(walk.faultOfHead(head));
}

/** One pass over a chain's rows in their order. */
export class ChainWalk {
  seq = 0n;
  private hash: Uint8Array = GENESIS_HASH;

  constructor(private readonly chain: string) {}

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
    return null;
  }

  faultOfHead(head: Head): ChainReport["fault"] {
    if (head.seq === this.seq && isSame(head.hash, this.hash)) return null;
    return { seq: String(head.seq), problem: `head names row ${head.seq}, the chain ends at ${this.seq}` };
  }

  report(fault: ChainReport["fault"]): ChainReport {
    return { chain: this.chain, rowCount: Number(this.seq), fault };
  }
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

type StoredRow = Omit<AuditRow, "personal"> & {
  salt: Uint8Array | null;
  ip: string | null;
  userAgent: string | null;
};

async function readRows(platform: PrismaClient, head: Head, afterSeq: bigint): Promise<AuditRow[]> {
  const rows = await platform.$queryRaw<StoredRow[]>`
    SELECT l.id::text, l.chain, l.seq, l.tenant_id::text AS "tenantId",
           to_char(l.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at,
           l.category, l.action, l.actor_type AS "actorType", l.actor_id AS "actorId",
           l.target_type AS "targetType", l.target_id AS "targetId", l.result, l.request_id AS "requestId",
           l.metadata, l.personal_hash AS "personalHash", l.prev_hash AS "prevHash", l.hash,
           p.salt, p.ip, p.user_agent AS "userAgent"
      FROM audit_logs l LEFT JOIN audit_personal p ON p.audit_id = l.id
     WHERE l.chain = ${head.chain} AND l.seq > ${afterSeq} ORDER BY l.seq LIMIT ${PAGE_ROWS}`;
  return rows.map(({ salt, ip, userAgent, ...row }) => ({
    ...row,
    personal: salt && { salt, ip, userAgent },
  }));
}
