// Money that comes or goes for another reason than use. Booked once per kind and cause, whoever tells of it how often; the
// platform role's work, since no request of a tenant may give itself money.

import { now } from "../platform/clock";
import type { Prisma } from "../platform/prisma/client";
import type { TenantId } from "../platform/tenant-db";

/** Kinds that are booked from outside; use is booked by its settlement alone. */
export type CreditKind =
  | "topup"
  | "auto_topup"
  | "adjustment"
  | "refund"
  | "dispute_hold"
  | "dispute_return"
  | "grant"
  | "expiry";

export interface Booking {
  kind: CreditKind;
  /** Signed: what leaves the reserve is negative. */
  amountNano: bigint;
  /** The payment, refund, dispute or adjustment behind it. */
  sourceRef: string;
  actor?: { type: "user" | "operator" | "system"; id: string | null };
  reason?: string;
}

/** Books an entry in the caller's transaction of the platform role; false when it was booked before. */
export async function bookReserve(
  tx: Prisma.TransactionClient,
  tenantId: TenantId,
  booking: Booking,
): Promise<boolean> {
  const { kind, amountNano, sourceRef, actor, reason } = booking;
  const entry = JSON.stringify({
    kind,
    amountNano: amountNano.toString(),
    sourceRef,
    actorType: actor?.type ?? "system",
    actorId: actor?.id ?? null,
    reason: reason ?? null,
  });
  const [row] = await tx.$queryRaw<{ done: boolean }[]>`
    SELECT book_reserve(${tenantId}::uuid, ${entry}::jsonb, ${now()}) AS done`;
  return row?.done ?? false;
}
