// A payment into a reserve at Stripe beside what was booked of it: what it gave, what refunds and disputes took of it, and
// whether the ledger has both.

import type Stripe from "stripe";
import { platformDb } from "../../platform/db";
import { nanoOfMinor } from "../../platform/money";
import type { ReservePayment } from "../../platform/prisma/client";
import { exactDollars } from "../../wallet/terms";
import { isMissing } from "../gateway/failures";
import { findOwner } from "../intake/customers";
import { claimsOf, correctionsOf, mergeClaims } from "../money/claims";
import { fetchPayment, type Payment } from "../money/payment";
import { purposeOf } from "../money/purpose";
import { idOf } from "../subscription/row";
import type { Suspect } from "./differences";

type Difference = Pick<Suspect, "kind" | "ours" | "theirs">;

/** The payment of this id as Stripe has it now, with all that was taken back, compared with our books. */
export async function lookAtPayment(id: string): Promise<Suspect[]> {
  const there = await fetchPayment(id).catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
  const here = await platformDb().reservePayment.findUnique({ where: { paymentIntentId: id } });
  const owner = await findOwner(platformDb(), idOf(there?.intent.customer) ?? "");
  if (here === null && (there === null || owner.isErased)) return [];
  const tenantId = here?.tenantId ?? owner.tenantId;
  const found = [...(await apartAtStripe(there, here)), ...(here === null ? [] : await apartInBooks(here))];
  return found.map((difference) => ({ ...difference, objectId: id, tenantId }));
}

/** Of payments in a list those that deserve a look of their own: something was taken back, or the books say otherwise. */
export async function suspectPayments(listed: readonly Stripe.PaymentIntent[]): Promise<string[]> {
  const ours = listed.filter((intent) => purposeOf(intent) !== null);
  const ids = ours.map(({ id }) => id);
  const rows = await platformDb().reservePayment.findMany({ where: { paymentIntentId: { in: ids } } });
  const known = new Map(rows.map((row) => [row.paymentIntentId, row]));
  const unbooked = new Set((await bookedOf(ids)).filter(isApart).map(({ id }) => id));
  return ours
    .filter((intent) => {
      const row = known.get(intent.id);
      const isQuiet = (row?.takenNano ?? 0n) === 0n && !isTakenBack(intent) && !unbooked.has(intent.id);
      return !isQuiet || (row?.creditedNano ?? 0n) !== creditOf(intent);
    })
    .map(({ id }) => id);
}

function creditOf({ status, amount_received, currency }: Stripe.PaymentIntent): bigint {
  return status === "succeeded" ? nanoOfMinor(amount_received, currency) : 0n;
}

function isTakenBack({ latest_charge: charge }: Stripe.PaymentIntent): boolean {
  return typeof charge === "object" && charge !== null && (charge.disputed || charge.amount_refunded > 0);
}

async function apartAtStripe(there: Payment | null, here: ReservePayment | null): Promise<Difference[]> {
  const ours = here && exactDollars(here.creditedNano);
  if (there === null) return [{ kind: "payment_missing", ours, theirs: null }];
  const creditedNano = creditOf(there.intent);
  const theirs = exactDollars(creditedNano);
  if (here === null) return creditedNano === 0n ? [] : [{ kind: "payment_unknown", ours, theirs }];
  if (here.creditedNano !== creditedNano) return [{ kind: "payment_amount", ours, theirs }];
  const where = { tenantId: here.tenantId, paymentIntentId: here.paymentIntentId };
  const known = await platformDb().reserveClaim.findMany({ where });
  const corrections = correctionsOf(mergeClaims(known, claimsOf(there)), creditedNano);
  if (corrections.length === 0) return [];
  const takenNano = corrections.reduce((taken, { amountNano }) => taken - amountNano, here.takenNano);
  return [{ kind: "payment_taken", ours: exactDollars(here.takenNano), theirs: exactDollars(takenNano) }];
}

async function apartInBooks({ paymentIntentId }: ReservePayment): Promise<Difference[]> {
  const [booked] = await bookedOf([paymentIntentId]);
  if (!booked || !isApart(booked)) return [];
  const { credited, taken, creditedInLedger, takenInLedger } = booked;
  const ours = `${exactDollars(credited)} given, ${exactDollars(taken)} taken back`;
  const theirs = `in the ledger ${exactDollars(creditedInLedger)} given, ${exactDollars(takenInLedger)} taken back`;
  return [{ kind: "payment_books", ours, theirs }];
}

interface Booked {
  id: string;
  credited: string;
  taken: string;
  creditedInLedger: string;
  takenInLedger: string;
}

function isApart({ credited, taken, creditedInLedger, takenInLedger }: Booked): boolean {
  return credited !== creditedInLedger || taken !== takenInLedger;
}

// A claim is booked under its own id, and from the third time on with a number (`reserve-books.ts`).
async function bookedOf(ids: string[]): Promise<Booked[]> {
  return platformDb().$queryRaw<Booked[]>`
    SELECT p.payment_intent_id AS id, p.credited_nano::text AS credited, p.taken_nano::text AS taken,
           (SELECT coalesce(sum(e.amount_nano), 0)::text FROM ledger_entries e
             WHERE e.tenant_id = p.tenant_id AND e.kind IN ('topup', 'auto_topup')
               AND e.source_ref = p.payment_intent_id) AS "creditedInLedger",
           (SELECT coalesce(-sum(e.amount_nano), 0)::text FROM reserve_claims c JOIN ledger_entries e
                ON e.kind IN ('refund', 'adjustment', 'dispute_hold', 'dispute_return')
               AND e.source_ref = ANY (ARRAY[c.id] || ARRAY(SELECT c.id || '#' || n FROM generate_series(3, c.entries) n))
             WHERE c.tenant_id = p.tenant_id AND c.payment_intent_id = p.payment_intent_id) AS "takenInLedger"
      FROM reserve_payments p WHERE p.payment_intent_id = ANY (${ids})`;
}
