import { afterAll, beforeAll, expect, test } from "vitest";
import { type BilledStripe, billedStripe, bringHome, makeSubscribed } from "../../../tests/factories/billing";
import { callAs, ownerOf } from "../../../tests/factories/callers";
import { postPage } from "../../../tests/factories/stripe-simulator";
import { addMember, makeMember, makeTenant, type TestTenant } from "../../../tests/factories/tenants";
import { currentPlan } from "../../catalogue/plans";
import { now } from "../../platform/clock";
import { platformDb } from "../../platform/db";
import { customerSync } from "../customer/customer-sync";
import { TEXT_CANCEL_FIRST, TEXT_SUBSCRIBED } from "../terms";
import { subscriptionSync } from "./sync";

let billed: BilledStripe;

beforeAll(async () => {
  billed = await billedStripe();
});
afterAll(() => billed.stop());

/** The sessions of this workspace, as the simulator has them. */
async function pagesOf(tenant: TestTenant) {
  const { stripeCustomerId: customer } = await platformDb().billingProfile.findUniqueOrThrow({
    where: { tenantId: tenant.id },
  });
  const { data } = await billed.stripe.checkout.sessions.list({ customer: customer ?? "" });
  return data;
}

async function endTrial({ id }: TestTenant): Promise<void> {
  const ended = { trialEndsAt: new Date(now().getTime() - 1_000) };
  await platformDb().tenantPlan.update({ where: { tenantId: id }, data: ended });
}

test("a workspace subscribes on the payment page, and is on the plan when Stripe says that it is paid", async () => {
  const tenant = await makeTenant();
  const api = await ownerOf(tenant);
  const { url } = await api().billing.checkout({ plan: "pro", interval: "month", seats: 5 });
  expect(await currentPlan(tenant.scope)).toMatchObject({ plan: { code: "starter" } });
  expect((await postPage(url, { card: "pm_card_visa" })).location).toContain(`/t/${tenant.slug}/billing`);
  const [page] = await pagesOf(tenant);
  await bringHome(subscriptionSync, String(page?.subscription));
  await bringHome(customerSync, String(page?.customer));
  expect(await currentPlan(tenant.scope)).toMatchObject({ plan: { code: "pro" }, standing: "active" });
  expect(await api().billing.subscription()).toMatchObject({
    canPay: true,
    paymentMethod: "Visa ending in 4242",
    subscription: {
      plan: { code: "pro" },
      status: "active",
      seats: 5,
      unitPrice: "49.00",
      nextInvoice: { amount: "245.00" },
    },
  });
});

test("the rest of the workspace's trial goes along with the plan of the trial, and with no other", async () => {
  const tenant = await makeTenant();
  const api = await ownerOf(tenant);
  const { trialEndsAt } = await currentPlan(tenant.scope);
  const { url } = await api().billing.checkout({ plan: "starter", interval: "year" });
  await postPage(url, { card: "pm_card_visa" });
  const [page] = await pagesOf(tenant);
  await bringHome(subscriptionSync, String(page?.subscription));
  const { subscription } = await api().billing.subscription();
  expect(subscription).toMatchObject({ status: "trialing", interval: "year" });
  const shiftMs = Math.abs(
    new Date(subscription?.trialEndsAt ?? 0).getTime() - new Date(trialEndsAt ?? 0).getTime(),
  );
  expect(shiftMs).toBeLessThan(1_000);
});

test("a trial is given once, whatever the input says", async () => {
  const tenant = await makeTenant();
  const api = await ownerOf(tenant);
  await endTrial(tenant);
  for (const extra of [
    { trialDays: 30 },
    { trial_end: 4_000_000_000 },
    { price: "price_1" },
    { customer: "cus_1" },
  ])
    await expect(
      api().billing.checkout({ plan: "starter", interval: "month", ...extra } as never),
    ).rejects.toMatchObject({ code: "BAD_REQUEST" });
  const { url } = await api().billing.checkout({ plan: "starter", interval: "month" });
  await postPage(url, { card: "pm_card_visa" });
  const [page] = await pagesOf(tenant);
  const subscription = await billed.stripe.subscriptions.retrieve(String(page?.subscription));
  expect(subscription).toMatchObject({ status: "active", trial_end: null });
});

test("everybody who belongs has a seat, and the plan says how many there are at least and at most", async () => {
  const tenant = await makeTenant();
  const api = await ownerOf(tenant);
  for (let person = 0; person < 4; person += 1) await addMember(tenant);
  await api().billing.checkout({ plan: "pro", interval: "month", seats: 1 });
  const [page] = await pagesOf(tenant);
  const lines = await billed.stripe.checkout.sessions.listLineItems(page?.id ?? "");
  expect(lines.data[0]?.quantity).toBe(5);
  await expect(
    api().billing.checkout({ plan: "starter", interval: "month", seats: 11 }),
  ).rejects.toMatchObject({ cause: { details: { reason: "seat_limit_reached" } } });
});

test("of twenty who subscribe at once there is one customer, and at the end one page that is open", async () => {
  const tenant = await makeTenant();
  const api = await ownerOf(tenant);
  await Promise.allSettled(
    Array.from({ length: 20 }, () => api().billing.checkout({ plan: "starter", interval: "month" })),
  );
  await api().billing.checkout({ plan: "starter", interval: "month" });
  const { data } = await billed.stripe.customers.list({ limit: 100 });
  expect(data.filter(({ metadata }) => metadata["tenant_id"] === tenant.id)).toHaveLength(1);
  expect((await pagesOf(tenant)).filter(({ status }) => status === "open")).toHaveLength(1);
});

test("who has a subscription changes it, and the free plan is no way out of paying", async () => {
  const { tenant } = await makeSubscribed(billed);
  const api = await ownerOf(tenant);
  await expect(api().billing.checkout({ plan: "pro", interval: "month" })).rejects.toMatchObject({
    code: "CONFLICT",
    message: TEXT_SUBSCRIBED,
  });
  await expect(api().plans.change({ plan: "free" })).rejects.toMatchObject({ message: TEXT_CANCEL_FIRST });
});

test("members neither see nor change what is paid, and strangers find nothing", async () => {
  const { tenant } = await makeSubscribed(billed);
  const { cookie } = await makeMember(tenant, "member");
  const member = callAs({ cookie, tenantSlug: tenant.slug }).api;
  await expect(member.billing.subscription()).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(member.billing.cancel()).rejects.toMatchObject({ code: "FORBIDDEN" });
  const stranger = await ownerOf(await makeTenant());
  expect(await stranger().billing.subscription()).toMatchObject({ subscription: null });
  await expect(stranger().billing.cancel()).rejects.toMatchObject({ code: "CONFLICT" });
});
