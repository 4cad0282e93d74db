// The card behind a trial. A card has one trial: the workspace that was first with it keeps it.

import type { TenantId } from "../../../platform/tenant-db";
import type { PlatformTx } from "../../intake/handler";

/** Remembers the card of a workspace that has or had a trial; answers whether no other workspace was first with it. */
export async function claimCard(tx: PlatformTx, tenantId: TenantId, fingerprint: string): Promise<boolean> {
  // Two workspaces that come with one card at once come one after the other.
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`card:${fingerprint}`}, 0))::text`;
  await tx.$executeRaw`
    UPDATE trial_uses SET payment_fingerprint = ${fingerprint}
     WHERE tenant_id = ${tenantId}::uuid AND payment_fingerprint IS NULL
       AND NOT EXISTS (SELECT 1 FROM trial_uses WHERE payment_fingerprint = ${fingerprint})`;
  const first = await tx.trialUse.findUnique({ where: { paymentFingerprint: fingerprint } });
  return first === null || first.tenantId === tenantId;
}
