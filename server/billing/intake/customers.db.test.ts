import { expect, test } from "vitest";
import { eventOf, giveCustomer } from "../../../tests/factories/stripe-events";
import { makeTenant } from "../../../tests/factories/tenants";
import { platformDb } from "../../platform/db";
import { newId } from "../../platform/ids";
import { HANDLERS } from "../handlers";
import { listStripeEvents } from "./console/events";
import { customerIdOf, findTenantOfCustomer, tenantOfCustomer } from "./customers";
import { storeEvent } from "./store";

test("an event names its customer as its object, by id or as a whole", () => {
  const objects = [
    { object: "customer", id: "cus_1" },
    { object: "invoice", customer: "cus_1" },
    { object: "charge", customer: { id: "cus_1", object: "customer" } },
  ];
  for (const object of objects) expect(customerIdOf(eventOf("some.event", { object }))).toBe("cus_1");
  for (const object of [
    { object: "price", id: "price_1" },
    { object: "charge", customer: null },
  ])
    expect(customerIdOf(eventOf("some.event", { object }))).toBeNull();
});

test("a customer belongs to the workspace whose row names it, and to nobody until then", async () => {
  const { id: tenantId } = await makeTenant();
  await expect(tenantOfCustomer(platformDb(), "cus_own")).rejects.toThrow("No workspace has the customer");
  await giveCustomer(tenantId, "cus_own");
  expect(await tenantOfCustomer(platformDb(), { id: "cus_own" })).toBe(tenantId);
  expect(await findTenantOfCustomer(platformDb(), "cus_other")).toBeNull();
  await expect(tenantOfCustomer(platformDb(), null)).rejects.toThrow("names no customer");
});

test("what is told of a customer that was replaced is found among the events of its workspace, and of no other", async () => {
  const [{ id: tenantId }, neighbour] = [await makeTenant(), await makeTenant()];
  const former = await giveCustomer(tenantId);
  const stripeCustomerId = `cus_${newId()}`;
  await platformDb().billingProfile.update({ where: { tenantId }, data: { stripeCustomerId } });
  const tell = async (object: Record<string, unknown>) => {
    const event = eventOf("customer.updated", { object: { object: "customer", id: former, ...object } });
    const raw = Buffer.from(JSON.stringify(event));
    return { id: event.id, fate: await storeEvent({ event, raw, source: "webhook" }, HANDLERS) };
  };
  const told = await tell({});
  expect(told.fate).toBe("stored");
  expect((await tell({ metadata: { tenant_id: neighbour.id } })).fate).toBe("contradictory");
  const eventsOf = async (tenant: string) =>
    (await listStripeEvents({ tenant, limit: 10 })).items.map(({ eventId }) => eventId);
  expect(await eventsOf(tenantId)).toContain(told.id);
  expect(await eventsOf(neighbour.id)).toEqual([]);
});
