import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { ConfigError, loadConfig } from "./config";

const keyRing = () => JSON.stringify({ "1": randomBytes(32).toString("base64") });
const key = `sk_test_${randomBytes(12).toString("hex")}`;
const secret = () => `whsec_${randomBytes(16).toString("hex")}`;
const STRIPE = {
  STRIPE_SECRET_KEY: key,
  STRIPE_WEBHOOK_SECRET: secret(),
  STRIPE_PRODUCT_PRICE_MAP: "starter=price_1,starter.year=price_2,pro=price_3",
};

function load(changes: Record<string, string>) {
  return loadConfig({
    DATABASE_URL: "postgresql://application",
    DATABASE_PLATFORM_URL: "postgresql://platform",
    APP_SECRETS: keyRing(),
    PASSWORD_PEPPERS: keyRing(),
    ENCRYPTION_KEYS: keyRing(),
    ...changes,
  }).billing;
}

function faultsOf(changes: Record<string, string>): string {
  try {
    load(changes);
    return "";
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.join("\n");
    throw error;
  }
}

test("billing that is asked for without its settings stops the start, and each is named", () => {
  const faults = faultsOf({ ENABLE_BILLING: "true" });
  for (const name of Object.keys(STRIPE)) expect(faults).toContain(`${name}: is missing for billing`);
  expect(faultsOf({ ENABLE_BILLING: "true", ...STRIPE })).toBe("");
  expect(faultsOf({ STRIPE_SECRET_KEY: key })).toContain("STRIPE_WEBHOOK_SECRET: is missing");
});

test("left out, billing is on where it can be tried, and in production where there is a key", () => {
  expect(load({})).toMatchObject({ isOn: true, stripe: null });
  expect(load({ ENABLE_BILLING: "false", ...STRIPE })).toMatchObject({ isOn: false, stripe: null });
  const faults = faultsOf({ NODE_ENV: "production" });
  expect(faults).not.toContain("STRIPE");
  const standIn = { NODE_ENV: "production", ...STRIPE, STRIPE_API_BASE: "http://localhost:1234" };
  expect(faultsOf(standIn)).toContain("STRIPE_API_BASE: a stand-in for Stripe does not run in production");
});

test.each([
  ["a placeholder", { STRIPE_WEBHOOK_SECRET: `whsec_changeme_${"0".repeat(32)}` }],
  ["a placeholder behind the current one", { STRIPE_WEBHOOK_SECRET: `${secret()},whsec_your-${key}` }],
  ["a short secret", { STRIPE_WEBHOOK_SECRET: "whsec_1234567890" }],
  ["a short secret while one is rotated", { STRIPE_WEBHOOK_SECRET: `${secret()},whsec_1234567890` }],
  ["a placeholder for the key", { STRIPE_SECRET_KEY: `sk_live_changeme${"0".repeat(32)}` }],
  ["a short key", { STRIPE_SECRET_KEY: "sk_live_1234567890" }],
])("production refuses %s, which is fit for trying out", (_, wrong) => {
  const [name = ""] = Object.keys(wrong);
  const settings: Record<string, string> = { ...STRIPE, ...wrong };
  expect(faultsOf(settings)).toBe("");
  const faults = faultsOf({ ...settings, NODE_ENV: "production" });
  expect(faults).toContain(`${name}: is`);
  expect(faults).not.toContain(settings[name]);
  expect(faultsOf({ ...STRIPE, NODE_ENV: "production" })).not.toContain("STRIPE");
});

test("prices are JSON or pairs, and secrets a list with the current one first", () => {
  const secrets = [secret(), secret()];
  const { stripe } = load({ ...STRIPE, STRIPE_WEBHOOK_SECRET: secrets.join(", ") });
  expect(stripe?.webhookSecrets).toEqual(secrets);
  expect(stripe?.prices.get("starter")).toEqual({ month: "price_1", year: "price_2" });
  expect(stripe?.prices.get("pro")).toEqual({ month: "price_3" });
  const json = JSON.stringify({ pro: { year: "price_9" }, starter: "price_8" });
  const other = load({ ...STRIPE, STRIPE_PRODUCT_PRICE_MAP: json }).stripe;
  expect(other?.prices.get("pro")).toEqual({ year: "price_9" });
  expect(other?.prices.get("starter")).toEqual({ month: "price_8" });
});

test.each([
  { STRIPE_SECRET_KEY: "pk_live_nokey" },
  { STRIPE_WEBHOOK_SECRET: "whsec_one, two" },
  { STRIPE_PRODUCT_PRICE_MAP: "starter:price_1" },
  { STRIPE_PRODUCT_PRICE_MAP: '{"starter": {"week": "price_1"}}' },
  { STRIPE_API_BASE: "ftp://stand.in" },
])("what is no setting of Stripe is named, and its value is not shown: %j", (wrong) => {
  const faults = faultsOf({ ...STRIPE, ...wrong } as Record<string, string>);
  const [[name, value] = ["", ""]] = Object.entries(wrong);
  expect(faults).toContain(name);
  expect(faults).not.toContain(value);
});
