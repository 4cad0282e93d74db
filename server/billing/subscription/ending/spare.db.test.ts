import type Stripe from "stripe";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type BilledStripe,
  billedStripe,
  bringHome,
  makeCustomer,
  makeSubscribed,
} from "../../../../tests/factories/billing";
import { currentPlan } from "../../../catalogue/plans";
import { platformDb } from "../../../platform/db";
import { HANDLERS } from "../../handlers";
import { drainEvents } from "../../intake/dispatch/dispatcher";
import { storeEvent } from "../../intake/store";
import { subscriptionSync } from "../sync";
import { endSpare } from "./spare";

let billed: BilledStripe;

beforeAll(async () => {
  billed = await billedStripe();
});
afterAll(() => billed.stop());

/** Its subscriptions as they are stored, in order of their ids at Stripe. */
async function storedOf({ id: tenantId }: { id: string }) {
  const rows = await platformDb().subscription.findMany({
    where: { tenantId },
    orderBy: { stripeSubscriptionId: "asc" },
  });
  return rows.map(({ stripeSubscriptionId: id, status }) => ({ id, status }));
}

const statusAtStripe = async (id: string) => (await billed.stripe.subscriptions.retrieve(id)).status;

test("what is spare is cancelled at Stripe once, however often that is asked, and what was paid becomes credit", async () => {
  const { tenant, customerId, subscriptionId } = await makeSubscribed(billed);
  const items = [{ price: billed.prices.pro.month, quantity: 1 }];
  const second = await billed.stripe.subscriptions.create({ customer: customerId, items });
  await bringHome(subscriptionSync, second.id);
  const { tenantId } = tenant.scope;
  await endSpare(tenantId, second.id);
  await endSpare(tenantId, second.id);
  expect(await statusAtStripe(second.id)).toBe("canceled");
  expect(await statusAtStripe(subscriptionId)).toBe("active");
  const { balance } = (await billed.stripe.customers.retrieve(customerId)) as Stripe.Customer;
  expect(balance).toBe(-4_900);
  expect(await storedOf(tenant)).toEqual([{ id: subscriptionId, status: "active" }]);
});

test("a subscription that is heard of before the end of the one it follows is no spare one", async () => {
  const { tenant, customerId, subscriptionId } = await makeSubscribed(billed);
  await billed.stripe.subscriptions.cancel(subscriptionId);
  const items = [{ price: billed.prices.pro.month, quantity: 1 }];
  const next = await billed.stripe.subscriptions.create({ customer: customerId, items });
  await bringHome(subscriptionSync, next.id);
  expect(await storedOf(tenant)).toEqual([{ id: subscriptionId, status: "active" }]);
  await endSpare(tenant.scope.tenantId, next.id);
  expect(await statusAtStripe(next.id)).toBe("active");
  const statuses = new Map((await storedOf(tenant)).map(({ id, status }) => [id, status]));
  expect(statuses).toEqual(
    new Map([
      [subscriptionId, "canceled"],
      [next.id, "active"],
    ]),
  );
  expect(await currentPlan(tenant.scope)).toMatchObject({ plan: { code: "pro" }, standing: "active" });
});

test("while it is not known whether the first one goes on, nothing is ended", async () => {
  const { tenant, customerId } = await makeSubscribed(billed);
  const items = [{ price: billed.prices.pro.month, quantity: 1 }];
  const second = await billed.stripe.subscriptions.create({ customer: customerId, items });
  billed.control.fail({ kind: "server_error", count: 4, matching: "GET /v1/subscriptions" });
  await expect(endSpare(tenant.scope.tenantId, second.id)).rejects.toMatchObject({ code: "unavailable" });
  billed.control.clearFaults();
  expect(await statusAtStripe(second.id)).toBe("active");
});

test("a second subscription that is paid while the first one waits for its payment is the one that stays", async () => {
  const customer = await makeCustomer(billed);
  const items = [{ price: billed.prices.starter.month, quantity: 1 }];
  billed.control.declineNext();
  const waiting = await billed.stripe.subscriptions.create({ customer: customer.customerId, items });
  expect(waiting.status).toBe("incomplete");
  await bringHome(subscriptionSync, waiting.id);
  const paid = await billed.stripe.subscriptions.create({ customer: customer.customerId, items });
  await bringHome(subscriptionSync, paid.id);
  await endSpare(customer.tenant.scope.tenantId, waiting.id);
  expect(await storedOf(customer.tenant)).toEqual([{ id: paid.id, status: "active" }]);
  expect(await statusAtStripe(paid.id)).toBe("active");
  expect(await statusAtStripe(waiting.id)).not.toBe("incomplete");
});

test("after its end, each earlier event of a subscription comes again and changes nothing", async () => {
  const { tenant, subscriptionId } = await makeSubscribed(billed);
  await billed.stripe.subscriptions.update(subscriptionId, { cancel_at_period_end: true });
  await billed.stripe.subscriptions.cancel(subscriptionId);
  const told = await billed.stripe.events.list({ limit: 100 }).autoPagingToArray({ limit: 1_000 });
  const ofIt = told.reverse().filter((event) => subscriptionSync.objectIdOf(event) === subscriptionId);
  expect(ofIt.map(({ type }) => type)).toEqual(
    expect.arrayContaining([
      "customer.subscription.created",
      "customer.subscription.updated",
      "customer.subscription.deleted",
    ]),
  );
  await bringHome(subscriptionSync, subscriptionId);
  const ended = [{ id: subscriptionId, status: "canceled" }];
  expect(await storedOf(tenant)).toEqual(ended);
  const changes = () =>
    platformDb().auditLog.count({ where: { tenantId: tenant.id, action: "plan_changed" } });
  const before = await changes();
  const live = { ...(await billed.stripe.subscriptions.retrieve(subscriptionId)), status: "active" as const };
  for (const event of ofIt) {
    await storeEvent({ event, raw: Buffer.from(JSON.stringify(event)), source: "webhook" }, HANDLERS);
    await drainEvents(HANDLERS);
    expect(await storedOf(tenant)).toEqual(ended);
    // Not even an answer of Stripe's that says otherwise brings it back.
    await platformDb().$transaction((tx) => subscriptionSync.apply(tx, live, 1_000_000n));
    expect(await storedOf(tenant)).toEqual(ended);
  }
  expect(await changes()).toBe(before);
  expect(await currentPlan(tenant.scope)).toMatchObject({ plan: { code: "free" }, standing: "active" });
});
