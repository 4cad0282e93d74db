// Periods of a subscription: the nth one from the anchor, its day clamped to the month's length (31 January, 28 February,
// 31 March), as Stripe counts.
import type Stripe from "stripe";

const DAY_SECONDS = 86_400;

export interface Period {
  start: number;
  end: number;
}

type Recurring = Pick<Stripe.Price.Recurring, "interval" | "interval_count">;

/** The instant `count` intervals after the anchor. */
export function after(anchor: number, { interval, interval_count }: Recurring, count: number): number {
  const steps = interval_count * count;
  if (interval === "day") return anchor + steps * DAY_SECONDS;
  if (interval === "week") return anchor + steps * 7 * DAY_SECONDS;
  return addMonths(anchor, interval === "year" ? steps * 12 : steps);
}

function addMonths(anchor: number, months: number): number {
  const from = new Date(anchor * 1000);
  const first = new Date(from);
  first.setUTCDate(1);
  first.setUTCMonth(first.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(from.getUTCDate(), lastDay));
  return Math.floor(first.getTime() / 1000);
}

/** The period that holds `instant`; the anchor may lie before or after it. */
export function periodAt(anchor: number, recurring: Recurring, instant: number): Period {
  let count = 0;
  while (after(anchor, recurring, count) > instant) count -= 1;
  while (after(anchor, recurring, count + 1) <= instant) count += 1;
  return { start: after(anchor, recurring, count), end: after(anchor, recurring, count + 1) };
}
