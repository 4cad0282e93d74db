// Workspaces that pay, against the simulator: prices as the catalogue has them, customers, subscriptions, and what Stripe
// says of them brought home without waiting for a delivery.

import type Stripe from "stripe";
import { fetchNow } from "../../server/billing/fetch-now";
import type { StateSync } from "../../server/billing/intake/handler";
import { provisionCatalogue } from "../../server/billing/set-up/catalogue";
import { subscriptionSync } from "../../server/billing/subscription/sync";
import type { Interval, SoldPlan } from "../../server/billing/terms";
import { now } from "../../server/platform/clock";
import { platformDb } from "../../server/platform/db";
import { setUpStripe } from "./stripe-settings";
import { type SimulatedStripe, simulatedStripe } from "./stripe-simulator";
import { makeTenant, type TestTenant } from "./tenants";

export interface BilledStripe extends SimulatedStripe {
  prices: Record<SoldPlan, Record<Interval, string>>;
}

/** A simulator that the application talks to, with the catalogue's prices in its settings. */
export async function billedStripe(): Promise<BilledStripe> {
  const simulator = await simulatedStripe();
  const settings = { apiBase: simulator.url, secretKey: simulator.secretKey };
  setUpStripe(settings);
  const { map } = await provisionCatalogue({ isDryRun: false });
  setUpStripe({ ...settings, prices: JSON.stringify(map) });
  return { ...simulator, prices: map as BilledStripe["prices"] };
}

export interface Customer {
  tenant: TestTenant;
  customerId: string;
  methodId: string;
}

/** A workspace whose customer has a card. */
export async function makeCustomer({ stripe }: BilledStripe, given?: TestTenant): Promise<Customer> {
  const tenant = given ?? (await makeTenant());
  const customer = await stripe.customers.create({ metadata: { tenant_id: tenant.id } });
  const method = await stripe.paymentMethods.attach("pm_card_visa", { customer: customer.id });
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } });
  const at = now();
  await platformDb().billingProfile.create({
    data: { tenantId: tenant.id, stripeCustomerId: customer.id, createdAt: at, updatedAt: at },
  });
  return { tenant, customerId: customer.id, methodId: method.id };
}

/** Brings one object home, by the syncer. */
export async function bringHome<T>({ objectType }: StateSync<T>, id: string): Promise<void> {
  await fetchNow(objectType, id);
}

export interface Subscribed extends Customer {
  subscriptionId: string;
}

/** A workspace on a plan that it pays for. */
export async function makeSubscribed(
  billed: BilledStripe,
  wanted: { plan?: SoldPlan; interval?: Interval; seats?: number; given?: TestTenant } & Pick<
    Stripe.SubscriptionCreateParams,
    "trial_end"
  > = {},
): Promise<Subscribed> {
  const { plan = "starter", interval = "month", seats = 1, given, ...rest } = wanted;
  const customer = await makeCustomer(billed, given);
  const { id } = await billed.stripe.subscriptions.create({
    customer: customer.customerId,
    items: [{ price: billed.prices[plan][interval], quantity: seats }],
    ...rest,
  });
  await bringHome(subscriptionSync, id);
  return { ...customer, subscriptionId: id };
}
