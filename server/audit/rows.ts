// Rows of the audit log as they are read: by verification, by operators and by workspaces, by the export. Operators read
// across tenants, with the platform role's client; a workspace reads inside its own transaction.

import { Prisma } from "../platform/prisma/client";

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

/** The platform's client, or a tenant's transaction, which sees its own chain alone. */
export type AuditReader = Pick<Prisma.TransactionClient, "$queryRaw">;

type StoredRow = Omit<AuditRow, "personal"> & {
  salt: Uint8Array | null;
  ip: string | null;
  userAgent: string | null;
};

/** Rows with what is left of their personal fields. `where` names the row `l`, and brings order and limit along. */
export async function readRows(db: AuditReader, where: Prisma.Sql): Promise<AuditRow[]> {
  const rows = await db.$queryRaw<StoredRow[]>(Prisma.sql`
    SELECT l.id::text, l.chain, l.seq, l.tenant_id::text AS "tenantId",
           to_char(l.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at,
           l.category, l.action, l.actor_type AS "actorType", l.actor_id AS "actorId",
           l.target_type AS "targetType", l.target_id AS "targetId", l.result, l.request_id AS "requestId",
           l.metadata, l.personal_hash AS "personalHash", l.prev_hash AS "prevHash", l.hash,
           p.salt, p.ip, p.user_agent AS "userAgent"
      FROM audit_logs l LEFT JOIN audit_personal p ON p.audit_id = l.id
     WHERE ${where}`);
  return rows.map(({ salt, ip, userAgent, ...row }) => ({
    ...row,
    personal: salt && { salt, ip, userAgent },
  }));
}
