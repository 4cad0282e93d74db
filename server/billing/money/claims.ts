// What refunds and disputes take of a payment, decided from what is known of all of them: never more than the payment gave,
// the earliest first; and what was given up, a refund that failed or a dispute that was won, takes nothing for good. Pure.

import type Stripe from "stripe";
import { nanoOfMinor } from "../../platform/money";

export interface Claim {
  id: string;
  isDispute: boolean;
  amountNano: bigint;
  /** What the books say is taken now. */
  takenNano: bigint;
  isReturned: boolean;
  entries: number;
  createdAt: Date;
}

/** A booking that brings a claim to what it should take; positive amounts go back to the reserve. */
export interface Correction {
  claim: Claim;
  amountNano: bigint;
}

/** Statuses of a dispute that take no money: a bank asks first, or nothing came of it. */
const HARMLESS = new Set(["warning_needs_response", "warning_under_review", "warning_closed", "prevented"]);

/** The claims that Stripe tells of; what was never taken and never will be is none. */
export function claimsOf({
  refunds,
  disputes,
}: {
  refunds: Stripe.Refund[];
  disputes: Stripe.Dispute[];
}): Claim[] {
  return [
    ...refunds
      .filter(({ status }) => status !== "requires_action")
      .map((refund) => claimOf(refund, { isDispute: false, isReturned: hasFailed(refund) })),
    ...disputes
      .filter(({ status }) => !HARMLESS.has(status))
      .map((dispute) => claimOf(dispute, { isDispute: true, isReturned: wasWon(dispute) })),
  ];
}

/** What is known already and what was heard, as one: a claim keeps its amount, and what was given up stays so. */
export function mergeClaims(known: readonly Claim[], heard: readonly Claim[]): Claim[] {
  const merged = new Map(known.map((claim) => [claim.id, claim]));
  for (const claim of heard) {
    const before = merged.get(claim.id);
    merged.set(claim.id, before ? { ...before, isReturned: before.isReturned || claim.isReturned } : claim);
  }
  return [...merged.values()].sort(
    (a, b) => a.createdAt.getTime() - b.createdAt.getTime() || (a.id < b.id ? -1 : 1),
  );
}

/** What has to be booked; what goes back comes first, so that the sum never exceeds what was given. */
export function correctionsOf(claims: readonly Claim[], creditedNano: bigint): Correction[] {
  let leftNano = creditedNano;
  const corrections = claims.map((claim) => {
    const wantedNano = claim.isReturned ? 0n : claim.amountNano;
    const targetNano = wantedNano < leftNano ? wantedNano : leftNano;
    leftNano -= targetNano;
    return { claim, amountNano: claim.takenNano - targetNano };
  });
  return corrections
    .filter(({ amountNano }) => amountNano !== 0n)
    .sort((a, b) => Number(b.amountNano > 0n) - Number(a.amountNano > 0n));
}

function claimOf(
  { id, amount, currency, created }: Stripe.Refund | Stripe.Dispute,
  kind: Pick<Claim, "isDispute" | "isReturned">,
): Claim {
  const amountNano = nanoOfMinor(amount, currency);
  return { id, ...kind, amountNano, takenNano: 0n, entries: 0, createdAt: new Date(created * 1_000) };
}

function hasFailed({ status }: Stripe.Refund): boolean {
  return status === "failed" || status === "canceled";
}

// Money that a bank took and gave back is given back here too, also before the dispute is called won.
function wasWon({ status, balance_transactions: moved }: Stripe.Dispute): boolean {
  const sum = moved.reduce((total, { amount }) => total + amount, 0);
  return status === "won" || (moved.length > 1 && sum >= 0);
}
