import { afterAll, beforeAll, expect, test } from "vitest";
import { type BilledStripe, billedStripe, makeSubscribed } from "../../../tests/factories/billing";
import { pay } from "../../../tests/factories/reserve-payments";
import { eventOf } from "../../../tests/factories/stripe-events";
import { asSuperuser } from "../../../tests/factories/superuser";
import { platformDb } from "../../platform/db";
import { HANDLERS } from "../handlers";
import { drainEvents } from "./dispatch/dispatcher";
import { storeEvent } from "./store";

let billed: BilledStripe;

beforeAll(async () => {
  billed = await billedStripe();
});
afterAll(() => billed.stop());

test("what is still told of an erased workspace has nothing to do in every handler, once and for all", async () => {
  const subscribed = await makeSubscribed(billed);
  const { tenant, customerId: customer, subscriptionId } = subscribed;
  const paid = await pay(billed, subscribed, { amountCents: 1_000 });
  const { data } = await billed.stripe.invoices.list({ subscription: subscriptionId });
  await asSuperuser("DELETE FROM tenants WHERE id = $1", [tenant.id]);
  const events = [
    eventOf("customer.updated", { object: { object: "customer", id: customer } }),
    eventOf("customer.subscription.updated", {
      object: { object: "subscription", id: subscriptionId, customer },
    }),
    eventOf("invoice.finalized", { object: { object: "invoice", id: data[0]?.id ?? "", customer } }),
    eventOf("payment_intent.succeeded", { object: { object: "payment_intent", id: paid.id, customer } }),
  ];
  for (const event of events) {
    const raw = Buffer.from(JSON.stringify(event));
    expect(await storeEvent({ event, raw, source: "webhook" }, HANDLERS)).toBe("stored");
  }
  await drainEvents(HANDLERS);
  const dispatches = await platformDb().stripeEventDispatch.findMany({
    where: { eventId: { in: events.map(({ id }) => id) } },
  });
  const heardBy = [
    ...HANDLERS.states.map(({ objectType }) => objectType),
    ...HANDLERS.moneys.map(({ name }) => name),
  ];
  expect(new Set(dispatches.map(({ handler }) => handler))).toEqual(new Set(heardBy));
  for (const dispatch of dispatches) expect(dispatch).toMatchObject({ status: "ignored", lastError: null });
  expect(await platformDb().subscription.count({ where: { stripeSubscriptionId: subscriptionId } })).toBe(0);
  expect(await platformDb().reservePayment.count({ where: { paymentIntentId: paid.id } })).toBe(0);
});

test("a customer that nobody knows yet is no erased one: its events are tried again", async () => {
  const { id } = await billed.stripe.customers.create({});
  const event = eventOf("customer.updated", { object: { object: "customer", id } });
  await storeEvent({ event, raw: Buffer.from(JSON.stringify(event)), source: "webhook" }, HANDLERS);
  await drainEvents(HANDLERS);
  const where = { eventId: event.id };
  expect(await platformDb().stripeEventDispatch.findMany({ where })).toMatchObject([{ status: "failed" }]);
});
