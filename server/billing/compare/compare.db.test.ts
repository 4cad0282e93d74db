import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import {
  type BilledStripe,
  billedStripe,
  bringHome,
  makeCustomer,
  makeSubscribed,
} from "../../../tests/factories/billing";
import { compareOnce, differencesOf, lookLater, openOf } from "../../../tests/factories/comparison";
import { crashAtEveryStep } from "../../../tests/factories/crashes";
import { pay } from "../../../tests/factories/reserve-payments";
import { asSuperuser } from "../../../tests/factories/superuser";
import { addMember } from "../../../tests/factories/tenants";
import { fromNow, travel } from "../../platform/clock";
import { platformDb } from "../../platform/db";
import { registry } from "../../platform/metrics";
import { wantObject } from "../intake/dispatch/objects";
import { fetchPayment } from "../money/payment";
import { bringToBooks } from "../money/reserve-books";
import { reconcileSeats } from "../subscription/seats/seats";
import { subscriptionSync } from "../subscription/sync";
import { compareAll, lastComparison } from "./run";

let billed: BilledStripe;

beforeAll(async () => {
  billed = await billedStripe();
});
afterEach(() => travel(0));
afterAll(() => billed.stop());

async function bookPayment(id: string): Promise<void> {
  const payment = await fetchPayment(id);
  if (payment !== null) await platformDb().$transaction((tx) => bringToBooks(tx, payment));
}

/** Seats that wait for their job are no difference yet. */
async function loseJobs(): Promise<void> {
  await asSuperuser("DELETE FROM graphile_worker._private_jobs");
}

test("what is equal on both sides is no difference, and each object is gone through", async () => {
  const subscribed = await makeSubscribed(billed, { seats: 2 });
  const paid = await pay(billed, subscribed, { amountCents: 2_000 });
  await bookPayment(paid.id);
  await compareOnce();
  expect(await differencesOf(subscribed.subscriptionId)).toEqual([]);
  expect(await differencesOf(paid.id)).toEqual([]);
  expect(await differencesOf(subscribed.tenant.id)).toEqual([]);
  const comparison = await lastComparison({ not: null });
  expect(comparison?.compared).toBeGreaterThanOrEqual(3);
  const where = { tenantId: subscribed.tenant.id };
  expect((await platformDb().subscription.findFirstOrThrow({ where })).comparedAt).not.toBeNull();
  expect((await platformDb().reservePayment.findFirstOrThrow({ where })).comparedAt).not.toBeNull();
});

test("a difference counts once it is seen twice, is one row, and ends by itself when it is equal again", async () => {
  const { subscriptionId } = await makeSubscribed(billed);
  await billed.stripe.subscriptions.update(subscriptionId, { cancel_at_period_end: true });
  await compareOnce();
  expect(await differencesOf(subscriptionId)).toMatchObject([{ confirmedAt: null }]);
  await lookLater(60_000);
  expect(await openOf(subscriptionId)).toEqual([]);
  await lookLater();
  expect(await openOf(subscriptionId)).toMatchObject([
    ["subscription_cancellation", "goes on", expect.stringMatching(/^ends /)],
  ]);
  await compareOnce();
  expect(await differencesOf(subscriptionId)).toHaveLength(1);
  const metric = await registry.getSingleMetricAsString("stripe_differences_open");
  expect(metric).toMatch(/kind="subscription_cancellation"\} [1-9]/);
  expect(metric).toMatch(/kind="payment_books"\} 0/);
  await bringHome(subscriptionSync, subscriptionId);
  await lookLater();
  expect(await openOf(subscriptionId)).toEqual([]);
  const [over] = await differencesOf(subscriptionId);
  expect(over).toMatchObject({ resolvedAt: expect.any(Date), resolvedBy: null });
});

test("what is equal by the second look never counted and leaves no row", async () => {
  const { subscriptionId } = await makeSubscribed(billed);
  await billed.stripe.subscriptions.update(subscriptionId, { cancel_at_period_end: true });
  await compareOnce();
  await bringHome(subscriptionSync, subscriptionId);
  await lookLater();
  expect(await differencesOf(subscriptionId)).toEqual([]);
});

test("while its event is on the way nothing is said, but not for longer than an hour", async () => {
  const { subscriptionId } = await makeSubscribed(billed);
  await billed.stripe.subscriptions.update(subscriptionId, { cancel_at_period_end: true });
  await compareOnce();
  await platformDb().$transaction((tx) => wantObject(tx, { id: subscriptionId, type: "subscription" }));
  await lookLater();
  expect(await openOf(subscriptionId)).toEqual([]);
  expect(await differencesOf(subscriptionId)).toHaveLength(1);
  await lookLater(60 * 60_000);
  expect(await openOf(subscriptionId)).toHaveLength(1);
  await bringHome(subscriptionSync, subscriptionId);
});

test("standing, price and seats of a subscription are compared, each by its own row", async () => {
  const ended = await makeSubscribed(billed);
  const changed = await makeSubscribed(billed);
  await billed.stripe.subscriptions.cancel(ended.subscriptionId);
  const { items } = await billed.stripe.subscriptions.retrieve(changed.subscriptionId);
  await billed.stripe.subscriptions.update(changed.subscriptionId, {
    items: [{ id: items.data[0]?.id ?? "", price: billed.prices.pro.month, quantity: 7 }],
  });
  await loseJobs();
  await compareOnce();
  await lookLater();
  expect(await openOf(ended.subscriptionId)).toEqual([["subscription_status", "active", "canceled"]]);
  const open = await openOf(changed.subscriptionId);
  expect(open.map(([kind]) => kind)).toEqual(["subscription_plan", "subscription_seats"]);
  expect(open[0]?.[2]).toContain("pro, version 1, per month");
  expect(open[1]).toEqual(["subscription_seats", "1", "7"]);
});

test("more people than seats that are billed differ; fewer are let go with the period and do not", async () => {
  const more = await makeSubscribed(billed);
  const fewer = await makeSubscribed(billed, { seats: 5 });
  await addMember(more.tenant);
  await loseJobs();
  await compareOnce();
  await lookLater();
  expect(await openOf(more.subscriptionId)).toEqual([["seats", "2 taken", "1 billed"]]);
  expect(await openOf(fewer.subscriptionId)).toEqual([]);
});

test("seats that somebody else changed are a suspect as soon as seats are reconciled", async () => {
  const { tenant, subscriptionId } = await makeSubscribed(billed);
  const { items } = await billed.stripe.subscriptions.retrieve(subscriptionId);
  await billed.stripe.subscriptions.update(subscriptionId, {
    items: [{ id: items.data[0]?.id ?? "", quantity: 3 }],
  });
  await reconcileSeats(tenant.scope.tenantId);
  expect(await differencesOf(subscriptionId)).toMatchObject([
    { kind: "subscription_seats", ours: "1", theirs: "3", confirmedAt: null },
  ]);
});

test("a subscription that one side does not know is found, and what others sell in the account is not", async () => {
  const customer = await makeCustomer(billed);
  const items = [{ price: billed.prices.starter.month }];
  const unheard = await billed.stripe.subscriptions.create({ customer: customer.customerId, items });
  const lost = await makeSubscribed(billed);
  await platformDb().subscription.updateMany({
    where: { tenantId: lost.tenant.id },
    data: { stripeSubscriptionId: "sub_of_another_account" },
  });
  const { id: stranger } = await billed.stripe.customers.create({});
  const method = await billed.stripe.paymentMethods.attach("pm_card_visa", { customer: stranger });
  const product = await billed.stripe.products.create({ name: "Books" });
  const price = await billed.stripe.prices.create({
    product: product.id,
    currency: "usd",
    unit_amount: 900,
    recurring: { interval: "month" },
  });
  const others = await billed.stripe.subscriptions.create({
    customer: stranger,
    items: [{ price: price.id }],
    default_payment_method: method.id,
  });
  await compareOnce();
  await lookLater();
  expect(await openOf(unheard.id)).toEqual([["subscription_unknown", null, "active"]]);
  expect(await openOf("sub_of_another_account")).toEqual([["subscription_missing", "active", null]]);
  expect(await differencesOf(others.id)).toEqual([]);
});

test("payments, refunds and what the ledger has of them are compared", async () => {
  const customer = await makeCustomer(billed);
  const unheard = await pay(billed, customer, { amountCents: 1_500 });
  const refunded = await pay(billed, customer, { amountCents: 4_000 });
  await bookPayment(refunded.id);
  await billed.stripe.refunds.create({ payment_intent: refunded.id, amount: 1_000 });
  const other = await pay(billed, customer, { amountCents: 700, metadata: { purpose: "something_else" } });
  const { tenantId } = customer.tenant.scope;
  const lost = {
    tenantId,
    paymentIntentId: "pi_of_another_account",
    creditedNano: 5n,
    createdAt: fromNow(0),
  };
  await platformDb().reservePayment.create({ data: lost });
  await compareOnce();
  await lookLater();
  expect(await openOf(unheard.id)).toEqual([["payment_unknown", null, "$15.00"]]);
  expect(await openOf(refunded.id)).toEqual([["payment_taken", "$0.00", "$10.00"]]);
  expect(await differencesOf(other.id)).toEqual([]);
  expect((await openOf("pi_of_another_account")).map(([kind]) => kind)).toEqual([
    "payment_books",
    "payment_missing",
  ]);
});

test("a balance that is not the sum of its ledger differs until it is", async () => {
  const { tenant } = await makeCustomer(billed);
  const shift = "UPDATE reserve_accounts SET balance_nano = balance_nano + $2 WHERE tenant_id = $1";
  await asSuperuser(shift, [tenant.id, 5_000_000_000]);
  await compareOnce();
  await lookLater();
  expect(await openOf(tenant.id)).toEqual([["balance", "$5.00", "in the ledger $0.00"]]);
  await asSuperuser(shift, [tenant.id, -5_000_000_000]);
  await lookLater();
  expect(await openOf(tenant.id)).toEqual([]);
});

test("many comparisons at once are one, and its pages are gone through once", async () => {
  const before = await platformDb().billingComparison.count();
  await Promise.all(Array.from({ length: 6 }, compareOnce));
  const after = await platformDb().billingComparison.findMany({ orderBy: { startedAt: "desc" } });
  expect(after.every(({ endedAt }) => endedAt !== null)).toBe(true);
  // Whoever came when the first had ended began the next one.
  expect(after.length).toBeGreaterThan(before);
  const open = await platformDb().billingDifference.groupBy({
    by: ["kind", "objectId"],
    where: { resolvedAt: null },
    _count: true,
  });
  expect(open.every(({ _count: count }) => count === 1)).toBe(true);
});

test("a comparison that is stopped goes on where it stood, and one that breaks off at any step ends all the same", async () => {
  const stopped = AbortSignal.abort();
  await compareAll(null, stopped);
  const begun = await lastComparison(null);
  expect(begun?.step).not.toBe("subscriptions_there");
  for (let turns = 0; turns < 20 && (await lastComparison(null)) !== null; turns += 1)
    await compareAll(null, stopped);
  const ended = () => platformDb().billingComparison.findMany({ where: { endedAt: { not: null } } });
  const known = await ended();
  expect(known.map(({ id }) => id)).toContain(begun?.id);
  const isDone = async () => (await ended()).length > known.length;
  expect(await crashAtEveryStep(compareOnce, isDone)).toBeGreaterThan(5);
});
