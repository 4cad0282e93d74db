import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { simulatedForFile } from "../../tests/factories/stripe-simulator";
import { setupDeeds } from "./deeds";

const { url, secretKey, stripe, control } = await simulatedForFile();
process.env["STRIPE_API_BASE"] = url;

test("a key is used at Stripe as the command uses it, and a wrong key is refused in words", async () => {
  const wrong = `sk_test_${randomBytes(12).toString("hex")}`;
  const [{ made, priceMap }, refused] = await Promise.all([
    setupDeeds.make(secretKey),
    setupDeeds.plan(wrong).catch((error: Error) => error.message),
  ]);
  expect(made).toContain("product parley_starter");
  expect(made).toContain("price parley_pro_year_v1");
  expect(Object.keys(JSON.parse(priceMap))).toEqual(["starter", "pro"]);
  expect(refused).toMatch(/^[A-Z].{20,}\.$/);
}, 120_000);

test("the endpoint is added once, with the secret that Stripe signs by, and a second one for the address is refused", async () => {
  process.env["APP_URL"] = "https://parley.example";
  const secret = await setupDeeds.addEndpoint(secretKey);
  const { data } = await stripe.webhookEndpoints.list();
  expect(data).toMatchObject([{ url: "https://parley.example/webhooks/stripe", enabled_events: ["*"] }]);
  expect(secret).toBe(control.world.secrets[data[0]?.id ?? ""]);
  await expect(setupDeeds.addEndpoint(secretKey)).rejects.toThrow("has an endpoint already");
}, 120_000);
