// Checkout and payments, through the real SDK and the forms of the hosted page.
import type Stripe from "stripe";
import { expect, test } from "vitest";
import { customerWithPrice, postPage, simulatedForFile } from "../../tests/factories/stripe-simulator";

const sim = await simulatedForFile();
const { stripe } = sim;

const SUCCESS = "http://localhost:3000/done?session={CHECKOUT_SESSION_ID}";

async function topUp(customer: string, cents = 2_500) {
  const session = await stripe.checkout.sessions.create({
    mode: "payment",
    customer,
    line_items: [
      { quantity: 1, price_data: { currency: "usd", unit_amount: cents, product_data: { name: "Reserve" } } },
    ],
    success_url: SUCCESS,
    cancel_url: "http://localhost:3000/back",
    metadata: { purpose: "reserve_topup" },
    payment_intent_data: { metadata: { purpose: "reserve_topup" }, setup_future_usage: "off_session" },
  });
  return { id: session.id, url: session.url ?? "" };
}

function typesSince(count: number): string[] {
  return Object.values(sim.control.world.objects.event)
    .slice(count)
    .map(({ type }) => type);
}

test("a top-up is paid on the page, and only then", async () => {
  const { customer } = await customerWithPrice(stripe);
  const { id, url } = await topUp(customer);
  const before = Object.keys(sim.control.world.objects.event).length;
  expect(await (await fetch(url)).text()).toContain("Reserve × 1");
  expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({
    status: "open",
    payment_status: "unpaid",
  });
  const paid = await postPage(url, { card: "pm_card_visa" });
  expect([paid.status, paid.location]).toEqual([303, SUCCESS.replace("{CHECKOUT_SESSION_ID}", id)]);
  const session = await stripe.checkout.sessions.retrieve(id, { expand: ["payment_intent", "line_items"] });
  expect(session).toMatchObject({
    status: "complete",
    payment_status: "paid",
    url: null,
    amount_total: 2_500,
  });
  expect(session.payment_intent).toMatchObject({
    status: "succeeded",
    amount_received: 2_500,
    metadata: { purpose: "reserve_topup" },
  });
  expect(session.line_items?.data[0]).toMatchObject({ amount_total: 2_500, quantity: 1 });
  expect(typesSince(before)).toEqual([
    "payment_intent.created",
    "payment_method.attached",
    "charge.succeeded",
    "payment_intent.succeeded",
    "checkout.session.completed",
  ]);
});

test("a declined card leaves the session open, and another card pays it", async () => {
  const { customer } = await customerWithPrice(stripe);
  const { id, url } = await topUp(customer);
  const declined = await postPage(url, { card: "pm_card_chargeDeclined" });
  expect(declined.status).toBe(402);
  expect(declined.text).toContain("Your card was declined");
  expect((await stripe.checkout.sessions.retrieve(id)).status).toBe("open");
  expect((await postPage(url, { card: "pm_card_visa" })).status).toBe(303);
  const { payment_intent } = await stripe.checkout.sessions.retrieve(id);
  const { data } = await stripe.charges.list({ payment_intent: String(payment_intent) });
  expect(data.map(({ status }) => status)).toEqual(["succeeded", "failed"]);
});

test("3-D Secure asks, and a no pays nothing", async () => {
  const { customer } = await customerWithPrice(stripe);
  const { id, url } = await topUp(customer);
  const card = "pm_card_authenticationRequired";
  const asked = await postPage(url, { card });
  expect(asked.text).toContain("Complete authentication");
  expect((await postPage(url, { card, authenticated: "no" })).status).toBe(402);
  expect((await stripe.checkout.sessions.retrieve(id)).payment_status).toBe("unpaid");
  expect((await postPage(url, { card, authenticated: "yes" })).status).toBe(303);
  expect((await stripe.checkout.sessions.retrieve(id)).payment_status).toBe("paid");
});

test("money that takes a while completes the session unpaid, and arrives later", async () => {
  const { customer } = await customerWithPrice(stripe);
  const { id, url } = await topUp(customer);
  await postPage(url, { card: "pm_simulated_processing" });
  const session = await stripe.checkout.sessions.retrieve(id);
  expect(session).toMatchObject({ status: "complete", payment_status: "unpaid" });
  const before = Object.keys(sim.control.world.objects.event).length;
  sim.control.finish(String(session.payment_intent), true);
  expect(typesSince(before)).toEqual([
    "charge.succeeded",
    "payment_intent.succeeded",
    "checkout.session.async_payment_succeeded",
  ]);
  expect((await stripe.checkout.sessions.retrieve(id)).payment_status).toBe("paid");
});

test("a trial begins without a charge, with the seats and metadata that were asked for", async () => {
  const { customer, price } = await customerWithPrice(stripe);
  const session = await stripe.checkout.sessions.create({
    mode: "subscription",
    customer,
    line_items: [{ price, quantity: 3 }],
    success_url: SUCCESS,
    subscription_data: { trial_period_days: 14, metadata: { tenant_id: "t1" } },
  });
  await postPage(session.url ?? "", { card: "pm_card_visa" });
  const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ["subscription", "invoice"] });
  expect(done).toMatchObject({ status: "complete", payment_status: "no_payment_required" });
  const subscription = done.subscription as Stripe.Subscription;
  expect(subscription).toMatchObject({ status: "trialing", customer, metadata: { tenant_id: "t1" } });
  expect(subscription.items.data[0]).toMatchObject({
    quantity: 3,
    current_period_end: subscription.trial_end,
  });
  expect((subscription.trial_end ?? 0) - (subscription.trial_start ?? 0)).toBe(14 * 86_400);
  expect(done.invoice).toMatchObject({ status: "paid", total: 0, billing_reason: "subscription_create" });
});

test("a subscription whose card is declined does not begin", async () => {
  const { customer, price } = await customerWithPrice(stripe);
  const session = await stripe.checkout.sessions.create({
    mode: "subscription",
    customer,
    line_items: [{ price, quantity: 1 }],
    success_url: SUCCESS,
  });
  const declined = await postPage(session.url ?? "", { card: "pm_card_chargeDeclined" });
  expect(declined.status).toBe(402);
  expect((await stripe.subscriptions.list({ customer, status: "all" })).data).toEqual([]);
  await postPage(session.url ?? "", { card: "pm_card_visa" });
  const { data } = await stripe.subscriptions.list({ customer });
  expect(data).toMatchObject([{ status: "active" }]);
});

test("an expired session cannot be paid", async () => {
  const { customer } = await customerWithPrice(stripe);
  const { id, url } = await topUp(customer);
  expect((await stripe.checkout.sessions.expire(id)).status).toBe("expired");
  expect((await postPage(url, { card: "pm_card_visa" })).status).toBe(410);
  await expect(stripe.checkout.sessions.expire(id)).rejects.toMatchObject({ statusCode: 400 });
});

test("what the mode does not know is refused", async () => {
  const { customer, price } = await customerWithPrice(stripe);
  const wrong = stripe.checkout.sessions.create({
    mode: "payment",
    customer,
    line_items: [{ price, quantity: 1 }],
    success_url: SUCCESS,
  });
  await expect(wrong).rejects.toMatchObject({ statusCode: 400, param: "line_items[0]" });
});
