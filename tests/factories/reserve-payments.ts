// Payments into reserves, against the simulator, and what Stripe tells of them, brought to the books as the dispatcher would.

import type Stripe from "stripe";
import { paymentHandler } from "../../server/billing/money/handler";
import { purposeMetadata } from "../../server/billing/money/purpose";
import { platformDb } from "../../server/platform/db";
import type { BilledStripe, Customer } from "./billing";

/** A payment by hand that has gone through; nothing of it is in the books yet. */
export function pay(
  { stripe }: BilledStripe,
  { tenant, customerId, methodId }: Pick<Customer, "customerId" | "methodId"> & { tenant: { id: string } },
  { amountCents, metadata = {} }: { amountCents: number; metadata?: Record<string, string> },
): Promise<Stripe.PaymentIntent> {
  return stripe.paymentIntents.create({
    amount: amountCents,
    currency: "usd",
    customer: customerId,
    payment_method: methodId,
    confirm: true,
    metadata: { ...purposeMetadata("topup", { tenantId: tenant.id, amountCents }), ...metadata },
    return_url: "http://localhost:3000/back",
  });
}

/** Handles one event; throws what it could not be handled for. */
export async function handle(event: Stripe.Event): Promise<"done" | "ignored"> {
  const fetched = await paymentHandler.fetch(event);
  if (fetched === null) return "ignored";
  return platformDb().$transaction((tx) => paymentHandler.book(tx, fetched, event));
}

/** All that Stripe has told so far of what the handler hears, the oldest first. */
export async function eventsTold({ stripe }: BilledStripe): Promise<Stripe.Event[]> {
  const events = await stripe.events.list({ limit: 100 }).autoPagingToArray({ limit: 1_000 });
  const isHeard = ({ type }: Stripe.Event) =>
    paymentHandler.eventTypes.some((heard) =>
      heard.endsWith("*") ? type.startsWith(heard.slice(0, -1)) : type === heard,
    );
  return events.filter(isHeard).reverse();
}

/** The ledger of a workspace in short, oldest first: kind, cents, and what it stands for. */
export async function ledgerOf({ id: tenantId }: { id: string }): Promise<[string, number, string][]> {
  const rows = await platformDb().ledgerEntry.findMany({ where: { tenantId }, orderBy: { seq: "asc" } });
  return rows.map(({ kind, amountNano, sourceRef }) => [kind, Number(amountNano / 10_000_000n), sourceRef]);
}
