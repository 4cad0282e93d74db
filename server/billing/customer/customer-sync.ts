// The customer as Stripe has it: by what it pays. A subscription's own payment method comes before the customer's.

import type Stripe from "stripe";
import { now } from "../../platform/clock";
import { readStripe } from "../gateway/calls";
import { customerIdOf, tenantOfCustomer } from "../intake/customers";
import type { PlatformTx, StateSync } from "../intake/handler";
import { tellBilling } from "../stream/tell";
import { idOf } from "../subscription/row";
import { claimCard } from "../subscription/trial/trial-cards";
import { forgetCustomer } from "./customer";

interface FetchedCustomer {
  id: string;
  isDeleted: boolean;
  email: string | null;
  method: Stripe.PaymentMethod | null;
}

export const customerSync: StateSync<FetchedCustomer> = {
  objectType: "customer",
  eventTypes: ["customer.*", "payment_method.*", "checkout.session.completed", "setup_intent.succeeded"],
  objectIdOf: customerOf,
  fetch: fetchCustomer,
  apply: storeCustomer,
};

// A payment method that was detached no longer says whose it was, but the event does.
function customerOf(event: Stripe.Event): string | null {
  const before = (event.data as { previous_attributes?: { customer?: unknown } }).previous_attributes
    ?.customer;
  return customerIdOf(event) ?? (typeof before === "string" ? before : null);
}

/** By what a customer pays, as Stripe says now. */
export async function fetchCustomer(id: string): Promise<FetchedCustomer> {
  // Nothing can be expanded of one that was deleted.
  const customer = await readStripe("customer.read", (stripe) => stripe.customers.retrieve(id));
  if (customer.deleted) return { id, isDeleted: true, email: null, method: null };
  const subscriptions = await readStripe("subscription.list", (stripe) =>
    stripe.subscriptions.list({ customer: id, limit: 10, expand: ["data.default_payment_method"] }),
  );
  const own = subscriptions.data.map((subscription) => subscription.default_payment_method).find(isMethod);
  const method = own ?? (await methodOf(idOf(customer.invoice_settings.default_payment_method)));
  return { id, isDeleted: false, email: customer.email, method };
}

async function methodOf(id: string | null): Promise<Stripe.PaymentMethod | null> {
  if (id === null) return null;
  return readStripe("payment_method.read", (stripe) => stripe.paymentMethods.retrieve(id));
}

async function storeCustomer(tx: PlatformTx, fetched: FetchedCustomer): Promise<void> {
  const { id, isDeleted, email, method } = fetched;
  const tenantId = await tenantOfCustomer(tx, id);
  const stored = await tx.billingProfile.findUniqueOrThrow({ where: { tenantId } });
  // One that was replaced says nothing of the one that pays now.
  if (stored.stripeCustomerId !== id) return;
  if (isDeleted) await forgetCustomer(tx, tenantId, id);
  const paymentMethodLabel = method && labelOf(method);
  const paymentMethodId = method?.id ?? null;
  await tx.billingProfile.update({
    where: { tenantId },
    data: { email, paymentMethodId, paymentMethodLabel, updatedAt: now() },
  });
  const fingerprint = method?.card?.fingerprint;
  if (fingerprint) await claimCard(tx, tenantId, fingerprint);
  if (stored.paymentMethodId === paymentMethodId && stored.paymentMethodLabel === paymentMethodLabel) return;
  await tellBilling(tx, tenantId, { type: "payment_method", payload: { label: paymentMethodLabel } });
}

function isMethod(value: string | Stripe.PaymentMethod | null | undefined): value is Stripe.PaymentMethod {
  return typeof value === "object" && value !== null;
}

/** A payment method as people know it: "Visa ending in 4242". */
function labelOf({ type, card, sepa_debit: account, us_bank_account: bank }: Stripe.PaymentMethod): string {
  const last = card?.last4 ?? account?.last4 ?? bank?.last4;
  const name = capitalized((card?.display_brand ?? card?.brand ?? type).replaceAll("_", " "));
  return last ? `${name} ending in ${last}` : name;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
