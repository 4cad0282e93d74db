import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type BilledStripe,
  billedStripe,
  bringHome,
  makeCustomer,
  makeSubscribed,
} from "../../../tests/factories/billing";
import { eventOf } from "../../../tests/factories/stripe-events";
import { makeTenant, type TestTenant } from "../../../tests/factories/tenants";
import { currentPlan } from "../../catalogue/plans";
import { platformDb, platformPool } from "../../platform/db";
import { listOutbox } from "../../platform/outbox";
import { SPARE_JOB, subscriptionSync } from "./sync";

let billed: BilledStripe;

beforeAll(async () => {
  billed = await billedStripe();
});
afterAll(() => billed.stop());

async function storedOf({ id }: { id: string }) {
  return platformDb().subscription.findMany({ where: { tenantId: id } });
}

async function changesOf({ id }: TestTenant) {
  const rows = await platformDb().auditLog.findMany({
    where: { tenantId: id, action: "plan_changed" },
    orderBy: { seq: "asc" },
  });
  return rows.map(({ metadata }) => metadata);
}

async function jobsOf(name: string): Promise<unknown[]> {
  const { rows } = await platformPool().query<{ key: string }>(
    "SELECT key FROM graphile_worker.jobs WHERE task_identifier = $1",
    [name],
  );
  return rows.map(({ key }) => key);
}

async function mailsTo({ owner }: TestTenant) {
  return (await listOutbox(owner.email)).map(({ template }) => template);
}

test("a subscription that is paid gives its plan, its version, its months and its seats", async () => {
  const { tenant, subscriptionId } = await makeSubscribed(billed, { plan: "pro", seats: 3 });
  const [row] = await storedOf(tenant);
  expect(row).toMatchObject({ stripeSubscriptionId: subscriptionId, status: "active", seatsBilled: 3 });
  const current = await currentPlan(tenant.scope);
  expect(current).toMatchObject({ plan: { code: "pro", version: 1 }, standing: "active", trialEndsAt: null });
  expect(current.period.startAt).toBe(row?.periodStartAt.toISOString());
  expect(await changesOf(tenant)).toEqual([
    { planBefore: "starter", standingBefore: "trialing", plan: "pro", standing: "active" },
  ]);
});

test("brought home again it changes nothing, and an older fetch never overwrites a newer one", async () => {
  const { tenant, subscriptionId } = await makeSubscribed(billed, { plan: "pro", seats: 3 });
  const old = await subscriptionSync.fetch(subscriptionId);
  await billed.stripe.subscriptions.update(subscriptionId, { cancel_at_period_end: true });
  await bringHome(subscriptionSync, subscriptionId);
  await bringHome(subscriptionSync, subscriptionId);
  await platformDb().$transaction((tx) => subscriptionSync.apply(tx, old, 1n));
  expect(await storedOf(tenant)).toMatchObject([{ isCancelling: true, status: "active" }]);
  expect(await changesOf(tenant)).toHaveLength(1);
});

test("a late payment keeps the plan for the days of grace, and is told once to each who can act", async () => {
  const { tenant, subscriptionId, methodId } = await makeSubscribed(billed);
  billed.control.setBehaviour(methodId, "decline");
  billed.control.renew(subscriptionId);
  await bringHome(subscriptionSync, subscriptionId);
  await bringHome(subscriptionSync, subscriptionId);
  const [row] = await storedOf(tenant);
  expect(row).toMatchObject({ status: "past_due" });
  expect(row?.graceEndsAt && row.graceEndsAt.getTime() - (row.pastDueSince?.getTime() ?? 0)).toBe(
    7 * 86_400_000,
  );
  expect(await currentPlan(tenant.scope)).toMatchObject({ plan: { code: "starter" }, standing: "past_due" });
  expect((await mailsTo(tenant)).filter((template) => template === "payment_failed")).toHaveLength(1);
  expect(await platformDb().billingProfile.findUnique({ where: { tenantId: tenant.id } })).toMatchObject({
    status: "delinquent",
  });
});

test("a subscription that has ended leaves the free plan, and stays ended whatever is heard of it", async () => {
  const { tenant, subscriptionId } = await makeSubscribed(billed);
  const alive = await subscriptionSync.fetch(subscriptionId);
  await billed.stripe.subscriptions.cancel(subscriptionId);
  await bringHome(subscriptionSync, subscriptionId);
  await platformDb().$transaction((tx) => subscriptionSync.apply(tx, alive, 1_000_000n));
  expect(await storedOf(tenant)).toMatchObject([{ status: "canceled" }]);
  expect(await currentPlan(tenant.scope)).toMatchObject({ plan: { code: "free" }, standing: "active" });
  expect((await mailsTo(tenant)).filter((template) => template === "subscription_ended")).toHaveLength(1);
});

test("a second subscription of a workspace is ended, and the first one stays", async () => {
  const { tenant, customerId, subscriptionId } = await makeSubscribed(billed);
  const items = [{ price: billed.prices.pro.month, quantity: 3 }];
  const second = await billed.stripe.subscriptions.create({ customer: customerId, items });
  await bringHome(subscriptionSync, second.id);
  expect(await storedOf(tenant)).toMatchObject([{ stripeSubscriptionId: subscriptionId }]);
  expect(await jobsOf(SPARE_JOB)).toContain(`${SPARE_JOB}:${second.id}`);
});

test("plan and workspace follow from price and customer, never from metadata", async () => {
  const other = await makeTenant();
  const { tenant, customerId } = await makeCustomer(billed);
  const { id } = await billed.stripe.subscriptions.create({
    customer: customerId,
    items: [{ price: billed.prices.starter.month }],
    metadata: { tenant_id: other.id, plan: "enterprise" },
  });
  await bringHome(subscriptionSync, id);
  expect(await currentPlan(tenant.scope)).toMatchObject({ plan: { code: "starter" }, standing: "active" });
  expect(await storedOf(other)).toEqual([]);
});

test("a price that is no plan's waits to be tried again, and changes nothing", async () => {
  const { tenant, customerId } = await makeCustomer(billed);
  const product = await billed.stripe.products.create({ name: "Other" });
  const recurring = { interval: "month" as const };
  const price = await billed.stripe.prices.create({
    product: product.id,
    currency: "usd",
    unit_amount: 1,
    recurring,
  });
  const items = [{ price: price.id }];
  const { id } = await billed.stripe.subscriptions.create({ customer: customerId, items });
  await bringHome(subscriptionSync, id);
  expect(await storedOf(tenant)).toEqual([]);
  const waiting = await platformDb().stripeObjectSync.findUniqueOrThrow({ where: { objectId: id } });
  expect(waiting.lastError).toContain("is no plan's");
  expect(waiting.syncedSeq).toBeLessThan(waiting.wantedSeq);
});

test("a trial by Stripe stands until Stripe says otherwise, and is remembered as the one trial", async () => {
  const trial_end = billed.control.now() + 5 * 86_400;
  const { tenant } = await makeSubscribed(billed, { trial_end });
  expect(await currentPlan(tenant.scope)).toMatchObject({ standing: "trialing", trialEndsAt: null });
  expect(await storedOf(tenant)).toMatchObject([{ trialEndsAt: new Date(trial_end * 1_000) }]);
  expect(await platformDb().trialUse.findMany({ where: { tenantId: tenant.id } })).toHaveLength(1);
});

test("the subscription is named by its own events, by its payment page and by its invoices", () => {
  const parent = { subscription_details: { subscription: "sub_1" } };
  for (const object of [
    { object: "subscription", id: "sub_1" },
    { object: "checkout.session", id: "cs_1", subscription: "sub_1" },
    { object: "invoice", id: "in_1", parent },
  ])
    expect(subscriptionSync.objectIdOf(eventOf("some.event", { object }))).toBe("sub_1");
  const topUp = { object: "checkout.session", id: "cs_1", subscription: null };
  expect(subscriptionSync.objectIdOf(eventOf("checkout.session.completed", { object: topUp }))).toBeNull();
});
