// The Stripe of a development copy: simulated in this process, so that nothing of it outlives the start. Its state stays in
// DATA_DIR. Two copies on one folder share one: the second one waits, and takes its place with its state when it is gone.
import { join } from "node:path";
import Stripe from "stripe";
import { z } from "zod";
import { nanoOfDecimal } from "../server/platform/money";
import { readCatalogueFile } from "./catalogue-load";
import { keepLocalSettings, type LocalSettings } from "./local-settings";
import { findFreePort } from "./processes";
import { type Simulator, type SimulatorOptions, startSimulator } from "./stripe-simulator/simulator";

const STATE_FILE = "stripe.json";
const TAKE_OVER_INTERVAL_MS = 1_000;
const NANO_PER_CENT = 10_000_000n;
/** Sold through Stripe; what is free or agreed by hand is not. */
const SOLD_PLANS = ["starter", "pro"];

export interface LocalStripe {
  url: string;
  isAdopted: boolean;
  /** For STRIPE_PRODUCT_PRICE_MAP. */
  priceMap: string;
  stop(): Promise<void>;
}

interface Copy {
  folder: string;
  settings: LocalSettings;
  /** Where this copy of the application is reached. */
  appUrl: string;
}

/** Starts the simulator of this folder, or finds the one that another copy runs, and puts the plans into it. */
export async function openLocalStripe(copy: Copy): Promise<LocalStripe> {
  const { secretKey } = copy.settings.stripe;
  const wanted = copy.settings.stripe.port;
  const own = wanted === null ? await startAtFreePort(copy) : await startAt(copy, wanted);
  const isAdopted = own === null && wanted !== null && (await isOurs(wanted, secretKey));
  const simulator = own ?? (isAdopted ? null : await startAtFreePort(copy));
  const url = simulator?.url ?? `http://127.0.0.1:${wanted}`;
  const seat = simulator ? { stop: () => simulator.stop() } : waitForPlace(copy, wanted ?? 0);
  try {
    const priceMap = JSON.stringify(await provisionPlans(clientOf(url, secretKey)));
    return { url, isAdopted, priceMap, stop: () => seat.stop() };
  } catch (error) {
    await seat.stop();
    throw error;
  }
}

function optionsOf({ folder, settings, appUrl }: Copy): SimulatorOptions {
  return {
    apiKey: settings.stripe.secretKey,
    webhookUrl: new URL("/webhooks/stripe", appUrl).href,
    webhookSecret: settings.stripe.webhookSecret,
    stateFile: join(folder, STATE_FILE),
  };
}

/** Null when somebody else listens there. */
async function startAt(copy: Copy, port: number): Promise<Simulator | null> {
  try {
    return await startSimulator({ ...optionsOf(copy), port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return null;
    throw error;
  }
}

/** The port stays this folder's: addresses of pages that were handed out go on working. */
async function startAtFreePort(copy: Copy): Promise<Simulator> {
  const port = await findFreePort();
  const simulator = await startSimulator({ ...optionsOf(copy), port });
  copy.settings.stripe.port = port;
  keepLocalSettings(copy.folder, copy.settings);
  return simulator;
}

/** Whether the simulator of this very folder answers there: it knows the key. */
async function isOurs(port: number, secretKey: string): Promise<boolean> {
  const stripe = clientOf(`http://127.0.0.1:${port}`, secretKey);
  return stripe.webhookEndpoints.list().then(
    () => true,
    () => false,
  );
}

function clientOf(url: string, secretKey: string): Stripe {
  const { hostname, port } = new URL(url);
  return new Stripe(secretKey, {
    host: hostname,
    port,
    protocol: "http",
    httpClient: Stripe.createFetchHttpClient(),
    timeout: 5_000,
    maxNetworkRetries: 0,
    telemetry: false,
  });
}

/** Tries for the place of a simulator that another process runs; a place is free when that process is gone. */
function waitForPlace(copy: Copy, port: number): { stop(): Promise<void> } {
  let taken: Promise<Simulator | null> = Promise.resolve(null);
  const timer = setInterval(() => {
    taken = taken.then((mine) => mine ?? startAt(copy, port).catch(() => null));
  }, TAKE_OVER_INTERVAL_MS);
  timer.unref();
  return {
    stop: async () => {
      clearInterval(timer);
      await (await taken)?.stop();
    },
  };
}

const Catalogue = z.object({
  rateCards: z.array(z.object({ code: z.string(), currency: z.string() })),
  plans: z.array(
    z.object({
      code: z.string(),
      name: z.string(),
      isActive: z.boolean(),
      versions: z.array(
        z.object({
          version: z.int(),
          effectiveFrom: z.string(),
          rateCard: z.string(),
          priceMonth: z.string().nullable(),
          priceYear: z.string().nullable(),
        }),
      ),
    }),
  ),
});
type CatalogueFile = z.output<typeof Catalogue>;

export interface SoldPrice {
  plan: string;
  planName: string;
  interval: "month" | "year";
  /** As `npm run stripe:setup` names it. */
  lookupKey: string;
  currency: string;
  unitAmount: number;
}

/** What the catalogue file sells today. */
export function soldPrices(text: string, at = new Date()): SoldPrice[] {
  const catalogue = Catalogue.parse(JSON.parse(text));
  const plans = catalogue.plans.filter(({ code, isActive }) => isActive && SOLD_PLANS.includes(code));
  return plans.flatMap((plan) => pricesOf(catalogue, plan, at));
}

function pricesOf(catalogue: CatalogueFile, plan: CatalogueFile["plans"][number], at: Date): SoldPrice[] {
  const version = plan.versions
    .filter(({ effectiveFrom }) => new Date(effectiveFrom) <= at)
    .sort(
      (left, right) => right.effectiveFrom.localeCompare(left.effectiveFrom) || right.version - left.version,
    )[0];
  if (!version) return [];
  const currency = catalogue.rateCards.find(({ code }) => code === version.rateCard)?.currency ?? "USD";
  const prices = { month: version.priceMonth, year: version.priceYear };
  return (["month", "year"] as const).flatMap((interval) => {
    const nano = prices[interval] === null ? null : nanoOfDecimal(prices[interval]);
    if (nano === null || nano === 0n) return [];
    return {
      plan: plan.code,
      planName: plan.name,
      interval,
      lookupKey: `parley_${plan.code}_${interval}_v${version.version}`,
      currency: currency.toLowerCase(),
      unitAmount: Number(nano / NANO_PER_CENT),
    };
  });
}

/** Products and prices by their lookup keys, made where they are missing; answers plan -> interval -> price id. */
async function provisionPlans(stripe: Stripe): Promise<Record<string, Record<string, string>>> {
  const wanted = soldPrices(readCatalogueFile());
  const { data } = await stripe.prices.list({
    lookup_keys: wanted.map(({ lookupKey }) => lookupKey),
    limit: 100,
  });
  const map: Record<string, Record<string, string>> = {};
  for (const price of wanted) {
    const found = data.find(
      ({ lookup_key, unit_amount }) => lookup_key === price.lookupKey && unit_amount === price.unitAmount,
    );
    const id = found?.id ?? (await makePrice(stripe, price));
    map[price.plan] = { ...map[price.plan], [price.interval]: id };
  }
  return map;
}

async function makePrice(stripe: Stripe, price: SoldPrice): Promise<string> {
  const product = `parley_${price.plan}`;
  const { data } = await stripe.products.list({ ids: [product] });
  if (data.length === 0)
    await stripe.products.create({ id: product, name: `Parley ${price.planName}`, unit_label: "seat" });
  const made = await stripe.prices.create({
    product,
    currency: price.currency,
    unit_amount: price.unitAmount,
    recurring: { interval: price.interval },
    lookup_key: price.lookupKey,
    transfer_lookup_key: true,
    nickname: `${price.planName}, per ${price.interval}`,
  });
  return made.id;
}
