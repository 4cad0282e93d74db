// Payment intents off the session, refunds and disputes, through the real SDK.
import type Stripe from "stripe";
import { expect, test } from "vitest";
import { customerWithPrice, simulatedForFile } from "../../tests/factories/stripe-simulator";

const sim = await simulatedForFile();
const { stripe } = sim;

async function charge(card?: string) {
  const { customer, method } = await customerWithPrice(stripe, card);
  return stripe.paymentIntents.create({
    amount: 5_000,
    currency: "usd",
    customer,
    payment_method: method,
    confirm: true,
    off_session: true,
  });
}

test("an owned card pays while nobody is there", async () => {
  expect(await charge()).toMatchObject({
    status: "succeeded",
    amount_received: 5_000,
    last_payment_error: null,
  });
});

test("a decline is an error of the card with its intent, which can be tried again with another", async () => {
  const declined = await charge("pm_card_chargeCustomerFail").catch(
    (error: Stripe.errors.StripeCardError) => error,
  );
  expect(declined).toMatchObject({ statusCode: 402, type: "StripeCardError", code: "card_declined" });
  const intent = (declined as Stripe.errors.StripeCardError).payment_intent as Stripe.PaymentIntent;
  expect(intent).toMatchObject({
    status: "requires_payment_method",
    last_payment_error: { code: "card_declined" },
  });
  const method = await stripe.paymentMethods.attach("pm_card_visa", { customer: String(intent.customer) });
  const paid = await stripe.paymentIntents.confirm(intent.id, { payment_method: method.id });
  expect(paid.status).toBe("succeeded");
});

test("insufficient funds and authentication say so", async () => {
  await expect(charge("pm_card_chargeDeclinedInsufficientFunds")).rejects.toMatchObject({
    decline_code: "insufficient_funds",
  });
  await expect(charge("pm_card_authenticationRequired")).rejects.toMatchObject({
    code: "authentication_required",
  });
});

test("an answer of 3-D Secure before its owner redirects to the bank's page, which answers for them", async () => {
  const intent = await stripe.paymentIntents.create({
    amount: 700,
    currency: "usd",
    payment_method: "pm_card_authenticationRequired",
    confirm: true,
    return_url: "http://localhost:3000/back",
  });
  expect(intent).toMatchObject({ status: "requires_action", next_action: { type: "redirect_to_url" } });
  const url = intent.next_action?.redirect_to_url?.url ?? "";
  const answered = await fetch(url, {
    method: "POST",
    body: new URLSearchParams({ authenticated: "yes" }),
    redirect: "manual",
  });
  expect(answered.headers.get("location")).toContain(`payment_intent=${intent.id}`);
  expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe("succeeded");
});

test("the next charge is declined on request, whatever the card", async () => {
  sim.control.declineNext();
  await expect(charge()).rejects.toMatchObject({ code: "card_declined" });
  expect((await charge()).status).toBe("succeeded");
});

test("a payment that is processing ends as it is told", async () => {
  const intent = await charge("pm_simulated_processing");
  expect(intent.status).toBe("processing");
  await expect(stripe.paymentIntents.cancel(intent.id)).rejects.toMatchObject({
    code: "payment_intent_unexpected_state",
  });
  sim.control.finish(intent.id, false);
  expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe("requires_payment_method");
});

test("a charge is refunded in parts, never beyond what it paid", async () => {
  const intent = await charge();
  const first = await stripe.refunds.create({
    payment_intent: intent.id,
    amount: 1_500,
    reason: "duplicate",
  });
  expect(first).toMatchObject({ amount: 1_500, status: "succeeded", payment_intent: intent.id });
  const id = String(intent.latest_charge);
  expect(await stripe.charges.retrieve(id)).toMatchObject({ amount_refunded: 1_500, refunded: false });
  await expect(stripe.refunds.create({ charge: id, amount: 3_501 })).rejects.toMatchObject({
    param: "amount",
  });
  expect((await stripe.refunds.create({ charge: id })).amount).toBe(3_500);
  const whole = await stripe.charges.retrieve(id, { expand: ["refunds"] });
  expect(whole).toMatchObject({ amount_refunded: 5_000, refunded: true });
  expect(whole.refunds?.data.map(({ amount }) => amount)).toEqual([3_500, 1_500]);
  await expect(stripe.refunds.create({ charge: id })).rejects.toMatchObject({
    code: "charge_already_refunded",
  });
  expect((await stripe.refunds.list({ payment_intent: intent.id })).data).toHaveLength(2);
});

test("a dispute takes the money, and returns it when it is won", async () => {
  const intent = await charge();
  const { id } = sim.control.dispute(intent.id);
  expect(await stripe.disputes.retrieve(id)).toMatchObject({
    status: "needs_response",
    amount: 5_000,
    payment_intent: intent.id,
    balance_transactions: [{ amount: -5_000 }],
  });
  await expect(stripe.refunds.create({ payment_intent: intent.id })).rejects.toMatchObject({
    code: "charge_disputed",
  });
  sim.control.closeDispute(id, "won");
  const won = await stripe.disputes.retrieve(id);
  expect(won.status).toBe("won");
  expect(won.balance_transactions.map(({ amount }) => amount)).toEqual([-5_000, 5_000]);
  const { data } = await stripe.events.list({ limit: 4 });
  expect(data.map(({ type }) => type)).toEqual([
    "charge.dispute.funds_reinstated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.created",
  ]);
});

test("a lost dispute returns nothing", async () => {
  const intent = await charge();
  const { id } = sim.control.dispute(intent.id);
  sim.control.closeDispute(id, "lost");
  const lost = await stripe.disputes.retrieve(id);
  expect([lost.status, lost.balance_transactions.length]).toEqual(["lost", 1]);
});
