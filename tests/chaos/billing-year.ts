// A year of a workspace at Stripe, as people and banks live it: drawn at random, told in events. Nothing of it is told to
// Parley here.

import fc from "fast-check";
import Stripe from "stripe";
import { newId } from "../../server/platform/ids";
import type { BilledStripe } from "../factories/billing";
import { pay } from "../factories/reserve-payments";
import type { Workspace } from "./billing-copies";

/** Less than Stripe keeps its events for: what no delivery brings in a month must be found in its list. */
const MONTH_DAYS = { min: 24, max: 29 };
const MONTHS = 13;

const DEEDS = [
  "seats",
  "plan",
  "interval",
  "decline",
  "recover",
  "topUp",
  "topUp",
  "refund",
  "dispute",
  "decide",
  "cancel",
  "resume",
  "leave",
] as const;

const Deed = fc.record({ kind: fc.constantFrom(...DEEDS), size: fc.nat(999) });
type Deed = typeof Deed extends fc.Arbitrary<infer T> ? T : never;

/** How an event gets here. */
const Way = fc.record({
  isLost: fc.nat(6).map((n) => n === 0),
  copies: fc.integer({ min: 1, max: 3 }),
  rank: fc.nat(10_000),
});

/** A month of several workspaces, and how its events are delivered: `ways` are taken in turn. */
const month = (workspaces: number) =>
  fc.record({
    days: fc.integer(MONTH_DAYS),
    deeds: fc.array(Deed, { minLength: workspaces, maxLength: workspaces }),
    ways: fc.array(Way, { minLength: 20, maxLength: 20 }),
    /** Events of earlier months that come once more. */
    repeats: fc.array(fc.nat(10_000), { maxLength: 4 }),
    /** The process that is killed meanwhile, of three; none for others. */
    killed: fc.nat(8),
  });

export type Month = ReturnType<typeof month> extends fc.Arbitrary<infer T> ? T : never;

export const year = (workspaces: number) =>
  fc.array(month(workspaces), { minLength: MONTHS, maxLength: MONTHS });

/** A workspace's customer, and what it does. */
export class Life {
  private readonly payments: { id: string; left: number; dispute: string | null }[] = [];

  private constructor(
    private readonly billed: BilledStripe,
    readonly workspace: Workspace,
    private readonly methodId: string,
  ) {}

  static async begin(billed: BilledStripe): Promise<Life> {
    const { stripe } = billed;
    const [tenantId, ownerId] = [newId(), newId()];
    const customer = await stripe.customers.create({ metadata: { tenant_id: tenantId } });
    const method = await stripe.paymentMethods.attach("pm_card_visa", { customer: customer.id });
    await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } });
    return new Life(billed, { tenantId, ownerId, customerId: customer.id }, method.id);
  }

  /** Does it, or what comes before it; what Stripe refuses does not happen. */
  async do({ kind, size }: Deed): Promise<void> {
    try {
      if (kind === "topUp" || kind === "refund" || kind === "dispute" || kind === "decide")
        await this.money(kind, size);
      else await this.subscription(kind, size);
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeError)) throw error;
    }
  }

  private async subscription(kind: Deed["kind"], size: number): Promise<void> {
    const { stripe, control, prices } = this.billed;
    const { customerId } = this.workspace;
    const { data } = await stripe.subscriptions.list({ customer: customerId, limit: 1 });
    const [live] = data;
    const item = live?.items.data[0];
    if (!live || !item) return this.subscribe(size);
    const { id } = live;
    const change = (
      more: Partial<Stripe.SubscriptionUpdateParams.Item>,
      proration: "always_invoice" | "create_prorations",
    ) =>
      stripe.subscriptions.update(id, { items: [{ id: item.id, ...more }], proration_behavior: proration });
    const isStarter = Object.values(prices.starter).includes(item.price.id);
    const isMonthly = item.price.recurring?.interval === "month";
    const priceOf = (starter: boolean, monthly: boolean) =>
      prices[starter ? "starter" : "pro"][monthly ? "month" : "year"];
    if (kind === "seats") await change({ quantity: 1 + (size % 6) }, "create_prorations");
    if (kind === "plan") await change({ price: priceOf(!isStarter, isMonthly) }, "always_invoice");
    if (kind === "interval") await change({ price: priceOf(isStarter, !isMonthly) }, "always_invoice");
    if (kind === "decline") control.setBehaviour(customerId, "decline");
    if (kind === "recover") await this.recover();
    if (kind === "cancel" || kind === "resume")
      await stripe.subscriptions.update(id, { cancel_at_period_end: kind === "cancel" });
    if (kind === "leave" && size % 3 === 0) await stripe.subscriptions.cancel(id);
  }

  private async subscribe(size: number): Promise<void> {
    const { stripe, control, prices } = this.billed;
    const { customerId } = this.workspace;
    control.setBehaviour(customerId, "succeed");
    const price = prices[size % 2 === 0 ? "starter" : "pro"][size % 5 === 0 ? "year" : "month"];
    await stripe.subscriptions.create({
      customer: customerId,
      items: [{ price, quantity: 1 + (size % 4) }],
      ...(size % 3 === 0 && { trial_end: control.now() + 14 * 86_400 }),
    });
  }

  private async recover(): Promise<void> {
    const { stripe, control } = this.billed;
    const { customerId } = this.workspace;
    control.setBehaviour(customerId, "succeed");
    const { data } = await stripe.invoices.list({ customer: customerId, status: "open" });
    for (const { id } of data) await stripe.invoices.pay(id);
  }

  private async money(kind: "topUp" | "refund" | "dispute" | "decide", size: number): Promise<void> {
    const { stripe, control } = this.billed;
    const last = this.payments.findLast(({ left }) => left > 0);
    if (kind === "topUp" || !last) {
      const { tenantId, customerId } = this.workspace;
      const amountCents = 1_000 + size;
      control.setBehaviour(customerId, "succeed");
      const payer = { tenant: { id: tenantId }, customerId, methodId: this.methodId };
      const { id } = await pay(this.billed, payer, { amountCents });
      this.payments.push({ id, left: amountCents, dispute: null });
    } else if (kind === "refund") {
      const amount = Math.min(last.left, 1 + size);
      await stripe.refunds.create({ payment_intent: last.id, amount });
      last.left -= amount;
    } else if (kind === "dispute" && last.dispute === null) last.dispute = control.dispute(last.id).id;
    else if (last.dispute !== null) {
      control.closeDispute(last.dispute, size % 2 === 0 ? "won" : "lost");
      last.left = 0;
    }
  }
}
