// The books of payments: what was paid is credited once, and what was taken back leaves the reserve, in one transaction
// under the payment's row. Whose a payment is, its customer says; what its metadata say may only agree.

import { recordAudit } from "../../audit/log";
import { now } from "../../platform/clock";
import { nanoOfMinor } from "../../platform/money";
import type { TenantId } from "../../platform/tenant-db";
import { bookReserve } from "../../wallet/ledger";
import { exactDollars } from "../../wallet/terms";
import { tenantOfCustomer } from "../intake/customers";
import { EventFault, type PlatformTx } from "../intake/handler";
import { mailManagers } from "../letters";
import { tellBilling } from "../stream/tell";
import { noteAttempt, replaceWaiting } from "./attempts";
import { type Claim, type Correction, claimsOf, correctionsOf, mergeClaims } from "./claims";
import { receiptMail, takenBackMail } from "./emails";
import { assertUncontradicted, type Payment } from "./payment";
import { isAutomatic } from "./purpose";

const SYSTEM = { type: "system", id: null } as const;

/** Brings the reserve's books to what Stripe says of a payment; `ignored` while it is not paid. */
export async function bringToBooks(tx: PlatformTx, payment: Payment): Promise<"done" | "ignored"> {
  const { intent } = payment;
  const tenantId = await tenantOfCustomer(tx, intent.customer);
  assertUncontradicted(payment, tenantId);
  const isNoted = isAutomatic(intent) && (await noteAttempt(tx, tenantId, intent));
  if (intent.status !== "succeeded") return isNoted ? "done" : "ignored";
  const creditedNano = nanoOfMinor(intent.amount_received, intent.currency);
  await credit(tx, tenantId, { payment, creditedNano });
  await settleClaims(tx, tenantId, payment);
  return "done";
}

interface Credit {
  payment: Payment;
  creditedNano: bigint;
}

async function credit(tx: PlatformTx, tenantId: TenantId, { payment, creditedNano }: Credit): Promise<void> {
  const { intent } = payment;
  const account = await tx.reserveAccount.findUniqueOrThrow({
    where: { tenantId },
    select: { currency: true },
  });
  if (account.currency.toLowerCase() !== intent.currency.toLowerCase())
    throw new EventFault(`The payment ${intent.id} is in another currency than the reserve.`);
  const isOurs = isAutomatic(intent);
  const row = { tenantId, paymentIntentId: intent.id, creditedNano, createdAt: now() };
  await tx.reservePayment.createMany({ data: [row], skipDuplicates: true });
  const kind = isOurs ? ("auto_topup" as const) : ("topup" as const);
  const isBooked = await bookReserve(tx, tenantId, { kind, amountNano: creditedNano, sourceRef: intent.id });
  if (!isBooked) return;
  if (!isOurs) await replaceWaiting(tx, tenantId);
  await recordAudit(tx, {
    tenantId,
    actor: SYSTEM,
    action: "reserve.credited",
    category: "billing",
    target: { type: "tenant", id: tenantId },
    metadata: { kind, amountNano: creditedNano.toString(), paymentIntentId: intent.id },
  });
  await tellBilling(tx, tenantId, {
    type: "topup",
    payload: { amountNano: creditedNano.toString(), isAutomatic: isOurs },
  });
  const balanceNano = await balanceOf(tx, tenantId);
  await mailManagers(tx, tenantId, {
    cause: `receipt:${intent.id}`,
    mailFor: (workspace) =>
      receiptMail(workspace, { amountNano: creditedNano, balanceNano, isAutomatic: isOurs, id: intent.id }),
  });
}

async function settleClaims(tx: PlatformTx, tenantId: TenantId, payment: Payment): Promise<void> {
  const paymentIntentId = payment.intent.id;
  const [row] = await tx.$queryRaw<{ credited_nano: bigint }[]>`
    SELECT credited_nano FROM reserve_payments
     WHERE tenant_id = ${tenantId}::uuid AND payment_intent_id = ${paymentIntentId} FOR UPDATE`;
  if (!row) throw new EventFault(`The payment ${paymentIntentId} is another workspace's.`);
  const known = await tx.reserveClaim.findMany({ where: { tenantId, paymentIntentId } });
  const claims = mergeClaims(known, claimsOf(payment));
  const corrections = correctionsOf(claims, row.credited_nano);
  for (const claim of claims) await keepClaim(tx, { tenantId, paymentIntentId, claim });
  for (const correction of corrections) await book(tx, { tenantId, paymentIntentId, correction });
}

interface ClaimAt {
  tenantId: TenantId;
  paymentIntentId: string;
}

async function keepClaim(
  tx: PlatformTx,
  { tenantId, paymentIntentId, claim }: ClaimAt & { claim: Claim },
): Promise<void> {
  const { id, isDispute, amountNano, isReturned, createdAt } = claim;
  await tx.reserveClaim.upsert({
    where: { tenantId_id: { tenantId, id } },
    create: { tenantId, paymentIntentId, id, isDispute, amountNano, isReturned, createdAt },
    update: { isReturned },
  });
}

// A claim that is booked again, since another one made room for it or took its room, is booked under a name of its own.
async function book(
  tx: PlatformTx,
  { tenantId, paymentIntentId, correction }: ClaimAt & { correction: Correction },
): Promise<void> {
  const { claim, amountNano } = correction;
  const sourceRef = claim.entries < 2 ? claim.id : `${claim.id}#${claim.entries + 1}`;
  const isBooked = await bookReserve(tx, tenantId, {
    kind: kindOf(correction),
    amountNano,
    sourceRef,
    reason: reasonOf(correction),
  });
  if (!isBooked) throw new EventFault(`The books have ${sourceRef} already.`);
  await tx.reserveClaim.update({
    where: { tenantId_id: { tenantId, id: claim.id } },
    data: { takenNano: { decrement: amountNano }, entries: { increment: 1 } },
  });
  await tx.reservePayment.update({
    where: { tenantId_paymentIntentId: { tenantId, paymentIntentId } },
    data: { takenNano: { decrement: amountNano } },
  });
  await report(tx, { tenantId, correction, sourceRef });
}

async function report(
  tx: PlatformTx,
  { tenantId, correction, sourceRef }: { tenantId: TenantId; correction: Correction; sourceRef: string },
): Promise<void> {
  const { claim, amountNano } = correction;
  await recordAudit(tx, {
    tenantId,
    actor: SYSTEM,
    action: amountNano < 0n ? "reserve.taken_back" : "reserve.returned",
    category: "billing",
    target: { type: "tenant", id: tenantId },
    metadata: { claimId: claim.id, isDispute: claim.isDispute, amountNano: amountNano.toString() },
  });
  const type = claim.isDispute ? ("dispute" as const) : ("refund" as const);
  await tellBilling(tx, tenantId, { type, payload: { amountNano: amountNano.toString() } });
  const balanceNano = await balanceOf(tx, tenantId);
  await mailManagers(tx, tenantId, {
    cause: `${amountNano < 0n ? "taken" : "returned"}:${sourceRef}`,
    mailFor: (workspace) => takenBackMail(workspace, { amountNano, balanceNano, isDispute: claim.isDispute }),
  });
}

async function balanceOf(tx: PlatformTx, tenantId: TenantId): Promise<bigint> {
  const account = await tx.reserveAccount.findUniqueOrThrow({
    where: { tenantId },
    select: { balanceNano: true },
  });
  return account.balanceNano;
}

function kindOf({ claim, amountNano }: Correction) {
  if (claim.isDispute) return amountNano < 0n ? "dispute_hold" : "dispute_return";
  return amountNano < 0n ? "refund" : "adjustment";
}

function reasonOf({ claim, amountNano }: Correction): string {
  const size = exactDollars(amountNano < 0n ? -amountNano : amountNano);
  if (claim.isDispute)
    return amountNano < 0n ? `A bank took back ${size}` : `A bank gave back ${size} of a dispute`;
  return amountNano < 0n ? `A payment was refunded: ${size}` : `A refund of ${size} did not arrive`;
}
