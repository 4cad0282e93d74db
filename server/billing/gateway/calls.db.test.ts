import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { setUpStripe } from "../../../tests/factories/stripe-settings";
import { travel } from "../../platform/clock";
import { platformDb } from "../../platform/db";
import { newId } from "../../platform/ids";
import { callStripe, readStripe, type StripeIntent } from "./calls";
import { isMissing } from "./failures";

interface Asked {
  key: string | null;
  body: string;
}

const DAY_MS = 86_400_000;
let asked: Asked[] = [];
let answers: (() => Response)[] = [];

// why: how Stripe fails is what the gateway is about, and a stand-in that fails to order is shorter than one that works.
const stripe = setupServer(
  http.post("https://api.stripe.com/v1/customers", async ({ request }) => {
    asked.push({ key: request.headers.get("idempotency-key"), body: await request.text() });
    return (answers.shift() ?? (() => HttpResponse.json({ id: "cus_1", object: "customer" })))();
  }),
  http.get("https://api.stripe.com/v1/customers/:id", () => (answers.shift() ?? missing)()),
);

beforeAll(() => {
  setUpStripe();
  stripe.listen({ onUnhandledRequest: "error" });
});
beforeEach(() => {
  asked = [];
  answers = [];
});
afterEach(() => travel(0));
afterAll(() => stripe.close());

const failure = (status: number, error: object, headers: Record<string, string> = {}) =>
  HttpResponse.json({ error: { type: "api_error", message: "no", ...error } }, { status, headers });
const broken = () => failure(500, {});
const missing = () => failure(404, { type: "invalid_request_error", code: "resource_missing" });

function makeCustomer(change: Partial<StripeIntent<{ id: string }>> = {}) {
  const body = { name: "Acme" };
  const request = {
    operation: "customer.create",
    intent: newId(),
    tenantId: newId(),
    body,
    ...change,
  } as const;
  return callStripe(request, (client, options) => client.customers.create(request.body, options));
}

async function journal(intent: string) {
  return platformDb().stripeCall.findMany({
    where: { intent: { startsWith: intent } },
    orderBy: { createdAt: "asc" },
  });
}

test("a call is written down with its key, and with what it made", async () => {
  const intent = newId();
  const tenantId = newId();
  expect(await makeCustomer({ intent, tenantId })).toMatchObject({ id: "cus_1" });
  const [call] = await journal(intent);
  expect(call).toMatchObject({ status: "ok", stripeId: "cus_1", attempts: 1, tenantId, error: null });
  expect(asked).toEqual([{ key: call?.id, body: "name=Acme" }]);
});

test("the same intent again, and at the same time, is the same call with the same key", async () => {
  const intent = newId();
  await Promise.all(Array.from({ length: 20 }, () => makeCustomer({ intent })));
  expect(new Set(asked.map(({ key }) => key)).size).toBe(1);
  expect(await journal(intent)).toHaveLength(1);
});

test("fields in another order are the same body, other fields are a conflict", async () => {
  const intent = newId();
  await makeCustomer({ intent, body: { name: "Acme", phone: "1" } });
  await makeCustomer({ intent, body: { phone: "1", name: "Acme" } });
  await expect(makeCustomer({ intent, body: { name: "Other" } })).rejects.toMatchObject({ code: "conflict" });
  expect(asked).toHaveLength(2);
});

test("what may pass is tried again with the same key: too many, no answer, a failure, the same key in use", async () => {
  for (const answer of [
    () => failure(429, { code: "rate_limit" }),
    () => HttpResponse.error(),
    broken,
    () => failure(409, { type: "idempotency_error", code: "idempotency_key_in_use" }),
  ]) {
    const intent = newId();
    asked = [];
    answers = [answer];
    await makeCustomer({ intent });
    expect(asked).toHaveLength(2);
    expect(asked[0]?.key).toBe(asked[1]?.key);
    expect(await journal(intent)).toMatchObject([{ status: "ok", attempts: 2 }]);
  }
});

test("what is refused is not tried again, and a card's refusal says why", async () => {
  const intent = newId();
  const card = { type: "card_error", code: "card_declined", decline_code: "insufficient_funds" };
  answers = [() => failure(402, { ...card, message: "Your card has insufficient funds." })];
  await expect(makeCustomer({ intent })).rejects.toMatchObject({
    code: "payment_required",
    message: "Your card has insufficient funds.",
    details: { reason: "card_declined" },
    refusal: { declineCode: "insufficient_funds" },
  });
  expect(asked).toHaveLength(1);
  expect(await journal(intent)).toMatchObject([{ status: "failed", error: { code: "card_declined" } }]);
});

test("a bank that asks for the cardholder is told apart from a refusal", async () => {
  answers = [() => failure(402, { type: "card_error", code: "authentication_required" })];
  await expect(makeCustomer()).rejects.toMatchObject({
    code: "payment_required",
    details: { reason: "authentication_required" },
  });
});

test("while Stripe cannot be reached the outcome is unknown, and the intent can be repeated", async () => {
  const intent = newId();
  answers = Array.from({ length: 4 }, () => () => HttpResponse.error());
  await expect(makeCustomer({ intent })).rejects.toMatchObject({
    code: "unavailable",
    details: { reason: "billing_unavailable" },
  });
  expect(await journal(intent)).toMatchObject([{ status: "unknown", attempts: 4 }]);
  await makeCustomer({ intent });
  expect(await journal(intent)).toMatchObject([{ status: "ok", attempts: 5 }]);
  expect(new Set(asked.map(({ key }) => key)).size).toBe(1);
});

test("what was refused may be asked in other words, with another key", async () => {
  const intent = newId();
  answers = [() => failure(400, { type: "invalid_request_error", code: "parameter_invalid_empty" })];
  await expect(makeCustomer({ intent })).rejects.toThrow();
  await makeCustomer({ intent, body: { name: "Other" } });
  expect(asked[0]?.key).not.toBe(asked[1]?.key);
  expect((await journal(intent)).map(({ status }) => status)).toEqual(["failed", "ok"]);
});

test("a day later an open call is looked up instead of repeated", async () => {
  const intent = newId();
  answers = Array.from({ length: 4 }, () => () => HttpResponse.error());
  await expect(makeCustomer({ intent })).rejects.toThrow();
  travel(DAY_MS);
  expect(await makeCustomer({ intent, find: async () => ({ id: "cus_found" }) })).toEqual({
    id: "cus_found",
  });
  expect(asked).toHaveLength(4);
  expect(await journal(intent)).toMatchObject([{ status: "ok", stripeId: "cus_found" }]);
});

test("a day later, what cannot be looked up is neither repeated nor guessed", async () => {
  const intent = newId();
  await makeCustomer({ intent });
  travel(DAY_MS);
  await expect(makeCustomer({ intent })).rejects.toMatchObject({ code: "conflict" });
  expect(asked).toHaveLength(1);
});

test("a failure that Stripe keeps under the key is looked up, and what was not made is made with another key", async () => {
  const intent = newId();
  answers = Array.from({ length: 4 }, () => broken);
  await expect(makeCustomer({ intent })).rejects.toMatchObject({ code: "unavailable" });
  await makeCustomer({ intent, find: async () => null });
  expect((await journal(intent)).map(({ status }) => status)).toEqual(["failed", "ok"]);
  expect(asked.at(-1)?.key).not.toBe(asked[0]?.key);
});

test("reading repeats as well, keeps no journal, and tells what is missing", async () => {
  const before = await platformDb().stripeCall.count();
  answers = [broken, () => HttpResponse.json({ id: "cus_1", object: "customer" })];
  expect(await readStripe("customer.read", (client) => client.customers.retrieve("cus_1"))).toMatchObject({
    id: "cus_1",
  });
  const refused = await readStripe("customer.read", (client) => client.customers.retrieve("cus_2")).catch(
    (error: unknown) => error,
  );
  expect(isMissing(refused)).toBe(true);
  expect(await platformDb().stripeCall.count()).toBe(before);
});
