import { afterAll, beforeAll, expect, test } from "vitest";
import { type BilledStripe, billedStripe } from "../../../tests/factories/billing";
import { priceMapFaults, provisionCatalogue } from "./catalogue";
import { addWebhookEndpoint, webhookFaults } from "./webhook-endpoint";

let billed: BilledStripe;

beforeAll(async () => {
  billed = await billedStripe();
});
afterAll(() => billed.stop());

test("what is set up in Stripe once is found the next time, and a check names what does not fit", async () => {
  expect(await provisionCatalogue({ isDryRun: true })).toMatchObject({ made: [], map: billed.prices });
  expect(await priceMapFaults()).toEqual([]);
  await billed.stripe.prices.update(billed.prices.pro.year, { active: false });
  expect(await priceMapFaults()).toEqual([expect.stringContaining("of pro for a year is archived")]);
  await expect(provisionCatalogue({ isDryRun: false })).rejects.toMatchObject({ code: "conflict" });
});

test("the webhook endpoint is added once with the secret it signs by, and what is wrong with it is named", async () => {
  expect(await webhookFaults()).toEqual([expect.stringContaining("No webhook endpoint")]);
  const secret = await addWebhookEndpoint();
  expect(await webhookFaults()).toEqual([]);
  const [{ id = "" } = {}, ...more] = (await billed.stripe.webhookEndpoints.list()).data;
  expect([billed.control.world.secrets[id], more]).toEqual([secret, []]);
  await expect(addWebhookEndpoint()).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining(id),
  });
  await billed.stripe.webhookEndpoints.update(id, { enabled_events: ["invoice.paid"] });
  expect(await webhookFaults()).toEqual([expect.stringContaining("all events")]);
  await billed.stripe.webhookEndpoints.update(id, { disabled: true });
  expect(await webhookFaults()).toEqual([expect.stringContaining("is disabled")]);
});
