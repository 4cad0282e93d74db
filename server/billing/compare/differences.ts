// Differences between what Stripe has and what we have, as rows. One look only makes a suspect: it counts once a second look,
// some minutes later, has seen it too, and it ends by itself when a look finds it equal. Of one kind and object one row is open.

import { now } from "../../platform/clock";
import { platformDb } from "../../platform/db";
import { newId } from "../../platform/ids";
import { Prisma } from "../../platform/prisma/client";
import type { PlatformTx } from "../intake/handler";
import type { DifferenceKind } from "../terms";

/** What one look found. Texts are short and name nobody. */
export interface Suspect {
  kind: DifferenceKind;
  /** The subscription, the payment, or for a balance the workspace. */
  objectId: string;
  tenantId: string | null;
  ours: string | null;
  theirs: string | null;
}

/** Notes what a look found: a new row each, or what is seen now in the row that is open. */
export async function noteSuspects(
  tx: Pick<PlatformTx, "$executeRaw">,
  suspects: readonly Suspect[],
  at: Date,
): Promise<void> {
  if (suspects.length === 0) return;
  // In one order, so that two looks at once do not wait for each other in a circle.
  const keyOf = ({ kind, objectId }: Suspect) => `${kind} ${objectId}`;
  const ordered = [...suspects].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  const rows = ordered.map(
    ({ kind, objectId, tenantId, ours, theirs }) =>
      Prisma.sql`(${newId()}::uuid, ${kind}, ${objectId}, ${tenantId}::uuid, ${ours}, ${theirs}, ${at}::timestamptz,
        ${at}::timestamptz, ${at}::timestamptz)`,
  );
  await tx.$executeRaw`
    INSERT INTO billing_differences (id, kind, object_id, tenant_id, ours, theirs, found_at, last_seen_at, looked_at)
    VALUES ${Prisma.join(rows)}
    ON CONFLICT (kind, object_id) WHERE resolved_at IS NULL
    DO UPDATE SET tenant_id = excluded.tenant_id, ours = excluded.ours, theirs = excluded.theirs,
      last_seen_at = excluded.last_seen_at`;
}

/** It was seen again, apart from anything that is on its way: from now on it counts. */
export async function confirmDifference(id: string, { ours, theirs, tenantId }: Suspect): Promise<void> {
  const at = now();
  await platformDb().$executeRaw`
    UPDATE billing_differences
       SET ours = ${ours}, theirs = ${theirs}, tenant_id = ${tenantId}::uuid, last_seen_at = ${at}::timestamptz,
           looked_at = ${at}::timestamptz, confirmed_at = coalesce(confirmed_at, ${at}::timestamptz)
     WHERE id = ${id}::uuid AND resolved_at IS NULL`;
}

/** It cannot be told yet. */
export async function postponeDifference(id: string): Promise<void> {
  await platformDb().billingDifference.updateMany({ where: { id }, data: { lookedAt: now() } });
}

/** It is equal now. Who had it repaired ended it; what never counted leaves no row. */
export async function endDifference(id: string): Promise<void> {
  const { count } = await platformDb().billingDifference.deleteMany({
    where: { id, confirmedAt: null, repairAskedAt: null },
  });
  if (count > 0) return;
  await platformDb().$executeRaw`
    UPDATE billing_differences
       SET resolved_at = ${now()}::timestamptz, resolved_by = repair_asked_by, repair_note = NULL
     WHERE id = ${id}::uuid AND resolved_at IS NULL`;
}
