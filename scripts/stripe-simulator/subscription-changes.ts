// Changes of a running subscription and what they cost: the same sum that a preview shows is the one that is billed.
import type Stripe from "stripe";
import { invalid } from "./failure";
import { remainingLine, unusedLine } from "./invoice-lines";
import { type Period, periodAt } from "./periods";
import { firstPeriod, makeItem, periodOf, pricedOf, priceFor } from "./subscription-items";
import { periodLines } from "./subscription-start";
import { secondsNow, type World } from "./world";

export type Proration = "none" | "create_prorations" | "always_invoice";

export interface ItemChange {
  id?: string | undefined;
  price?: string | undefined;
  quantity?: number | undefined;
  deleted?: boolean | undefined;
}

export interface Change {
  items?: ItemChange[] | undefined;
  proration?: Proration | undefined;
  prorationDate?: number | undefined;
  /** An instant, or "now" to end the trial. */
  trialEnd?: number | "now" | undefined;
  anchor?: "now" | "unchanged" | undefined;
}

/** What a change makes of a subscription. */
export interface Changed {
  items: Stripe.SubscriptionItem[];
  anchor: number;
  trialEnd: number | null;
  /** What the change itself costs and gives back. */
  prorations: Stripe.InvoiceLineItem[];
  /** The lines of an invoice that is due at once; null when nothing is billed now. */
  dueNow: Stripe.InvoiceLineItem[] | null;
}

/** Computes it without changing anything. */
export function changed(world: World, subscription: Stripe.Subscription, change: Change): Changed {
  const now = secondsNow(world, subscription.customer);
  const at = change.prorationDate ?? now;
  const items = changedItems(world, subscription, change.items ?? []);
  const trialEnd = trialEndOf(subscription, change, now);
  const isTrialOver = subscription.status === "trialing" && trialEnd === null;
  const isOtherRhythm = rhythmOf(items) !== rhythmOf(subscription.items.data);
  const restarts = isTrialOver || change.anchor === "now" || (isOtherRhythm && trialEnd === null);
  const isOnTrial = subscription.status === "trialing" && trialEnd !== null;
  const anchor = restarts
    ? now
    : isOnTrial && trialEnd !== null
      ? trialEnd
      : subscription.billing_cycle_anchor;
  const moved = items.map((item) =>
    withPeriod(item, newPeriod(item, { restarts, anchor, now, trialEnd, isOnTrial })),
  );
  const isFree = subscription.status === "trialing" || change.proration === "none";
  const prorations = isFree ? [] : prorate(subscription.items.data, moved, { at, restarts });
  const rest = { items: moved, anchor, trialEnd, prorations };
  if (restarts) {
    const lines = periodLines({ ...subscription, items: { ...subscription.items, data: moved } });
    return { ...rest, dueNow: [...prorations, ...lines] };
  }
  return {
    ...rest,
    dueNow: change.proration === "always_invoice" && prorations.length > 0 ? prorations : null,
  };
}

function trialEndOf(subscription: Stripe.Subscription, { trialEnd }: Change, now: number): number | null {
  if (trialEnd === "now") return null;
  if (trialEnd !== undefined) {
    if (trialEnd <= now) throw invalid("trial_end must be in the future.", { param: "trial_end" });
    return trialEnd;
  }
  return subscription.status === "trialing" ? subscription.trial_end : null;
}

function changedItems(
  world: World,
  subscription: Stripe.Subscription,
  changes: ItemChange[],
): Stripe.SubscriptionItem[] {
  const items = [...subscription.items.data];
  changes.forEach((sent, index) => {
    const position = items.findIndex(({ id }) => id === sent.id);
    const current = items[position];
    if (sent.id && !current)
      throw invalid(`No such subscription item: '${sent.id}'`, {
        code: "resource_missing",
        param: `items[${index}][id]`,
      });
    if (sent.deleted) {
      items.splice(position, 1);
      return;
    }
    const price = sent.price ? priceFor(world, sent.price, `items[${index}][price]`) : current?.price;
    if (!price)
      throw invalid(`Missing required param: items[${index}][price].`, { code: "parameter_missing" });
    const quantity = sent.quantity ?? current?.quantity ?? 1;
    const period = current ? periodOf(current) : firstPeriod(price, secondsNow(world, subscription.customer));
    const made = makeItem({ price, quantity, subscription: subscription.id, period, id: current?.id ?? "" });
    if (current) items[position] = { ...current, price, plan: made.plan, quantity };
    else items.push(makeItem({ price, quantity, subscription: subscription.id, period }));
  });
  if (items.length === 0)
    throw invalid("A subscription must have at least one active item.", { param: "items" });
  return items;
}

function rhythmOf(items: Stripe.SubscriptionItem[]): string {
  const recurring = items[0]?.price.recurring;
  return `${recurring?.interval_count} ${recurring?.interval}`;
}

interface NewPeriod {
  restarts: boolean;
  anchor: number;
  now: number;
  trialEnd: number | null;
  isOnTrial: boolean;
}

function newPeriod(item: Stripe.SubscriptionItem, next: NewPeriod): Period {
  if (next.restarts) return periodAt(next.anchor, item.price.recurring ?? MONTHLY, next.now);
  if (next.isOnTrial && next.trialEnd !== null)
    return { start: item.current_period_start, end: next.trialEnd };
  return periodOf(item);
}

const MONTHLY = { interval: "month", interval_count: 1 } as const;

function withPeriod(item: Stripe.SubscriptionItem, { start, end }: Period): Stripe.SubscriptionItem {
  return { ...item, current_period_start: start, current_period_end: end };
}

/** Gives back the unused time of what was, and charges the rest of what is, for each item that changed. */
function prorate(
  before: Stripe.SubscriptionItem[],
  now: Stripe.SubscriptionItem[],
  { at, restarts }: { at: number; restarts: boolean },
): Stripe.InvoiceLineItem[] {
  const lines: Stripe.InvoiceLineItem[] = [];
  for (const item of before) {
    const next = now.find(({ id }) => id === item.id);
    const isSame = next && next.price.id === item.price.id && next.quantity === item.quantity;
    if (isSame && !restarts) continue;
    lines.push(unusedLine(pricedOf(item), periodOf(item), at));
    if (next && !restarts) lines.push(remainingLine(pricedOf(next), periodOf(item), at));
  }
  if (restarts) return lines;
  const added = now.filter(({ id }) => !before.some((item) => item.id === id));
  return [...lines, ...added.map((item) => remainingLine(pricedOf(item), periodOf(item), at))];
}
