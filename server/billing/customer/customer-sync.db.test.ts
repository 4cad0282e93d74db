import { afterAll, beforeAll, expect, test } from "vitest";
import { type BilledStripe, billedStripe, bringHome, makeCustomer } from "../../../tests/factories/billing";
import { platformDb } from "../../platform/db";
import { HANDLERS } from "../handlers";
import { drainEvents } from "../intake/dispatch/dispatcher";
import { storeEvent } from "../intake/store";
import { customerSync } from "./customer-sync";

let billed: BilledStripe;

beforeAll(async () => {
  billed = await billedStripe();
});
afterAll(() => billed.stop());

test("a card that is taken away at Stripe is taken off the page by its own event, and said once", async () => {
  const { tenant, customerId, methodId } = await makeCustomer(billed);
  const label = async () =>
    (await platformDb().billingProfile.findUniqueOrThrow({ where: { tenantId: tenant.id } }))
      .paymentMethodLabel;
  await bringHome(customerSync, customerId);
  expect(await label()).toBe("Visa ending in 4242");
  await billed.stripe.paymentMethods.detach(methodId);
  const [event] = (await billed.stripe.events.list({ type: "payment_method.detached", limit: 1 })).data;
  if (!event) throw new Error("taking a card away is told");
  for (let time = 0; time < 2; time += 1)
    await storeEvent({ event, raw: Buffer.from(JSON.stringify(event)), source: "webhook" }, HANDLERS);
  await drainEvents(HANDLERS);
  expect(await label()).toBeNull();
  const told = await platformDb().billingStreamEvent.findMany({
    where: { tenantId: tenant.id, type: "payment_method" },
    orderBy: { seq: "asc" },
  });
  expect(told.map(({ payload }) => payload)).toEqual([{ label: "Visa ending in 4242" }, { label: null }]);
});
