// Lines of invoices: a period of an item, or what a change within a period costs and gives back, to the second.
import Stripe from "stripe";
import type { Period } from "./periods";
import { idOf, newStripeId } from "./world";

export interface Priced {
  price: Stripe.Price;
  quantity: number;
  /** Null for an item that a preview invents. */
  itemId: string | null;
  subscription: string | null;
}

/** What is owed for a whole period. */
export function periodLine(item: Priced, period: Period, isTrial = false): Stripe.InvoiceLineItem {
  const name = nameOf(item);
  return line(item, period, {
    amount: isTrial ? 0 : amountOf(item),
    description: isTrial ? `Trial period for ${name}` : `${item.quantity} × ${name}`,
    isProration: false,
  });
}

/** Gives back what of a paid period is not used after `at`. */
export function unusedLine(item: Priced, period: Period, at: number): Stripe.InvoiceLineItem {
  return line(
    item,
    { start: at, end: period.end },
    {
      amount: -share(item, period, at),
      description: `Unused time on ${item.quantity} × ${nameOf(item)} after ${dayOf(at)}`,
      isProration: true,
    },
  );
}

/** Charges the rest of a period from `at` on. */
export function remainingLine(item: Priced, period: Period, at: number): Stripe.InvoiceLineItem {
  return line(
    item,
    { start: at, end: period.end },
    {
      amount: share(item, period, at),
      description: `Remaining time on ${item.quantity} × ${nameOf(item)} after ${dayOf(at)}`,
      isProration: true,
    },
  );
}

/** The part of the period's price that falls after `at`, rounded to the cent. */
function share(item: Priced, { start, end }: Period, at: number): number {
  return Math.round((amountOf(item) * (end - at)) / (end - start));
}

function amountOf({ price, quantity }: Priced): number {
  return (price.unit_amount ?? 0) * quantity;
}

function nameOf({ price }: Priced): string {
  return price.nickname ?? price.lookup_key ?? idOf(price.product);
}

function dayOf(seconds: number): string {
  return new Date(seconds * 1000).toLocaleDateString("en-GB", {
    day: "2-digit",
    month: "short",
    year: "numeric",
    timeZone: "UTC",
  });
}

interface LineFacts {
  amount: number;
  description: string;
  isProration: boolean;
}

function line(item: Priced, period: Period, facts: LineFacts): Stripe.InvoiceLineItem {
  return {
    id: newStripeId("il"),
    object: "line_item",
    amount: facts.amount,
    currency: item.price.currency,
    description: facts.description,
    discount_amounts: [],
    discountable: !facts.isProration,
    discounts: [],
    invoice: null,
    livemode: false,
    metadata: {},
    parent: parentOf(item, facts.isProration),
    period,
    pretax_credit_amounts: [],
    pricing: {
      price_details: { price: item.price.id, product: idOf(item.price.product) },
      type: "price_details",
      unit_amount_decimal: Stripe.Decimal.from(item.price.unit_amount ?? 0),
    },
    quantity: item.quantity,
    quantity_decimal: Stripe.Decimal.from(item.quantity),
    subscription: item.subscription,
    subtotal: facts.amount,
    taxes: [],
  };
}

function parentOf(item: Priced, isProration: boolean): Stripe.InvoiceLineItem.Parent {
  return {
    invoice_item_details: null,
    subscription_item_details: {
      invoice_item: isProration ? newStripeId("ii") : null,
      proration: isProration,
      proration_details: { credited_items: null },
      subscription: item.subscription,
      subscription_item: item.itemId ?? "",
    },
    type: "subscription_item_details",
  };
}
