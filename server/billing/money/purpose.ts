// What a payment is for, as Parley wrote on it when it asked for it. Payments of invoices say nothing of the kind.

import type Stripe from "stripe";

export const PURPOSES = { topup: "reserve_topup", auto_topup: "reserve_auto_topup" } as const;
export type PaymentKind = keyof typeof PURPOSES;

/** What is written on a payment into the reserve. */
export function purposeMetadata(
  kind: PaymentKind,
  { tenantId, amountCents }: { tenantId: string; amountCents: number },
): Record<string, string> {
  return { tenant_id: tenantId, purpose: PURPOSES[kind], amount_cents: String(amountCents) };
}

/** Null for a payment that does not fill a reserve. */
export function purposeOf({ metadata }: Pick<Stripe.PaymentIntent, "metadata">): PaymentKind | null {
  if (metadata["purpose"] === PURPOSES.topup) return "topup";
  return metadata["purpose"] === PURPOSES.auto_topup ? "auto_topup" : null;
}

export function isAutomatic(intent: Pick<Stripe.PaymentIntent, "metadata">): boolean {
  return purposeOf(intent) === "auto_topup";
}
