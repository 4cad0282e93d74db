// Which price is which plan. Prices are the settings' (STRIPE_PRODUCT_PRICE_MAP) and, once a plan has a newer version, those
// that `stripe:setup` made before, known by their lookup key. Metadata of objects decides nothing.

import type Stripe from "stripe";
import type { PlanCode } from "../../catalogue/terms";
import { AppError } from "../../platform/errors";
import type { Prisma } from "../../platform/prisma/client";
import { stripeSettings } from "../gateway/client";
import { EventFault } from "../intake/handler";
import { type Interval, TEXT_INTERVAL_NOT_SOLD } from "../terms";

/** The lookup key of a plan version's price: "parley_starter_month_v1". */
export function lookupKeyOf(plan: string, interval: Interval, version: number): string {
  return `parley_${plan}_${interval}_v${version}`;
}

/** The price of a plan as it is sold now. Throws `invalid` for an interval that it is not sold at. */
export function priceIdOf(plan: string, interval: Interval): string {
  const price = stripeSettings().prices.get(plan)?.[interval];
  if (price) return price;
  throw new AppError("invalid", TEXT_INTERVAL_NOT_SOLD, { fields: { interval: TEXT_INTERVAL_NOT_SOLD } });
}

export interface PricedPlan {
  planId: PlanCode;
  planVersionId: string;
  interval: Interval;
}

/**
 * The plan version behind a price. `pinned` is the version that this subscription is known to have at this price. Throws
 * EventFault for a price that is no plan's, so that the event is tried again once the settings name it.
 */
export async function planOfPrice(
  tx: Pick<Prisma.TransactionClient, "planVersion">,
  price: Stripe.Price,
  pinned: string | null,
): Promise<PricedPlan> {
  const named = nameOf(price);
  if (named === null) throw new EventFault(`The price ${price.id} is no plan's.`);
  const { plan, interval, version } = named;
  const where =
    version === null ? { planId: plan, effectiveFrom: { lte: new Date(price.created * 1_000) } } : null;
  const found =
    (pinned !== null && (await tx.planVersion.findFirst({ where: { id: pinned, planId: plan } }))) ||
    (await tx.planVersion.findFirst({
      where: where ?? { planId: plan, version: version ?? 0 },
      orderBy: [{ effectiveFrom: "desc" }, { version: "desc" }],
    })) ||
    (await tx.planVersion.findFirst({ where: { planId: plan }, orderBy: { version: "asc" } }));
  if (!found) throw new EventFault(`The plan ${plan} has no version.`);
  return { planId: plan as PlanCode, planVersionId: found.id, interval };
}

function nameOf({ id, lookup_key: key }: Stripe.Price) {
  const [, plan, interval, version] = /^parley_([a-z]+)_(month|year)_v(\d{1,6})$/.exec(key ?? "") ?? [];
  if (plan && interval && version) return { plan, interval: interval as Interval, version: Number(version) };
  for (const [code, { month, year }] of stripeSettings().prices) {
    if (month === id) return { plan: code, interval: "month" as const, version: null };
    if (year === id) return { plan: code, interval: "year" as const, version: null };
  }
  return null;
}
