// Operators at the desk where money is decided. What they do there is audited with its reason in the transaction that does
// it, in the chain of the workspace it concerns or, where it concerns all, in the platform's.

import { type AuditMetadata, recordAudit } from "../../audit/log";
import type { Prisma } from "../../platform/prisma/client";
import type { TenantId } from "../../platform/tenant-db";
import type { SignedInCaller } from "./password-prompt";

/** An operator at the desk: session and request of this call. */
export type Officer = SignedInCaller;

export interface OfficialDeed {
  action:
    | "adjust_reserve"
    | "change_rate"
    | "change_policy"
    | "override_block"
    | "quota_guard"
    | "reconcile"
    | "compare_billing"
    | "repair_difference";
  /** The workspace it concerns; null for all. */
  tenantId: TenantId | null;
  /** What it was done to, where that is no workspace. */
  target?: { type: string; id: string };
  metadata: AuditMetadata;
}

/** Audits a deed of money. Call it last in the transaction. */
export function auditDeed(
  tx: Prisma.TransactionClient,
  { session, request }: Officer,
  { action, tenantId, target, metadata }: OfficialDeed,
): Promise<void> {
  const about = target ?? (tenantId === null ? undefined : { type: "tenant", id: tenantId });
  return recordAudit(tx, {
    tenantId,
    actor: { type: "operator", id: session.userId },
    action,
    category: "billing",
    ...(about && { target: about }),
    metadata,
    request,
  });
}
