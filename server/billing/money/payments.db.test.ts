import type Stripe from "stripe";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BilledStripe, billedStripe, makeCustomer } from "../../../tests/factories/billing";
import { eventsTold, handle, ledgerOf, pay } from "../../../tests/factories/reserve-payments";
import { eventOf } from "../../../tests/factories/stripe-events";
import { accountOf, book } from "../../../tests/factories/wallet";
import { keepBooks } from "../../../tests/setup/books";
import { platformDb } from "../../platform/db";
import { findOutboxMail, listOutbox } from "../../platform/outbox";

let billed: BilledStripe;

keepBooks();
beforeAll(async () => {
  billed = await billedStripe();
});
afterAll(() => billed.stop());

const ORDERS = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

/** The three events that may announce one payment. */
function announcements({ id }: Stripe.PaymentIntent): Stripe.Event[] {
  const session = { object: "checkout.session", id: "cs_1", payment_intent: id };
  return [
    eventOf("payment_intent.succeeded", { object: { object: "payment_intent", id } }),
    eventOf("checkout.session.completed", { object: session }),
    eventOf("checkout.session.async_payment_succeeded", { object: session }),
  ];
}

async function mailsTo(email: string) {
  return (await listOutbox(email)).map(({ template }) => template);
}

test("a payment is credited once in all six orders of the events that announce it", async () => {
  for (const order of ORDERS) {
    const customer = await makeCustomer(billed);
    const paid = await pay(billed, customer, { amountCents: 2_500 });
    const events = announcements(paid);
    for (const n of order) expect(await handle(events[n] as Stripe.Event)).toBe("done");
    expect(await ledgerOf(customer.tenant)).toEqual([["topup", 2_500, paid.id]]);
  }
});

test("twenty deliveries at once credit once, tell the page once and send one receipt", async () => {
  const customer = await makeCustomer(billed);
  const paid = await pay(billed, customer, { amountCents: 4_000 });
  const events = announcements(paid);
  const ends = await Promise.allSettled(
    Array.from({ length: 20 }, (_, n) => handle(events[n % 3] as Stripe.Event)),
  );
  for (const event of events) await handle(event);
  expect(ends.some(({ status }) => status === "fulfilled")).toBe(true);
  const { tenant } = customer;
  expect(await ledgerOf(tenant)).toEqual([["topup", 4_000, paid.id]]);
  const told = await platformDb().billingStreamEvent.findMany({ where: { tenantId: tenant.id } });
  expect(told.map(({ type, payload }) => [type, payload])).toEqual([
    ["topup", { amountNano: "40000000000", isAutomatic: false }],
  ]);
  const [receipt] = await listOutbox(tenant.owner.email);
  expect(await mailsTo(tenant.owner.email)).toEqual(["reserve_receipt"]);
  expect((await findOutboxMail(receipt?.id ?? ""))?.text).toContain("$40.00");
});

test("what is not paid yet, and what pays something else, is credited to nobody", async () => {
  const customer = await makeCustomer(billed);
  billed.control.setBehaviour(customer.methodId, "processing");
  const open = await pay(billed, customer, { amountCents: 1_000 });
  expect(open.status).toBe("processing");
  const [announced] = announcements(open) as [Stripe.Event];
  expect(await handle(announced)).toBe("ignored");
  const other = await makeCustomer(billed);
  const plain = await pay(billed, other, { amountCents: 900, metadata: { purpose: "something_else" } });
  expect(await handle(announcements(plain)[0] as Stripe.Event)).toBe("ignored");
  expect(
    await handle(eventOf("charge.succeeded", { object: { object: "charge", payment_intent: null } })),
  ).toBe("ignored");
  expect([await ledgerOf(customer.tenant), await ledgerOf(other.tenant)]).toEqual([[], []]);
  billed.control.finish(open.id, true);
  expect(await handle(announced)).toBe("done");
  expect(await ledgerOf(customer.tenant)).toEqual([["topup", 1_000, open.id]]);
});

test("metadata that contradict the customer, the amount or the currency are refused, and nothing changes", async () => {
  const [customer, other] = [await makeCustomer(billed), await makeCustomer(billed)];
  const named = await pay(billed, customer, { amountCents: 700, metadata: { tenant_id: other.tenant.id } });
  await expect(handle(announcements(named)[0] as Stripe.Event)).rejects.toThrow("another workspace");
  const more = await pay(billed, customer, { amountCents: 700, metadata: { amount_cents: "70000" } });
  await expect(handle(announcements(more)[0] as Stripe.Event)).rejects.toThrow("another amount");
  const euros = await billed.stripe.paymentIntents.create({
    amount: 700,
    currency: "eur",
    customer: customer.customerId,
    payment_method: customer.methodId,
    confirm: true,
    metadata: { purpose: "reserve_topup" },
    return_url: "http://localhost:3000/back",
  });
  await expect(handle(announcements(euros)[0] as Stripe.Event)).rejects.toThrow("currency");
  const { id: strangers } = await billed.stripe.customers.create({});
  const method = await billed.stripe.paymentMethods.attach("pm_card_visa", { customer: strangers });
  const foreign = await pay(
    billed,
    { ...customer, customerId: strangers, methodId: method.id },
    { amountCents: 700 },
  );
  await expect(handle(announcements(foreign)[0] as Stripe.Event)).rejects.toThrow("No workspace");
  expect([await ledgerOf(customer.tenant), await ledgerOf(other.tenant)]).toEqual([[], []]);
});

test("a refund takes what it refunds, also when it is heard of before the payment; one that fails gives it back", async () => {
  const customer = await makeCustomer(billed);
  const { tenant } = customer;
  const paid = await pay(billed, customer, { amountCents: 5_000 });
  const refund = await billed.stripe.refunds.create({ payment_intent: paid.id, amount: 1_250 });
  const about = { object: "refund", id: refund.id, payment_intent: paid.id };
  expect(await handle(eventOf("refund.created", { object: about }))).toBe("done");
  const taken = [
    ["topup", 5_000, paid.id],
    ["refund", -1_250, refund.id],
  ];
  expect(await ledgerOf(tenant)).toEqual(taken);
  expect(
    await handle(eventOf("charge.refunded", { object: { object: "charge", payment_intent: paid.id } })),
  ).toBe("done");
  expect(await ledgerOf(tenant)).toEqual(taken);
  billed.control.failRefund(refund.id);
  await handle(eventOf("refund.failed", { object: about }));
  await handle(eventOf("refund.created", { object: about }));
  expect(await ledgerOf(tenant)).toEqual([...taken, ["adjustment", 1_250, refund.id]]);
  expect((await mailsTo(tenant.owner.email)).sort()).toEqual([
    "reserve_receipt",
    "reserve_returned",
    "reserve_taken_back",
  ]);
});

test("a dispute takes the payment and returns exactly that when it is won; a reserve below zero is said to be", async () => {
  const customer = await makeCustomer(billed);
  const { tenant } = customer;
  const paid = await pay(billed, customer, { amountCents: 3_000 });
  await handle(announcements(paid)[0] as Stripe.Event);
  // Spent meanwhile.
  await book(tenant.scope, "adjustment", -20_000_000_000n);
  const dispute = billed.control.dispute(paid.id);
  const about = { object: "dispute", id: dispute.id, payment_intent: paid.id };
  const withdrawn = eventOf("charge.dispute.funds_withdrawn", { object: about });
  for (let n = 0; n < 2; n += 1) expect(await handle(withdrawn)).toBe("done");
  expect(await accountOf(tenant.scope.tenantId)).toMatchObject({ balance: -20_000_000_000n });
  const [mail] = (await listOutbox(tenant.owner.email)).filter(
    ({ template }) => template === "reserve_taken_back",
  );
  expect((await findOutboxMail(mail?.id ?? ""))?.text).toContain("below zero now, at -$20.00");
  billed.control.closeDispute(dispute.id, "won");
  for (const type of ["charge.dispute.funds_reinstated", "charge.dispute.closed"])
    expect(await handle(eventOf(type, { object: about }))).toBe("done");
  await handle(withdrawn);
  const entries = (await ledgerOf(tenant)).filter(([, , ref]) => ref === dispute.id);
  expect(entries).toEqual([
    ["dispute_hold", -3_000, dispute.id],
    ["dispute_return", 3_000, dispute.id],
  ]);
});

test("payments, refunds and disputes told in any order, twice and with losses, end as told in order and never take too much", async () => {
  const customers = await Promise.all([makeCustomer(billed), makeCustomer(billed)]);
  const before = (await eventsTold(billed)).length;
  for (const [n, customer] of customers.entries()) {
    const first = await pay(billed, customer, { amountCents: 6_000 + n });
    const second = await pay(billed, customer, { amountCents: 4_000 });
    await billed.stripe.refunds.create({ payment_intent: first.id, amount: 1_000 });
    const lost = await billed.stripe.refunds.create({ payment_intent: first.id, amount: 2_000 });
    billed.control.failRefund(lost.id);
    const dispute = billed.control.dispute(second.id, { amount: 4_000 });
    billed.control.closeDispute(dispute.id, n === 0 ? "won" : "lost");
  }
  const told = (await eventsTold(billed)).slice(before);
  let state = 5;
  const roll = (sides: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * sides);
  };
  const shuffled = [...told, ...told].filter(() => roll(4) > 0).sort(() => roll(3) - 1);
  for (let n = 0; n < shuffled.length; n += 4) {
    await Promise.allSettled(shuffled.slice(n, n + 4).map(handle));
    const rows = await platformDb().reservePayment.findMany();
    expect(rows.every(({ takenNano, creditedNano }) => takenNano <= creditedNano)).toBe(true);
  }
  for (const event of told) await handle(event);
  const [won, lost] = customers;
  const balances = [won, lost].map(async (customer) => accountOf(customer.tenant.scope.tenantId));
  expect((await Promise.all(balances)).map(({ balance }) => balance)).toEqual([
    90_000_000_000n,
    50_010_000_000n,
  ]);
  const books = async () => [await ledgerOf(won.tenant), await ledgerOf(lost.tenant)];
  const settled = await books();
  for (const event of told.slice(0, 8)) await handle(event);
  expect(await books()).toEqual(settled);
});
