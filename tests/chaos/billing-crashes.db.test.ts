// A process of billing that dies, by kill -9, between any two steps: of taking an event in, of working it off, of asking
// Stripe for money. Another one comes to what there would have been without the death, and nothing is there twice.

import type Stripe from "stripe";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { now } from "../../server/platform/clock";
import { platformDb } from "../../server/platform/db";
import { listWalletFaults } from "../../server/wallet/reconciliation";
import { type Answer, ask } from "../factories/ask";
import { type BilledStripe, billedStripe, type Customer, makeCustomer } from "../factories/billing";
import { FROM_OWN_PAGE } from "../factories/http";
import { ledgerOf, pay } from "../factories/reserve-payments";
import { signed } from "../factories/stripe-events";
import type { Step } from "./billing";
import { ownCopy, untilWorkedOff } from "./billing-copies";
import { bundleInstance, type Instance, removeBundle, startInstance } from "./instances";

// Each test starts two processes or more, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

const SETTINGS = { LOG_LEVEL: "fatal", LOG_SINK: "stdout" };

let billed: BilledStripe;
let running: Instance[] = [];

beforeAll(async () => {
  billed = await billedStripe();
  await bundleInstance("billing");
});
afterEach(async () => {
  await Promise.all(running.map((instance) => instance.kill("SIGKILL")));
  running = [];
  billed.control.forgetReceived();
  expect(await listWalletFaults()).toEqual([]);
});
afterAll(async () => {
  await billed.stop();
  await removeBundle("billing");
});

async function startOne(diesAt?: Step): Promise<Instance> {
  const instance = await startInstance({ ...SETTINGS, ...(diesAt && { CHAOS_DIES_AT: diesAt }) }, "billing");
  running.push(instance);
  return instance;
}

/** Null when there was no answer. */
function deliver({ port }: Instance, event: Stripe.Event): Promise<Answer | null> {
  const { body, signature } = signed(event);
  const headers = { "stripe-signature": signature ?? "" };
  return ask(port, "/webhooks/stripe", { method: "POST", headers, body }).catch(() => null);
}

/** The newest event of this type about this customer. */
async function eventOf(type: string, customerId: string): Promise<Stripe.Event> {
  const { data } = await billed.stripe.events.list({ type, limit: 100 });
  const found = data.find(
    ({ data: { object } }) => (object as { customer?: unknown }).customer === customerId,
  );
  if (!found) throw new Error(`${type} was not told`);
  return found;
}

const storedOf = (eventId: string) =>
  platformDb().stripeEvent.findUniqueOrThrow({ where: { eventId }, select: { deliveryCount: true } });

async function subscribeAndPay(): Promise<{ customer: Customer; state: Stripe.Event; money: Stripe.Event }> {
  const customer = await makeCustomer(billed);
  const { customerId } = customer;
  const items = [{ price: billed.prices.starter.month, quantity: 2 }];
  await billed.stripe.subscriptions.create({ customer: customerId, items });
  await pay(billed, customer, { amountCents: 4_200 });
  const state = await eventOf("customer.subscription.created", customerId);
  const { data } = await billed.stripe.events.list({ type: "payment_intent.succeeded", limit: 1 });
  return { customer, state, money: data[0] as Stripe.Event };
}

/** Everything there once: the plan, the credit, and each word about them. */
async function expectOnce({ tenant }: Customer): Promise<void> {
  const { id: tenantId } = tenant;
  const subscriptions = await platformDb().subscription.findMany({ where: { tenantId } });
  expect(subscriptions).toMatchObject([{ status: "active", seatsBilled: 2 }]);
  expect((await ledgerOf(tenant)).map(([kind, cents]) => [kind, cents])).toEqual([["topup", 4_200]]);
  const told = await platformDb().billingStreamEvent.findMany({ where: { tenantId } });
  const types = told.map(({ type }) => type).filter((type) => type !== "payment_method");
  expect(types.sort()).toEqual(["seats", "subscription", "topup"]);
  const receipts = { dedupeKey: { startsWith: "billing:receipt:" }, recipient: tenant.owner.email };
  expect(await platformDb().outgoingMail.count({ where: receipts })).toBe(1);
}

test("killed after an event is stored and before it is answered, the delivery comes again and is counted, no more", async () => {
  const { customer, state, money } = await subscribeAndPay();
  for (const event of [state, money]) {
    const dying = await startOne("stored");
    expect(await deliver(dying, event)).toBeNull();
    await dying.ended;
    expect(await storedOf(event.id)).toEqual({ deliveryCount: 1 });
  }
  const next = await startOne();
  for (const event of [state, money]) {
    expect((await deliver(next, event))?.status).toBe(202);
    expect(await storedOf(event.id)).toEqual({ deliveryCount: 2 });
  }
  await untilWorkedOff(ownCopy(), () => deliver(next, money));
  await expectOnce(customer);
});

test.each(["leased", "fetched", "written"] as const)(
  "killed with an event of state or of money that is %s, another process brings it to its end, once",
  async (step) => {
    const { customer, state, money } = await subscribeAndPay();
    for (const event of [state, money]) {
      const dying = await startOne(step);
      // It may die before it has answered as well.
      await deliver(dying, event);
      await dying.ended;
      const next = await startOne();
      expect((await deliver(next, event))?.status).toBe(202);
      await untilWorkedOff(ownCopy(), () => deliver(next, event));
      await next.kill("SIGKILL");
    }
    await expectOnce(customer);
  },
);

async function makeFilling(): Promise<Customer> {
  const customer = await makeCustomer(billed);
  await platformDb().autoTopupConfig.create({
    data: { tenantId: customer.tenant.id, isEnabled: true, updatedAt: now() },
  });
  return customer;
}

function topUp({ port }: Instance, { tenant }: Customer): Promise<Answer | null> {
  const question = { method: "POST", headers: FROM_OWN_PAGE, body: tenant.id };
  return ask(port, "/webhooks/top-up", question).catch(() => null);
}

/** What Stripe was asked to charge this customer, and what it made of that. */
async function expectChargedOnce({ tenant, customerId }: Customer): Promise<void> {
  const asked = billed.control
    .received()
    .filter(({ method, path }) => method === "POST" && path === "/v1/payment_intents");
  expect(new Set(asked.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  expect(new Set(asked.map(({ parameters }) => JSON.stringify(parameters))).size).toBe(1);
  const { data } = await billed.stripe.paymentIntents.list({ customer: customerId });
  expect(data).toMatchObject([{ amount: 5_000, status: "succeeded" }]);
  const attempts = await platformDb().autoTopupAttempt.findMany({ where: { tenantId: tenant.id } });
  expect(attempts).toMatchObject([{ status: "processing", stripePaymentIntentId: data[0]?.id }]);
}

test.each(["about to ask", "asked"] as const)(
  "killed at the step '%s' of an automatic top-up, the next process asks under the same key and charges once",
  async (step) => {
    const customer = await makeFilling();
    const dying = await startOne(step);
    expect(await topUp(dying, customer)).toBeNull();
    await dying.ended;
    const next = await startOne();
    for (let time = 0; time < 2; time += 1) expect((await topUp(next, customer))?.status).toBe(202);
    await expectChargedOnce(customer);
    const { data } = await billed.stripe.events.list({ type: "payment_intent.succeeded", limit: 1 });
    const [paid] = data as [Stripe.Event];
    expect((await deliver(next, paid))?.status).toBe(202);
    await untilWorkedOff(ownCopy(), () => deliver(next, paid));
    expect((await ledgerOf(customer.tenant)).map(([kind, cents]) => [kind, cents])).toEqual([
      ["auto_topup", 5_000],
    ]);
  },
);

test("sixty-four crossings in three processes at once charge a card once", async () => {
  const customer = await makeFilling();
  const three = await Promise.all([startOne(), startOne(), startOne()]);
  const answers = await Promise.all(
    Array.from({ length: 64 }, (_, n) => topUp(three[n % 3] as Instance, customer)),
  );
  expect(answers.some((answer) => answer?.status === 202)).toBe(true);
  expect((await topUp(three[0], customer))?.status).toBe(202);
  await expectChargedOnce(customer);
});
