// Invoices as Stripe has them: for the list, the links and the books. What is paid by them follows elsewhere.

import type Stripe from "stripe";
import { nanoOfMinor } from "../../platform/money";
import { readStripe } from "../gateway/calls";
import { tenantOfCustomer } from "../intake/customers";
import type { PlatformTx, StateSync } from "../intake/handler";
import { tellBilling } from "../stream/tell";

export const invoiceSync: StateSync<Stripe.Invoice> = {
  objectType: "invoice",
  eventTypes: ["invoice.*"],
  objectIdOf: ({ data: { object } }) => {
    const { object: kind, id } = object as { object?: string; id?: unknown };
    // A preview has no id of its own, and is no invoice.
    return kind === "invoice" && typeof id === "string" && !id.startsWith("upcoming_") ? id : null;
  },
  fetch: (id) => readStripe("invoice.read", (stripe) => stripe.invoices.retrieve(id)),
  apply: storeInvoice,
};

async function storeInvoice(tx: PlatformTx, invoice: Stripe.Invoice, fence: bigint): Promise<void> {
  const tenantId = await tenantOfCustomer(tx, invoice.customer as string | { id: string } | null);
  const where = { tenantId_stripeInvoiceId: { tenantId, stripeInvoiceId: invoice.id } };
  const stored = await tx.invoice.findUnique({ where });
  if (stored && stored.appliedFence >= fence) return;
  const row = { ...amountsOf(invoice), ...factsOf(invoice), appliedFence: fence };
  await tx.invoice.upsert({
    where,
    create: { tenantId, stripeInvoiceId: invoice.id, createdAt: instant(invoice.created), ...row },
    update: row,
  });
  const isTold = stored?.status === row.status && stored.paidNano === row.paidNano;
  if (isTold) return;
  const payload = { number: row.number, status: row.status, totalNano: row.totalNano.toString() };
  await tellBilling(tx, tenantId, { type: "invoice", payload });
}

function amountsOf({ currency, total, amount_remaining, amount_paid, total_taxes }: Stripe.Invoice) {
  const tax = (total_taxes ?? []).reduce((sum, { amount }) => sum + amount, 0);
  return {
    currency: currency.toUpperCase(),
    totalNano: nanoOfMinor(total, currency),
    dueNano: nanoOfMinor(amount_remaining, currency),
    paidNano: nanoOfMinor(amount_paid, currency),
    taxNano: nanoOfMinor(tax, currency),
  };
}

// The period of an invoice of a subscription is that of its lines: its own says when it was put together.
function factsOf({ number, status, lines, hosted_invoice_url, invoice_pdf, ...own }: Stripe.Invoice) {
  const periods = lines.data.map(({ period }) => period);
  const startAt = Math.min(
    ...periods.map(({ start }) => start),
    ...(periods.length ? [] : [own.period_start]),
  );
  const endAt = Math.max(...periods.map(({ end }) => end), ...(periods.length ? [] : [own.period_end]));
  return {
    number,
    status: status ?? "draft",
    periodStartAt: instant(startAt),
    periodEndAt: instant(endAt),
    hostedUrl: hosted_invoice_url ?? null,
    pdfUrl: invoice_pdf ?? null,
  };
}

function instant(seconds: number): Date {
  return new Date(seconds * 1_000);
}
