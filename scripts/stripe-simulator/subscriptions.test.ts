// The life of subscriptions, through the real SDK, with time moved by hand.
import type Stripe from "stripe";
import { expect, test } from "vitest";
import { customerWithPrice, postPage, simulatedForFile } from "../../tests/factories/stripe-simulator";

const DAY = 86_400;
const sim = await simulatedForFile();
const { stripe } = sim;

async function subscribe(options: { seats?: number; trialDays?: number; card?: string } = {}) {
  const { customer, price, method, product } = await customerWithPrice(stripe, options.card);
  const subscription = await stripe.subscriptions.create({
    customer,
    items: [{ price, quantity: options.seats ?? 1 }],
    ...(options.trialDays ? { trial_period_days: options.trialDays } : {}),
  });
  return { subscription, item: itemOf(subscription), customer, price, method, product };
}

function itemOf({ items }: Stripe.Subscription): Stripe.SubscriptionItem {
  const [item] = items.data;
  if (!item) throw new Error("A subscription without an item.");
  return item;
}

async function invoicesOf(subscription: string) {
  return (await stripe.invoices.list({ subscription, limit: 100 })).data;
}

test("a subscription is paid at once; its period stands on its item", async () => {
  const { subscription, item, customer } = await subscribe({ seats: 2 });
  expect(subscription).toMatchObject({ status: "active", currency: "usd", cancel_at_period_end: false });
  const days = (item.current_period_end - item.current_period_start) / DAY;
  expect(days).toBeGreaterThanOrEqual(28);
  expect(days).toBeLessThanOrEqual(31);
  const invoice = await stripe.invoices.retrieve(String(subscription.latest_invoice), {
    expand: ["payments.data.payment.payment_intent"],
  });
  expect(invoice).toMatchObject({
    customer,
    status: "paid",
    total: 3_800,
    amount_paid: 3_800,
    parent: { type: "subscription_details", subscription_details: { subscription: subscription.id } },
  });
  const payment = invoice.payments?.data[0]?.payment.payment_intent;
  expect(payment).toMatchObject({ status: "succeeded", amount: 3_800 });
  const { data } = await stripe.invoicePayments.list({
    payment: { type: "payment_intent", payment_intent: (payment as Stripe.PaymentIntent).id },
  });
  expect(data.map(({ invoice: id }) => id)).toEqual([invoice.id]);
});

test("a seat added in mid-period costs its share of the rest, as the preview said", async () => {
  const { subscription, item } = await subscribe({ seats: 2 });
  const middle =
    item.current_period_start + Math.floor((item.current_period_end - item.current_period_start) / 2);
  const changes = { proration_behavior: "always_invoice", proration_date: middle } as const;
  const previewed = await stripe.invoices.createPreview({
    subscription: subscription.id,
    subscription_details: { items: [{ id: item.id, quantity: 3 }], ...changes },
  });
  expect(previewed.lines.data.map(({ amount }) => amount)).toEqual([-1_900, 2_850]);
  expect(previewed.total).toBe(950);
  expect((await stripe.subscriptions.retrieve(subscription.id)).items.data[0]?.quantity).toBe(2);
  await stripe.subscriptions.update(subscription.id, { items: [{ id: item.id, quantity: 3 }], ...changes });
  const [invoice] = await invoicesOf(subscription.id);
  expect(invoice).toMatchObject({ status: "paid", total: 950, billing_reason: "subscription_update" });
  expect(invoice?.lines.data.every(({ parent }) => parent?.subscription_item_details?.proration)).toBe(true);
});

test("prorations that were not billed wait for the next invoice", async () => {
  const { subscription, item } = await subscribe();
  await stripe.subscriptions.update(subscription.id, {
    items: [{ id: item.id, quantity: 2 }],
    proration_behavior: "create_prorations",
    proration_date: item.current_period_start,
  });
  expect(await invoicesOf(subscription.id)).toHaveLength(1);
  const upcoming = await stripe.invoices.createPreview({ subscription: subscription.id });
  expect(upcoming.lines.data.map(({ amount }) => amount)).toEqual([-1_900, 3_800, 3_800]);
  sim.control.renew(subscription.id);
  const [renewal] = await invoicesOf(subscription.id);
  expect(renewal).toMatchObject({ total: 5_700, status: "paid", billing_reason: "subscription_cycle" });
});

test("seats taken away become credit that the next invoice uses", async () => {
  const { subscription, item, customer } = await subscribe({ seats: 3 });
  await stripe.subscriptions.update(subscription.id, {
    items: [{ id: item.id, quantity: 1 }],
    proration_behavior: "always_invoice",
    proration_date: item.current_period_start,
  });
  expect((await stripe.customers.retrieve(customer)) as Stripe.Customer).toMatchObject({ balance: -3_800 });
  sim.control.renew(subscription.id);
  const [renewal] = await invoicesOf(subscription.id);
  expect(renewal).toMatchObject({ total: 1_900, starting_balance: -3_800, amount_due: 0, status: "paid" });
});

test("what cannot be paid is not changed, where that is asked for", async () => {
  const { subscription, item, method } = await subscribe();
  sim.control.setBehaviour(method, "decline");
  const more = stripe.subscriptions.update(subscription.id, {
    items: [{ id: item.id, quantity: 5 }],
    proration_behavior: "always_invoice",
    payment_behavior: "error_if_incomplete",
  });
  await expect(more).rejects.toMatchObject({ statusCode: 402, code: "card_declined" });
  expect((await stripe.subscriptions.retrieve(subscription.id)).items.data[0]?.quantity).toBe(1);
  expect(await invoicesOf(subscription.id)).toHaveLength(1);
});

test("another rhythm begins a new period today and gives back what is unused", async () => {
  const { subscription, item, product } = await subscribe();
  const yearly = await stripe.prices.create({
    product,
    currency: "usd",
    unit_amount: 19_000,
    recurring: { interval: "year" },
  });
  const updated = await stripe.subscriptions.update(subscription.id, {
    items: [{ id: item.id, price: yearly.id }],
    proration_behavior: "always_invoice",
    proration_date: item.current_period_start,
  });
  const [invoice] = await invoicesOf(subscription.id);
  expect(invoice?.lines.data.map(({ amount }) => amount)).toEqual([-1_900, 19_000]);
  const next = itemOf(updated);
  expect(next.id).toBe(item.id);
  expect((next.current_period_end - next.current_period_start) / DAY).toBeGreaterThanOrEqual(365);
});

test("trialing, active, past due, unpaid, and back when the invoice is paid", async () => {
  const { subscription, customer, method } = await subscribe({ trialDays: 14 });
  expect(subscription.status).toBe("trialing");
  const status = async () => (await stripe.subscriptions.retrieve(subscription.id)).status;
  sim.control.advance({ days: 12 });
  const { data: warnings } = await stripe.events.list({ type: "customer.subscription.trial_will_end" });
  expect(warnings.map(({ data }) => (data.object as Stripe.Subscription).id)).toContain(subscription.id);
  sim.control.advance({ days: 3 });
  expect(await status()).toBe("active");
  sim.control.setBehaviour(method, "decline");
  sim.control.renew(subscription.id);
  expect(await status()).toBe("past_due");
  const [open] = await invoicesOf(subscription.id);
  expect(open).toMatchObject({ status: "open", attempt_count: 1, amount_remaining: 1_900 });
  expect(open?.next_payment_attempt).not.toBeNull();
  for (const days of [3, 5, 7]) {
    expect(await status()).toBe("past_due");
    sim.control.advance({ days, seconds: 1 });
  }
  expect(await status()).toBe("unpaid");
  expect((await stripe.invoices.retrieve(open?.id ?? "")).next_payment_attempt).toBeNull();
  const good = await stripe.paymentMethods.attach("pm_card_visa", { customer });
  const paid = await stripe.invoices.pay(open?.id ?? "", { payment_method: good.id });
  expect(paid.status).toBe("paid");
  expect(await status()).toBe("active");
});

test("what dunning ends with is chosen: the subscription may be cancelled", async () => {
  const { subscription, method } = await subscribe();
  sim.control.endDunningWith("cancel");
  sim.control.setBehaviour(method, "decline");
  sim.control.renew(subscription.id);
  sim.control.advance({ days: 16 });
  const ended = await stripe.subscriptions.retrieve(subscription.id);
  expect(ended).toMatchObject({ status: "canceled", cancellation_details: { reason: "payment_failed" } });
  sim.control.endDunningWith("unpaid");
});

test("a trial without a card ends as it was told", async () => {
  const { customer, price } = await customerWithPrice(stripe);
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: "" } });
  const trial = (missing_payment_method: "cancel" | "pause") =>
    stripe.subscriptions.create({
      customer,
      items: [{ price }],
      trial_period_days: 3,
      trial_settings: { end_behavior: { missing_payment_method } },
    });
  const [cancelled, paused] = [await trial("cancel"), await trial("pause")];
  sim.control.advance({ days: 4 });
  expect((await stripe.subscriptions.retrieve(cancelled.id)).status).toBe("canceled");
  expect((await stripe.subscriptions.retrieve(paused.id)).status).toBe("paused");
});

test("cancelled at the period's end, resumed, and cancelled for good", async () => {
  const { subscription, item } = await subscribe();
  const cancelled = await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true });
  expect(cancelled).toMatchObject({ status: "active", cancel_at: item.current_period_end });
  const resumed = await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: false });
  expect(resumed).toMatchObject({ cancel_at: null, canceled_at: null });
  await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true });
  await expect(stripe.invoices.createPreview({ subscription: subscription.id })).rejects.toMatchObject({
    code: "invoice_upcoming_none",
  });
  sim.control.renew(subscription.id);
  expect(await stripe.subscriptions.retrieve(subscription.id)).toMatchObject({ status: "canceled" });
  await expect(stripe.subscriptions.update(subscription.id, { metadata: { a: "b" } })).rejects.toMatchObject({
    code: "resource_missing",
  });
});

test("cancelled at once it is over, and its event says so", async () => {
  const { subscription } = await subscribe();
  expect((await stripe.subscriptions.cancel(subscription.id)).status).toBe("canceled");
  const { data } = await stripe.events.list({ type: "customer.subscription.deleted", limit: 1 });
  expect(data[0]?.data.object).toMatchObject({ id: subscription.id, status: "canceled" });
});

test("cancelled at once with its rest given back, what is unused becomes credit", async () => {
  const { customer, price } = await customerWithPrice(stripe);
  const { id } = await stripe.subscriptions.create({ customer, items: [{ price, quantity: 2 }] });
  await stripe.subscriptions.cancel(id, { prorate: true, invoice_now: true });
  const { balance } = (await stripe.customers.retrieve(customer)) as Stripe.Customer;
  expect(balance).toBe(-3_800);
});

test("an update's event tells what it was before", async () => {
  const { subscription, item } = await subscribe();
  await stripe.subscriptions.update(subscription.id, {
    items: [{ id: item.id, quantity: 4 }],
    proration_behavior: "none",
  });
  const { data } = await stripe.events.list({ type: "customer.subscription.updated", limit: 1 });
  const previous = data[0]?.data.previous_attributes as { items: Stripe.Subscription["items"] };
  expect(previous.items.data[0]?.quantity).toBe(1);
  expect(await invoicesOf(subscription.id)).toHaveLength(1);
});

test("the customers of a test clock live by it alone, and it moves two intervals at most", async () => {
  const start = Math.floor(Date.UTC(2026, 0, 31) / 1000);
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: start });
  const { price } = await customerWithPrice(stripe);
  const { id: customer } = await stripe.customers.create({ test_clock: clock.id });
  const method = await stripe.paymentMethods.attach("pm_card_visa", { customer });
  const { id } = await stripe.subscriptions.create({
    customer,
    items: [{ price }],
    default_payment_method: method.id,
  });
  const advance = (to: number) => stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: to });
  const endOf = async () =>
    new Date(itemOf(await stripe.subscriptions.retrieve(id)).current_period_end * 1000)
      .toISOString()
      .slice(0, 10);
  expect(await endOf()).toBe("2026-02-28");
  await advance(start + 29 * DAY);
  expect(await endOf()).toBe("2026-03-31");
  await expect(advance(start + 200 * DAY)).rejects.toMatchObject({ param: "frozen_time" });
  await expect(advance(start)).rejects.toMatchObject({ param: "frozen_time" });
  expect((await stripe.testHelpers.testClocks.retrieve(clock.id)).status).toBe("ready");
});

test("a first payment that fails leaves it incomplete, and it expires", async () => {
  const { subscription } = await subscribe({ card: "pm_card_chargeCustomerFail" });
  expect(subscription.status).toBe("incomplete");
  sim.control.advance({ days: 1 });
  expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe("incomplete_expired");
  expect((await invoicesOf(subscription.id))[0]?.status).toBe("void");
});

test("an invoice has a page that takes a payment, and a PDF", async () => {
  const { subscription, method } = await subscribe();
  sim.control.setBehaviour(method, "decline");
  sim.control.renew(subscription.id);
  const [open] = await invoicesOf(subscription.id);
  const page = open?.hosted_invoice_url ?? "";
  expect(await (await fetch(page)).text()).toContain(open?.number);
  expect((await postPage(page, { card: "pm_card_chargeDeclined" })).status).toBe(402);
  expect((await postPage(page, { card: "pm_card_visa" })).status).toBe(200);
  expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe("active");
  const pdf = await fetch(open?.invoice_pdf ?? "");
  expect(pdf.headers.get("content-type")).toBe("application/pdf");
  expect(
    Buffer.from(await pdf.arrayBuffer())
      .subarray(0, 5)
      .toString(),
  ).toBe("%PDF-");
});

test("the portal cancels, resumes and takes another card, as far as it is allowed", async () => {
  const { subscription, customer } = await subscribe();
  const session = await stripe.billingPortal.sessions.create({
    customer,
    return_url: "http://localhost:3000/t",
  });
  expect(await (await fetch(session.url)).text()).toContain("http://localhost:3000/t");
  const isEnding = async () => (await stripe.subscriptions.retrieve(subscription.id)).cancel_at_period_end;
  await postPage(session.url, { action: "cancel" });
  expect(await isEnding()).toBe(true);
  await postPage(session.url, { action: "resume" });
  expect(await isEnding()).toBe(false);
  await postPage(session.url, { action: "card", card: "pm_card_mastercard" });
  const kept = (await stripe.customers.retrieve(customer)) as Stripe.Customer;
  const card = await stripe.paymentMethods.retrieve(String(kept.invoice_settings.default_payment_method));
  expect(card.card?.last4).toBe("4444");
  const locked = await stripe.billingPortal.configurations.create({
    features: { subscription_cancel: { enabled: false }, invoice_history: { enabled: true } },
  });
  const other = await stripe.billingPortal.sessions.create({ customer, configuration: locked.id });
  await postPage(other.url, { action: "cancel" });
  expect(await isEnding()).toBe(false);
});

test("who is deleted takes the subscriptions along", async () => {
  const { subscription, customer } = await subscribe();
  await stripe.customers.del(customer);
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ deleted: true });
  expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe("canceled");
});
