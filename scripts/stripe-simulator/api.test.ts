// The calls themselves, through the real SDK: keys of idempotency, refusals, pages, expansions, trouble on request.
import Stripe from "stripe";
import { afterEach, expect, test } from "vitest";
import { simulatedForFile } from "../../tests/factories/stripe-simulator";

const sim = await simulatedForFile();
const { stripe } = sim;
afterEach(() => sim.control.clearFaults());

test("the same key with the same parameters gives the first answer again, and makes nothing", async () => {
  const wanted = { email: "twice@example.com" };
  const first = await stripe.customers.create(wanted, { idempotencyKey: "key-same" });
  const second = await stripe.customers.create(wanted, { idempotencyKey: "key-same" });
  expect(second.id).toBe(first.id);
  expect(new Headers(second.lastResponse.headers).get("idempotent-replayed")).toBe("true");
  expect(second.lastResponse.requestId).not.toBe(first.lastResponse.requestId);
  const { data } = await stripe.customers.list({ email: wanted.email });
  expect(data).toHaveLength(1);
});

test("a key of other parameters is an error of its own kind", async () => {
  await stripe.customers.create({ email: "a@example.com" }, { idempotencyKey: "key-other" });
  const other = stripe.customers.create({ email: "b@example.com" }, { idempotencyKey: "key-other" });
  await expect(other).rejects.toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
});

test("a parameter that fails its check keeps no result under the key", async () => {
  const wrong = stripe.customers.create({ email: "nobody" }, { idempotencyKey: "key-checked" });
  await expect(wrong).rejects.toMatchObject({ statusCode: 400, param: "email" });
  const right = await stripe.customers.create({ email: "c@example.com" }, { idempotencyKey: "key-checked" });
  expect(right.email).toBe("c@example.com");
});

test("a failure of the server is kept under its key as any result", async () => {
  sim.control.fail({ kind: "server_error" });
  const call = () => stripe.customers.create({ email: "d@example.com" }, { idempotencyKey: "key-500" });
  await expect(call()).rejects.toMatchObject({ statusCode: 500 });
  await expect(call()).rejects.toMatchObject({ statusCode: 500 });
  expect((await stripe.customers.list({ email: "d@example.com" })).data).toEqual([]);
});

test("too many requests are no result: the same key is free afterwards", async () => {
  sim.control.fail({ kind: "rate_limit" });
  const call = () => stripe.customers.create({ email: "e@example.com" }, { idempotencyKey: "key-429" });
  await expect(call()).rejects.toBeInstanceOf(Stripe.errors.StripeRateLimitError);
  expect((await call()).email).toBe("e@example.com");
});

test("an answer that is lost is there for the same key, and its work was done once", async () => {
  sim.control.fail({ kind: "hang_up", isAfterwards: true });
  const call = () => stripe.customers.create({ email: "f@example.com" }, { idempotencyKey: "key-lost" });
  await expect(call()).rejects.toBeInstanceOf(Stripe.errors.StripeConnectionError);
  const found = await call();
  expect((await stripe.customers.list({ email: "f@example.com" })).data.map(({ id }) => id)).toEqual([
    found.id,
  ]);
});

test("a key that is in use is a conflict", async () => {
  sim.control.fail({ kind: "slow" });
  const call = () => stripe.customers.create({ email: "g@example.com" }, { idempotencyKey: "key-busy" });
  const slow = call();
  await expect
    .poll(() => sim.control.received().filter(({ idempotencyKey }) => idempotencyKey === "key-busy"))
    .toHaveLength(1);
  await expect(call()).rejects.toMatchObject({ statusCode: 409, code: "idempotency_key_in_use" });
  sim.control.clearFaults();
  expect((await slow).id).toBe((await call()).id);
});

test("unknown parameters, wrong values and missing ones are refused by name", async () => {
  const raw = (body: string) =>
    fetch(`${sim.url}/v1/prices`, {
      method: "POST",
      headers: { authorization: `Bearer ${sim.secretKey}` },
      body: new URLSearchParams(body),
    }).then((response) => response.json());
  const valid = "currency=usd&unit_amount=100&product=prod_1";
  expect(await raw(`${valid}&colour=red`)).toMatchObject({
    error: { type: "invalid_request_error", code: "parameter_unknown", param: "colour" },
  });
  expect(await raw(`${valid}&recurring[interval]=fortnight`)).toMatchObject({
    error: { type: "invalid_request_error", param: "recurring[interval]" },
  });
  expect(await raw(`${valid}&recurring[interval]=month&recurring[phase]=1`)).toMatchObject({
    error: { code: "parameter_unknown", param: "recurring[phase]" },
  });
  expect(await raw("unit_amount=100")).toMatchObject({
    error: { code: "parameter_missing", param: "currency" },
  });
  expect(await raw("currency=usd&unit_amount=1.5")).toMatchObject({
    error: { code: "parameter_invalid_integer", param: "unit_amount" },
  });
  expect(await raw(`${valid}&__proto__[polluted]=1`)).toMatchObject({ error: { code: "parameter_unknown" } });
});

test("a stranger's key is no key", async () => {
  const response = await fetch(`${sim.url}/v1/customers`, {
    headers: { authorization: "Bearer sk_test_other" },
  });
  expect(response.status).toBe(401);
});

test("what is not there is missing: 404 by its path, 400 by a parameter", async () => {
  await expect(stripe.customers.retrieve("cus_none")).rejects.toMatchObject({
    statusCode: 404,
    code: "resource_missing",
    param: "id",
  });
  const paying = stripe.paymentIntents.create({ amount: 100, currency: "usd", customer: "cus_none" });
  await expect(paying).rejects.toMatchObject({
    statusCode: 400,
    code: "resource_missing",
    param: "customer",
  });
});

test("lists are walked page by page, forwards and backwards, newest first", async () => {
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: 1_700_000_000 });
  const made: string[] = [];
  for (let count = 0; count < 5; count += 1)
    made.unshift((await stripe.customers.create({ test_clock: clock.id })).id);
  const idsOf = (list: { data: { id: string }[] }) => list.data.map(({ id }) => id);
  const first = await stripe.customers.list({ test_clock: clock.id, limit: 2 });
  expect([idsOf(first), first.has_more]).toEqual([made.slice(0, 2), true]);
  const last = await stripe.customers.list({ test_clock: clock.id, limit: 3, starting_after: made[1] ?? "" });
  expect([idsOf(last), last.has_more]).toEqual([made.slice(2), false]);
  const before = await stripe.customers.list({
    test_clock: clock.id,
    limit: 1,
    ending_before: made[2] ?? "",
  });
  expect([idsOf(before), before.has_more]).toEqual([[made[1]], true]);
  const walked: string[] = [];
  for await (const { id } of stripe.customers.list({ test_clock: clock.id, limit: 2 })) walked.push(id);
  expect(walked).toEqual(made);
});

test("an id is opened to its object on request, and nothing else is", async () => {
  const intent = await stripe.paymentIntents.create({
    amount: 1_000,
    currency: "usd",
    confirm: true,
    payment_method: "pm_card_visa",
    expand: ["latest_charge.balance_transaction"],
  });
  const charge = intent.latest_charge as Stripe.Charge;
  expect(charge).toMatchObject({ object: "charge", amount: 1_000, paid: true });
  expect(charge.balance_transaction).toMatchObject({ object: "balance_transaction", net: 1_000 - 59 });
  expect(charge.refunds).toBeUndefined();
  const plain = await stripe.paymentIntents.retrieve(intent.id);
  expect(plain.latest_charge).toBe(charge.id);
  await expect(stripe.paymentIntents.retrieve(intent.id, { expand: ["colour"] })).rejects.toMatchObject({
    statusCode: 400,
  });
});

test("what was asked is written down with its key and its parameters", async () => {
  sim.control.forgetReceived();
  await stripe.customers.create({ metadata: { tenant_id: "t1" } }, { idempotencyKey: "key-seen" });
  expect(sim.control.received()).toMatchObject([
    {
      method: "POST",
      path: "/v1/customers",
      idempotencyKey: "key-seen",
      parameters: { metadata: { tenant_id: "t1" } },
      status: 200,
      isReplay: false,
    },
  ]);
});

test("customers are found by their metadata", async () => {
  const { id } = await stripe.customers.create({ metadata: { tenant_id: "t-searched" } });
  const { data } = await stripe.customers.search({ query: 'metadata["tenant_id"]:"t-searched"' });
  expect(data.map((found) => found.id)).toEqual([id]);
  await expect(stripe.customers.search({ query: "colour is red" })).rejects.toMatchObject({ param: "query" });
});

test("a lookup key belongs to one price, and moves on request", async () => {
  const { id: product } = await stripe.products.create({ name: "Pro" });
  const price = (transfers: boolean) =>
    stripe.prices.create({
      product,
      currency: "usd",
      unit_amount: 4_900,
      recurring: { interval: "month" },
      lookup_key: "pro_month",
      ...(transfers ? { transfer_lookup_key: true } : {}),
    });
  const first = await price(false);
  await expect(price(false)).rejects.toMatchObject({ param: "lookup_key" });
  const second = await price(true);
  const { data } = await stripe.prices.list({ lookup_keys: ["pro_month"], active: true });
  expect(data.map(({ id }) => id)).toEqual([second.id]);
  expect((await stripe.prices.retrieve(first.id)).lookup_key).toBeNull();
  expect(second.unit_amount_decimal?.toString()).toBe("4900");
});
