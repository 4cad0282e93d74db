// Repairing a difference. An operator's click is audited and enqueues the repair in one transaction; the repair is what the
// product does anyway: the syncer fetches, seats are reconciled, a payment is brought to the books. Money is never made equal
// by a click: such differences are refused with the reason.

import { auditDeed, type Officer } from "../../auth/sign-in/officer";
import { fromNow, now } from "../../platform/clock";
import { platformDb } from "../../platform/db";
import { AppError, notFound } from "../../platform/errors";
import type { BillingDifference } from "../../platform/prisma/client";
import { enqueue } from "../../platform/queue";
import { tenantIdOfBooks } from "../../tenants/scope";
import type { NameDifference } from "../contract";
import { fetchNow } from "../fetch-now";
import { readStripe } from "../gateway/calls";
import { findOwner } from "../intake/customers";
import { EventFault, OwnerGone } from "../intake/handler";
import { fetchPayment } from "../money/payment";
import { bringToBooks } from "../money/reserve-books";
import { cancelUnused } from "../subscription/ending/spare";
import { idOf } from "../subscription/row";
import { reconcileSeats } from "../subscription/seats/seats";
import { type DifferenceKind, REPAIRED_BY_HAND, TEXT_DIFFERENCE_OVER } from "../terms";
import { lookAt } from "./looks";

export const REPAIR_JOB = "billing.repair";

const GIVEN_UP_MS = 3_600_000;
const TEXT_STILL_DIFFERENT = "It was tried, and they still differ.";
const TEXT_NOBODYS =
  "No workspace has its customer: look at it in Stripe, and end it there if it is nobody's.";

/**
 * Has a difference repaired, outside the request; asked again, it is the same repair. Throws `not_found` for none that
 * counts, `conflict` for one that is over and for one that only a person can decide.
 */
export async function repairDifference(
  officer: Officer,
  { differenceId: id }: NameDifference,
): Promise<void> {
  await platformDb().$transaction(async (tx) => {
    await tx.$queryRaw`SELECT id FROM billing_differences WHERE id = ${id}::uuid FOR UPDATE`;
    const row = await tx.billingDifference.findUnique({ where: { id, confirmedAt: { not: null } } });
    if (row === null) throw notFound("Difference");
    if (row.resolvedAt !== null) throw new AppError("conflict", TEXT_DIFFERENCE_OVER);
    const byHand = REPAIRED_BY_HAND[row.kind as DifferenceKind];
    if (byHand !== undefined) throw new AppError("conflict", byHand);
    if (isUnderWay(row)) return;
    const asked = { repairAskedAt: now(), repairAskedBy: officer.session.userId, repairNote: null };
    await tx.billingDifference.update({ where: { id }, data: asked });
    await enqueue(tx, REPAIR_JOB, { differenceId: id }, { jobKey: `${REPAIR_JOB}:${id}` });
    const { kind, objectId, tenantId } = row;
    await auditDeed(tx, officer, {
      action: "repair_difference",
      tenantId: await livingTenant(tx, tenantId),
      target: { type: "billing_difference", id },
      metadata: { kind, objectId },
    });
  });
}

// Asked for and not tried yet; one whose job was given up may be asked for again.
function isUnderWay({ repairAskedAt, repairNote }: BillingDifference): boolean {
  return repairAskedAt !== null && repairNote === null && repairAskedAt > fromNow(-GIVEN_UP_MS);
}

/** Carries out a repair that was asked for, and looks what came of it; done twice, it is the same. */
export async function carryOutRepair(id: string): Promise<void> {
  const row = await platformDb().billingDifference.findUnique({ where: { id, resolvedAt: null } });
  if (row?.repairAskedAt == null) return;
  const failure = await tryRepair(row);
  if (await lookAt(row)) return;
  const repairNote = failure ?? TEXT_STILL_DIFFERENT;
  await platformDb().billingDifference.updateMany({ where: { id, resolvedAt: null }, data: { repairNote } });
}

/** Null where nothing stood in its way; a fault of ours is thrown, so that the job is repeated. */
async function tryRepair(row: BillingDifference): Promise<string | null> {
  try {
    await repair(row);
    return null;
  } catch (error) {
    if (error instanceof OwnerGone) return TEXT_NOBODYS;
    if (error instanceof EventFault || (error instanceof AppError && error.code !== "unavailable"))
      return error.message;
    throw error;
  }
}

async function repair({ kind, objectId, tenantId }: BillingDifference): Promise<void> {
  if (kind.startsWith("payment_")) return bookPayment(objectId);
  if (kind === "subscription_unknown") return takeIn(objectId);
  if (kind === "seats" && tenantId !== null) await reconcileSeats(tenantIdOfBooks({ tenantId }));
  await fetchNow("subscription", objectId);
}

async function bookPayment(id: string): Promise<void> {
  const payment = await fetchPayment(id);
  if (payment !== null) await platformDb().$transaction((tx) => bringToBooks(tx, payment));
}

// One of a workspace that is no more is ended, with what is left of it as credit: nobody may pay for nothing.
async function takeIn(id: string): Promise<void> {
  const there = await readStripe("subscription.read", (stripe) => stripe.subscriptions.retrieve(id));
  const { tenantId, isErased } = await findOwner(platformDb(), idOf(there.customer) ?? "");
  if (isErased) return cancelUnused(null, id);
  if (tenantId === null) throw new EventFault(TEXT_NOBODYS);
  await fetchNow("subscription", id);
}

// What concerns a workspace that is no more stands in the platform's chain.
async function livingTenant(tx: Parameters<typeof auditDeed>[0], id: string | null) {
  const tenant = id === null ? null : await tx.tenant.findUnique({ where: { id }, select: { id: true } });
  return tenant && tenantIdOfBooks({ tenantId: tenant.id });
}
