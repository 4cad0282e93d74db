import { expect, test } from "vitest";
import { eventOf } from "../../../tests/factories/stripe-events";
import { HANDLERS } from "../handlers";
import type { MoneyHandler, StateSync } from "./handler";
import { NO_HANDLER, routesOf } from "./routing";

const subscriptions: StateSync<string> = {
  objectType: "subscription",
  eventTypes: ["customer.subscription.*", "invoice.paid"],
  objectIdOf: ({ data: { object } }) => ("subscription" in object ? null : (object as { id: string }).id),
  fetch: async (id) => id,
  apply: async () => {},
};
const payments: MoneyHandler<null> = {
  name: "payment",
  eventTypes: ["payment_intent.succeeded", "invoice.paid"],
  fetch: async () => null,
  book: async () => "ignored",
};
const handlers = { states: [subscriptions], moneys: [payments] };

test("a pattern with a star hears all events of its kind and no other", () => {
  const types = ["customer.subscription.updated", "customer.subscription.pending_update_applied"];
  for (const type of types)
    expect(routesOf(eventOf(type, { object: { id: "sub_1" } }), handlers)).toEqual([
      { handler: "subscription", object: { id: "sub_1", type: "subscription" } },
    ]);
  for (const type of ["customer.updated", "customer.subscriptions", "customer"])
    expect(routesOf(eventOf(type, { object: { id: "cus_1" } }), handlers)).toEqual([]);
});

test("every handler that hears an event has a route of its own", () => {
  const event = eventOf("invoice.paid", { object: { id: "in_1" } });
  expect(routesOf(event, handlers).map(({ handler }) => handler)).toEqual(["subscription", "payment"]);
});

test("an event about an object that a handler has no concern with is not routed to it", () => {
  const event = eventOf("invoice.paid", { object: { id: "in_1", subscription: "sub_1" } });
  expect(routesOf(event, handlers)).toEqual([{ handler: "payment", object: null }]);
});

test("handlers bear different names, and none bears that of the event which nobody hears", () => {
  const names = [
    ...HANDLERS.states.map((sync) => sync.objectType),
    ...HANDLERS.moneys.map(({ name }) => name),
  ];
  expect(new Set(names).size).toBe(names.length);
  expect(names).not.toContain(NO_HANDLER);
});
