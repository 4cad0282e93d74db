import { expect, test } from "vitest";
import { eventOf, giveCustomer } from "../../../tests/factories/stripe-events";
import { makeTenant } from "../../../tests/factories/tenants";
import { platformDb } from "../../platform/db";
import { customerIdOf, findTenantOfCustomer, tenantOfCustomer } from "./customers";

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
