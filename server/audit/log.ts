// The audit log: append-only, one hash chain per tenant and one for the platform. Rows are written by the SQL function
// `audit_append` alone, inside the transaction of the action they tell of: no action without its row, no row without it.

import { newId } from "../platform/ids";
import type { Statement } from "../platform/pipeline";
import type { Prisma } from "../platform/prisma/client";
import type { TenantId } from "../platform/tenant-db";
import type { AuditActorType, AuditCategory, AuditResult } from "./terms";

/** Metadata stays exactly reproducible as text, so numbers are whole ones. */
export type AuditMetadata = { [key: string]: string | number | boolean | null | string[] };

export interface AuditEntry {
  /** Null for the platform's chain: what happens to a person rather than in a tenant. */
  tenantId: TenantId | null;
  actor: { type: AuditActorType; id: string | null };
  /** "<noun>.<verb>", such as "session.revoke". */
  action: string;
  category: AuditCategory;
  target?: { type: string; id: string };
  result?: AuditResult;
  metadata?: AuditMetadata;
  request?: { id: string; ip: string; userAgent: string };
}

/**
 * Appends one row. Call it last in the transaction: the chain's head stays locked until commit.
 * A tenant's row needs the transaction of that tenant (`withTenant`).
 */
export async function recordAudit(db: Prisma.TransactionClient, entry: AuditEntry): Promise<void> {
  await db.$queryRaw`SELECT audit_append(${storable(entry)}::jsonb)`;
}

/** The same append as the last statement of a batch. */
export function auditStatement(entry: AuditEntry): Statement {
  return { name: "audit_append", text: "SELECT audit_append($1::jsonb)", values: [storable(entry)] };
}

function storable(entry: AuditEntry): string {
  return JSON.stringify(
    {
      id: newId(),
      tenantId: entry.tenantId,
      category: entry.category,
      action: entry.action,
      actorType: entry.actor.type,
      actorId: entry.actor.id,
      targetType: entry.target?.type,
      targetId: entry.target?.id,
      result: entry.result ?? "success",
      requestId: entry.request?.id,
      metadata: entry.metadata ?? {},
      ip: entry.request?.ip,
      userAgent: entry.request?.userAgent,
    },
    (_key, value: unknown) => (typeof value === "string" ? storableText(value) : value),
  );
}

// PostgreSQL text holds neither U+0000 nor half a surrogate pair; an odd header must not undo the action it came with.
function storableText(text: string): string {
  return Buffer.from(text.replaceAll("\0", "\ufffd")).toString();
}
