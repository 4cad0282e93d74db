// The simulated Stripe of a development copy: the same at every start, shared by copies of one folder, gone with them.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type Stripe from "stripe";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lookupKeyOf } from "../server/billing/subscription/prices";
import { SOLD_PLANS } from "../server/billing/terms";
import { makeStripe } from "../server/platform/stripe";
import { readCatalogueFile } from "./catalogue-load";
import { localSettings } from "./local-settings";
import { type LocalStripe, openLocalStripe, soldPrices } from "./local-stripe";

let folder: string;
let open: LocalStripe[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "local-stripe-"));
  open = [];
});
afterEach(async () => {
  for (const stripe of open) await stripe.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<LocalStripe> {
  // A port where nobody listens: what is delivered here is taken by nobody.
  const stripe = await openLocalStripe({
    folder,
    settings: localSettings(folder),
    appUrl: "http://127.0.0.1:9",
  });
  open.push(stripe);
  return stripe;
}

function clientOf({ url }: LocalStripe): Stripe {
  return makeStripe({ secretKey: localSettings(folder).stripe.secretKey, apiBase: new URL(url) });
}

test("starter and pro are sold by the month and by the year, at the catalogue's prices", async () => {
  const stripe = await start();
  const map = JSON.parse(stripe.priceMap) as Record<string, { month: string; year: string }>;
  expect(Object.keys(map)).toEqual(["starter", "pro"]);
  const price = await clientOf(stripe).prices.retrieve(map["starter"]?.year ?? "");
  expect(price).toMatchObject({
    unit_amount: 19_000,
    currency: "usd",
    recurring: { interval: "year" },
    lookup_key: "parley_starter_year_v1",
    product: "parley_starter",
  });
});

test("a second start has the port, the prices and the customers of the first", async () => {
  const first = await start();
  const { id } = await clientOf(first).customers.create({ email: "kept@example.com" });
  await first.stop();
  const second = await start();
  expect(second).toMatchObject({ url: first.url, priceMap: first.priceMap, isAdopted: false });
  expect((await clientOf(second).customers.retrieve(id)).id).toBe(id);
});

test("two copies share one, and the second takes over when the first is gone", async () => {
  const first = await start();
  const { id } = await clientOf(first).customers.create({ email: "shared@example.com" });
  const second = await start();
  expect(second).toMatchObject({ url: first.url, priceMap: first.priceMap, isAdopted: true });
  await first.stop();
  const found = () =>
    clientOf(second)
      .customers.retrieve(id)
      .then((customer) => customer.id, String);
  await expect.poll(found).toBe(id);
});

test("plans and prices have the names that an account has for them", () => {
  const sold = soldPrices(readCatalogueFile());
  expect([...new Set(sold.map(({ plan }) => plan))]).toEqual([...SOLD_PLANS]);
  for (const { plan, interval, lookupKey } of sold) expect(lookupKey).toBe(lookupKeyOf(plan, interval, 1));
});

test("the plan version of today is sold, and what is free or agreed by hand is not", () => {
  const text = readCatalogueFile();
  expect(soldPrices(text).map(({ lookupKey }) => lookupKey)).toEqual([
    "parley_starter_month_v1",
    "parley_starter_year_v1",
    "parley_pro_month_v1",
    "parley_pro_year_v1",
  ]);
  const catalogue = JSON.parse(text);
  const starter = catalogue.plans.find(({ code }: { code: string }) => code === "starter");
  const [version] = starter.versions;
  starter.versions.push({
    ...version,
    version: 2,
    effectiveFrom: "2027-01-01T00:00:00Z",
    priceMonth: "21.00",
  });
  const keysAt = (at: string) => soldPrices(JSON.stringify(catalogue), new Date(at))[0];
  expect(keysAt("2026-12-31T23:59:59Z")).toMatchObject({
    lookupKey: "parley_starter_month_v1",
    unitAmount: 1_900,
  });
  expect(keysAt("2027-01-01T00:00:00Z")).toMatchObject({
    lookupKey: "parley_starter_month_v2",
    unitAmount: 2_100,
  });
});
