// Adjustments of a reserve by operators (RSV-14, BIL-27): small ones are booked at once, larger ones when a second operator
// approves. Each is audited with its reason in the transaction that asks for it or decides it. Across workspaces, so all of
// it is the platform role's work.

import { emailsOf } from "../auth/account/names";
import { auditDeed, type Officer } from "../auth/sign-in/officer";
import { requireRecentAuthentication } from "../auth/sign-in/step-up";
import { now } from "../platform/clock";
import { platformDb } from "../platform/db";
import { AppError, notFound } from "../platform/errors";
import type { Prisma } from "../platform/prisma/client";
import { tenantIdOfBooks } from "../tenants/scope";
import type { AdjustReserve, DecideAdjustment, ListAdjustments } from "./contract";
import { bookReserve } from "./ledger";
import {
  ADJUSTMENT_ALONE_NANO_MAX,
  ADJUSTMENTS_PER_PAGE,
  type AdjustmentState,
  TEXT_ADJUSTMENT_DECIDED,
  TEXT_OTHER_ADJUSTMENT,
  TEXT_OWN_ADJUSTMENT,
} from "./terms";

export interface AdjustmentItem {
  id: string;
  tenantId: string;
  /** Whole nano as decimal text; negative for what leaves the reserve. */
  amountNano: string;
  reason: string;
  /** `pending` until a second operator decides. */
  state: AdjustmentState;
  requestedBy: string;
  decidedBy: string | null;
  createdAt: string;
  decidedAt: string | null;
}

type Row = Prisma.AdjustmentGetPayload<object>;

/**
 * Asks for an adjustment, and books it when it is small enough for one person. Throws `forbidden` (step_up_required) for a
 * sign-in that is older than ten minutes, `not_found` for no workspace, `conflict` when the request id named another one.
 */
export async function adjustReserve(officer: Officer, input: AdjustReserve): Promise<AdjustmentItem> {
  requireRecentAuthentication(officer.session);
  const isSmall = absolute(input.amountNano) <= ADJUSTMENT_ALONE_NANO_MAX;
  return platformDb().$transaction(async (tx) => {
    const { tenantId, requestId: id, amountNano, reason } = input;
    const { userId } = officer.session;
    if ((await tx.reserveAccount.count({ where: { tenantId } })) === 0) throw notFound("Workspace");
    // The ledger books a cause once, whoever's it is.
    const elsewhere = { id, tenantId: { not: tenantId } };
    if ((await tx.adjustment.count({ where: elsewhere })) > 0)
      throw new AppError("conflict", TEXT_OTHER_ADJUSTMENT);
    const at = now();
    const state = isSmall ? ("booked" as const) : ("pending" as const);
    const decidedAt = isSmall ? at : null;
    const asked = { tenantId, id, amountNano, reason, requestedBy: userId };
    const { count } = await tx.adjustment.createMany({
      data: [{ ...asked, state, createdAt: at, decidedAt }],
      skipDuplicates: true,
    });
    const row = await tx.adjustment.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id } } });
    if (count === 0) return sameAs(row, asked);
    if (isSmall) await book(tx, row, userId);
    await audit(tx, officer, { row, deed: isSmall ? "booked" : "requested" });
    return itemOf(row);
  });
}

/** Books a pending adjustment of somebody else. Throws `forbidden` for one's own, `conflict` once it is decided. */
export function approveAdjustment(officer: Officer, input: DecideAdjustment): Promise<AdjustmentItem> {
  return decide(officer, input, "booked");
}

/** Ends a pending adjustment without effect; whoever asked for it may take it back so. Throws `conflict` once decided. */
export function rejectAdjustment(officer: Officer, input: DecideAdjustment): Promise<AdjustmentItem> {
  return decide(officer, input, "rejected");
}

/** An adjustment with the workspace and the people in it by name. */
export interface NamedAdjustment extends AdjustmentItem {
  tenantName: string;
  /** Addresses; null for nobody, and for somebody who is no more. */
  requester: string | null;
  decider: string | null;
}

/** A page of adjustments, newest first. */
export async function listAdjustments({ tenantId, state, page }: ListAdjustments) {
  const where = { ...(tenantId && { tenantId }), ...(state && { state }) };
  const rows = await platformDb().adjustment.findMany({
    where,
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    skip: (page - 1) * ADJUSTMENTS_PER_PAGE,
    take: ADJUSTMENTS_PER_PAGE,
    include: { tenant: { select: { name: true } } },
  });
  const [total, people] = await Promise.all([
    platformDb().adjustment.count({ where }),
    emailsOf(rows.flatMap(({ requestedBy, decidedBy }) => [requestedBy, decidedBy])),
  ]);
  const items = rows.map(
    ({ tenant, ...row }): NamedAdjustment => ({
      ...itemOf(row),
      tenantName: tenant.name,
      requester: people.get(row.requestedBy) ?? null,
      decider: people.get(row.decidedBy ?? "") ?? null,
    }),
  );
  return { items, total, page, pages: Math.ceil(total / ADJUSTMENTS_PER_PAGE) };
}

async function decide(
  officer: Officer,
  { tenantId, adjustmentId: id }: DecideAdjustment,
  state: "booked" | "rejected",
): Promise<AdjustmentItem> {
  requireRecentAuthentication(officer.session);
  const { userId } = officer.session;
  return platformDb().$transaction(async (tx) => {
    const row = await tx.adjustment.findUnique({ where: { tenantId_id: { tenantId, id } } });
    if (!row) throw notFound("Adjustment");
    const isOwn = row.requestedBy === userId;
    if (isOwn && state === "booked") throw new AppError("forbidden", TEXT_OWN_ADJUSTMENT);
    const decided = { state, decidedAt: now(), decidedBy: isOwn ? null : userId };
    const where = { tenantId, id, state: "pending" as const };
    const { count } = await tx.adjustment.updateMany({ where, data: decided });
    if (count === 0) throw new AppError("conflict", TEXT_ADJUSTMENT_DECIDED);
    if (state === "booked") await book(tx, row, userId);
    await audit(tx, officer, { row, deed: state === "booked" ? "approved" : "rejected" });
    return itemOf({ ...row, ...decided });
  });
}

async function book(tx: Prisma.TransactionClient, row: Row, userId: string): Promise<void> {
  await bookReserve(tx, tenantIdOfBooks(row), {
    kind: "adjustment",
    amountNano: row.amountNano,
    sourceRef: row.id,
    actor: { type: "operator", id: userId },
    reason: row.reason,
  });
}

function audit(
  tx: Prisma.TransactionClient,
  officer: Officer,
  { row, deed }: { row: Row; deed: "booked" | "requested" | "approved" | "rejected" },
): Promise<void> {
  const { id: adjustmentId, amountNano, reason } = row;
  return auditDeed(tx, officer, {
    action: "adjust_reserve",
    tenantId: tenantIdOfBooks(row),
    metadata: { adjustmentId, amountNano: amountNano.toString(), reason, deed },
  });
}

function sameAs(row: Row, asked: Pick<Row, "amountNano" | "reason" | "requestedBy">): AdjustmentItem {
  const isSame =
    row.amountNano === asked.amountNano &&
    row.reason === asked.reason &&
    row.requestedBy === asked.requestedBy;
  if (!isSame) throw new AppError("conflict", TEXT_OTHER_ADJUSTMENT);
  return itemOf(row);
}

function itemOf(row: Row): AdjustmentItem {
  return {
    ...row,
    amountNano: row.amountNano.toString(),
    createdAt: row.createdAt.toISOString(),
    decidedAt: row.decidedAt?.toISOString() ?? null,
  };
}

function absolute(nano: bigint): bigint {
  return nano < 0n ? -nano : nano;
}
