// The catalogue in Stripe: a product for each plan that is sold, a price for each of its intervals. Prices are known by
// their lookup key, which names plan, interval and version: whoever runs this again finds what is there.

import type Stripe from "stripe";
import { listPlans, type PlanItem } from "../../catalogue/plans";
import { AppError } from "../../platform/errors";
import { minorOfNano } from "../../platform/money";
import { callStripe, readStripe } from "../gateway/calls";
import { stripeSettings } from "../gateway/client";
import { isMissing } from "../gateway/failures";
import { lookupKeyOf } from "../subscription/prices";
import { type Interval, SOLD_PLANS } from "../terms";

interface WantedPrice {
  plan: PlanItem;
  interval: Interval;
  lookupKey: string;
  currency: string;
  unitAmount: number;
}

export interface Provision {
  /** For STRIPE_PRODUCT_PRICE_MAP; a price that a dry run would make is left out. */
  map: Record<string, Partial<Record<Interval, string>>>;
  /** What was made, or would be, one line each. */
  made: string[];
}

/** Finds or makes products and prices. Throws `conflict` for a price that is there with another amount. */
export async function provisionCatalogue({ isDryRun }: { isDryRun: boolean }): Promise<Provision> {
  const wanted = await wantedPrices();
  const found = await findPrices(wanted);
  const provision: Provision = { map: {}, made: [] };
  for (const price of wanted) {
    const { plan, interval, lookupKey } = price;
    const present = found.get(lookupKey);
    if (present) requireSame(price, present);
    else provision.made.push(`price ${lookupKey}`);
    const id = present?.id ?? (isDryRun ? null : await makePrice(price, provision.made));
    if (id !== null) provision.map[plan.code] = { ...provision.map[plan.code], [interval]: id };
  }
  return provision;
}

/** What keeps the price map from fitting catalogue and Stripe, one sentence each; none is as it should be. */
export async function priceMapFaults(): Promise<string[]> {
  const faults: string[] = [];
  for (const price of await wantedPrices()) {
    const { plan, interval } = price;
    const id = stripeSettings().prices.get(plan.code)?.[interval];
    if (id === undefined) {
      faults.push(`STRIPE_PRODUCT_PRICE_MAP has no price of ${plan.code} for a ${interval}.`);
      continue;
    }
    const there = await readStripe("price.read", (stripe) => stripe.prices.retrieve(id)).catch(orNull);
    const fault = there === null ? "is not at Stripe" : differenceOf(price, there);
    if (fault !== null) faults.push(`The price ${id} of ${plan.code} for a ${interval} ${fault}.`);
  }
  return faults;
}

async function wantedPrices(): Promise<WantedPrice[]> {
  const sold = new Set<string>(SOLD_PLANS);
  const plans = (await listPlans()).filter(({ code }) => sold.has(code));
  return plans.flatMap((plan) =>
    plan.prices.map(({ interval, priceNano, currency }) => {
      const unitAmount = minorOfNano(BigInt(priceNano), currency);
      if (unitAmount === null)
        throw new AppError("conflict", `${plan.code} costs no whole number of the smallest unit.`);
      return {
        plan,
        interval,
        lookupKey: lookupKeyOf(plan.code, interval, plan.version),
        currency,
        unitAmount,
      };
    }),
  );
}

async function findPrices(wanted: WantedPrice[]): Promise<Map<string, Stripe.Price>> {
  const lookup_keys = wanted.map(({ lookupKey }) => lookupKey);
  if (lookup_keys.length === 0) return new Map();
  const { data } = await readStripe("price.list", (stripe) =>
    stripe.prices.list({ lookup_keys, limit: 100 }),
  );
  return new Map(data.map((price) => [price.lookup_key ?? "", price]));
}

function requireSame(wanted: WantedPrice, present: Stripe.Price): void {
  const difference = differenceOf(wanted, present);
  if (difference !== null)
    throw new AppError("conflict", `The price ${present.id} (${wanted.lookupKey}) ${difference}.`);
}

function differenceOf({ unitAmount, currency, interval }: WantedPrice, price: Stripe.Price): string | null {
  if (!price.active) return "is archived";
  if (price.unit_amount !== unitAmount || price.currency.toUpperCase() !== currency)
    return `costs ${price.unit_amount} ${price.currency}, and the catalogue says ${unitAmount} ${currency}`;
  return price.recurring?.interval === interval ? null : "is for another interval";
}

async function makePrice(price: WantedPrice, made: string[]): Promise<string> {
  const { plan, interval, lookupKey, unitAmount } = price;
  const product = await findOrMakeProduct(plan, made);
  const body = {
    product,
    currency: price.currency.toLowerCase(),
    unit_amount: unitAmount,
    recurring: { interval },
    lookup_key: lookupKey,
    nickname: `${plan.name}, per ${interval}`,
  };
  const request = { operation: "price.create" as const, intent: lookupKey, tenantId: null, body };
  const { id } = await callStripe(
    {
      ...request,
      find: async (stripe) => (await stripe.prices.list({ lookup_keys: [lookupKey] })).data[0] ?? null,
    },
    (stripe, options) => stripe.prices.create(body, options),
  );
  return id;
}

async function findOrMakeProduct({ code, name }: PlanItem, made: string[]): Promise<string> {
  const id = `parley_${code}`;
  const present = await readStripe("product.read", (stripe) => stripe.products.retrieve(id)).catch(orNull);
  if (present) return id;
  made.push(`product ${id}`);
  const body = { id, name: `Parley ${name}`, unit_label: "seat" };
  await callStripe(
    {
      operation: "product.create",
      intent: id,
      tenantId: null,
      body,
      find: (stripe) => stripe.products.retrieve(id),
    },
    (stripe, options) => stripe.products.create(body, options),
  );
  return id;
}

function orNull(error: unknown): null {
  if (isMissing(error)) return null;
  throw error;
}
