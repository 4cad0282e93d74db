// What one more person costs a workspace. A plan's price is that of one seat, and at least its included seats are paid;
// nothing is paid while a trial lasts.

import type { TenantScope } from "../platform/tenant-db";
import { findCurrentPlan, type PlanItem } from "./plans";

/** In a sentence for whoever is about to invite; null while no catalogue is loaded, and where the price is agreed by hand. */
export async function seatPrice(scope: TenantScope): Promise<string | null> {
  const current = await findCurrentPlan(scope);
  if (!current) return null;
  const { plan, standing, seats } = current;
  const price = priceOf(plan);
  if (price === null) return null;
  const { name, includedSeats } = plan;
  if (price.isFree) return `One more seat costs nothing on the ${name} plan.`;
  if (standing === "trialing")
    return `One more seat costs nothing during the trial, and ${price.text} on the ${name} plan after it.`;
  if (seats.used < includedSeats)
    return `One more seat is within the ${includedSeats} that the ${name} plan includes.`;
  return `One more seat costs ${price.text} on the ${name} plan.`;
}

function priceOf({ prices }: PlanItem): { text: string; isFree: boolean } | null {
  const [price] = prices;
  if (!price) return null;
  return { text: `$${price.price} a ${price.interval}`, isFree: price.priceNano === "0" };
}
