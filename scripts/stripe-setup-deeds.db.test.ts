import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { simulatedForFile } from "../tests/factories/stripe-simulator";
import { setupDeeds } from "./stripe-setup-deeds";

const { url, secretKey } = await simulatedForFile();
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
