import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type BilledStripe,
  billedStripe,
  bringHome,
  makeCustomer,
  makeSubscribed,
} from "../../../tests/factories/billing";
import { callAs } from "../../../tests/factories/callers";
import { makeTenant, type TestTenant } from "../../../tests/factories/tenants";
import { signIn } from "../../../tests/factories/users";
import { platformDb } from "../../platform/db";
import { findOwner } from "../intake/customers";
import { subscriptionSync } from "../subscription/sync";
import { requireCustomer } from "./customer";
import { customerSync } from "./customer-sync";

let billed: BilledStripe;

beforeAll(async () => {
  billed = await billedStripe();
});
afterAll(() => billed.stop());

async function customerOf({ id: tenantId }: TestTenant): Promise<string | null> {
  return (await platformDb().billingProfile.findUniqueOrThrow({ where: { tenantId } })).stripeCustomerId;
}

test("a customer that was deleted at Stripe is replaced by one new customer, whoever asks for it at once", async () => {
  const neighbour = await makeCustomer(billed);
  const { tenant } = await makeSubscribed(billed);
  const first = (await customerOf(tenant)) ?? "";
  await billed.stripe.customers.del(first);
  const made = await Promise.all(Array.from({ length: 20 }, () => requireCustomer(tenant.scope)));
  expect(new Set(made).size).toBe(1);
  const [second = ""] = made;
  expect([first, neighbour.customerId]).not.toContain(second);
  expect(await customerOf(tenant)).toBe(second);
  expect(await customerOf(neighbour.tenant)).toBe(neighbour.customerId);
  const there = await billed.stripe.customers.retrieve(second);
  expect(there).toMatchObject({ metadata: { tenant_id: tenant.id } });
  expect(await findOwner(platformDb(), first)).toEqual({ tenantId: tenant.id, isErased: false });
  await billed.stripe.customers.del(second);
  const third = await requireCustomer(tenant.scope);
  expect([first, second, neighbour.customerId]).not.toContain(third);
  expect(await requireCustomer(tenant.scope)).toBe(third);
});

test("the next payment page is the new customer's, and the old one's end reaches its workspace", async () => {
  const { tenant, customerId, subscriptionId } = await makeSubscribed(billed);
  await billed.stripe.customers.del(customerId);
  const { cookie } = await signIn(tenant.owner);
  const { url } = await callAs({ cookie, tenantSlug: tenant.slug }).api.reserve.topUp({ amountCents: 1_000 });
  expect(url).toContain(billed.url);
  const successor = await customerOf(tenant);
  expect(successor).not.toBe(customerId);
  const pages = billed.control
    .received()
    .filter(({ method, path }) => method === "POST" && path === "/v1/checkout/sessions");
  expect(JSON.stringify(pages.at(-1))).toContain(successor);
  await bringHome(customerSync, customerId);
  await bringHome(subscriptionSync, subscriptionId);
  expect(await customerOf(tenant)).toBe(successor);
  const where = { stripeSubscriptionId: subscriptionId };
  expect(await platformDb().subscription.findUnique({ where })).toMatchObject({
    tenantId: tenant.id,
    status: "canceled",
  });
});

test("that a customer is gone is noted when it is heard of, with its card", async () => {
  const { tenant, customerId } = await makeCustomer(billed);
  await bringHome(customerSync, customerId);
  const where = { tenantId: tenant.id };
  expect(await platformDb().billingProfile.findUnique({ where })).toMatchObject({
    paymentMethodLabel: expect.stringContaining("4242"),
  });
  await billed.stripe.customers.del(customerId);
  await bringHome(customerSync, customerId);
  expect(await platformDb().billingProfile.findUnique({ where })).toMatchObject({
    stripeCustomerId: null,
    paymentMethodId: null,
    paymentMethodLabel: null,
    email: null,
  });
  const other = await makeTenant();
  expect(await requireCustomer(other.scope)).not.toBe(await requireCustomer(tenant.scope));
});
