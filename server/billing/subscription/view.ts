// What a workspace pays, as its people see it. Read from what was stored: nobody waits for Stripe.

import { z } from "zod";
import { now } from "../../platform/clock";
import { config } from "../../platform/config";
import { CursorInstant, decodeCursor, encodeCursor } from "../../platform/cursor";
import { decimalOfNano, nanoOfMinor } from "../../platform/money";
import type { Subscription } from "../../platform/prisma/client";
import { type TenantScope, withTenant } from "../../platform/tenant-db";
import type { ListInvoices } from "../contract";
import { findLive } from "./statuses";

export type SubscriptionView = Awaited<ReturnType<typeof getSubscription>>;
export type InvoiceItem = Awaited<ReturnType<typeof listInvoices>>["items"][number];

/** The subscription, by what it is paid and what comes next; `subscription` is null for a workspace without one. */
export async function getSubscription(scope: TenantScope) {
  const { tenantId } = scope;
  const { live, profile } = await withTenant(scope, async (db) => {
    const live = await findLive(db, tenantId);
    const version =
      live &&
      (await db.planVersion.findUniqueOrThrow({
        where: { id: live.planVersionId },
        include: { plan: true },
      }));
    const profile = await db.billingProfile.findUnique({ where: { tenantId } });
    return { live: live && version && { ...live, plan: version.plan }, profile };
  });
  const { stripe, allows } = config().billing;
  return {
    canPay: stripe !== null,
    allows,
    hasCustomer: profile?.stripeCustomerId != null,
    paymentMethod: profile?.paymentMethodLabel ?? null,
    subscription: live && subscriptionOf(live),
  };
}

function subscriptionOf(live: Subscription & { plan: { id: string; name: string } }) {
  const { unitNano, currency } = unitPriceOf(live);
  const at = live.trialEndsAt && live.status === "trialing" ? live.trialEndsAt : live.periodEndAt;
  const amountNano = unitNano * BigInt(live.seatsBilled);
  return {
    plan: { code: live.plan.id, name: live.plan.name },
    status: live.status,
    interval: live.interval as "month" | "year",
    seats: live.seatsBilled,
    currency,
    unitPriceNano: unitNano.toString(),
    unitPrice: decimalOfNano(unitNano),
    periodEndAt: live.periodEndAt.toISOString(),
    trialEndsAt: live.status === "trialing" ? (live.trialEndsAt?.toISOString() ?? null) : null,
    /** While it lasts. */
    graceEndsAt:
      live.status === "past_due" && live.graceEndsAt && live.graceEndsAt > now()
        ? live.graceEndsAt.toISOString()
        : null,
    isCancelling: live.isCancelling,
    endsAt: live.isCancelling ? (live.cancelAt ?? live.periodEndAt).toISOString() : null,
    /** Without tax and without what seats that came meanwhile add; null when there is none. */
    nextInvoice: live.isCancelling
      ? null
      : { at: at.toISOString(), amountNano: amountNano.toString(), amount: decimalOfNano(amountNano) },
  };
}

interface Snapshot {
  unitAmount?: number | null;
  currency?: string;
}

/** The price of one seat as it is billed. */
export function unitPriceOf({ snapshot }: Pick<Subscription, "snapshot">): {
  unitNano: bigint;
  currency: string;
} {
  const { unitAmount, currency = "USD" } = (snapshot ?? {}) as Snapshot;
  return { unitNano: nanoOfMinor(unitAmount ?? 0, currency), currency };
}

const Position = z.tuple([CursorInstant, z.string().max(255)]);

/** Invoices, newest first. Throws `invalid` for a cursor that was not made here. */
export async function listInvoices(scope: TenantScope, { cursor, limit }: ListInvoices) {
  const position = cursor === undefined ? null : decodeCursor(cursor, Position);
  const createdAt = position && new Date(position[0]);
  const rows = await withTenant(scope, (db) =>
    db.invoice.findMany({
      where: {
        tenantId: scope.tenantId,
        status: { not: "draft" },
        ...(createdAt && {
          OR: [{ createdAt: { lt: createdAt } }, { createdAt, stripeInvoiceId: { lt: position[1] } }],
        }),
      },
      orderBy: [{ createdAt: "desc" }, { stripeInvoiceId: "desc" }],
      take: limit + 1,
    }),
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const isMore = rows.length > limit && last;
  return {
    items: page.map((row) => ({
      id: row.stripeInvoiceId,
      number: row.number,
      status: row.status,
      currency: row.currency,
      totalNano: row.totalNano.toString(),
      total: decimalOfNano(row.totalNano),
      dueNano: row.dueNano.toString(),
      taxNano: row.taxNano.toString(),
      periodStartAt: row.periodStartAt?.toISOString() ?? null,
      periodEndAt: row.periodEndAt?.toISOString() ?? null,
      hostedUrl: row.hostedUrl,
      pdfUrl: row.pdfUrl,
      createdAt: row.createdAt.toISOString(),
    })),
    nextCursor: isMore ? encodeCursor([last.createdAt.toISOString(), last.stripeInvoiceId]) : null,
  };
}
