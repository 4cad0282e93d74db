import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import type Stripe from "stripe";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { eventOf, giveCustomer } from "../../../../tests/factories/stripe-events";
import {
  makeProof,
  makeProofTables,
  type Proof,
  storeFor,
  writtenBy,
} from "../../../../tests/factories/stripe-proof";
import { setUpStripe } from "../../../../tests/factories/stripe-settings";
import { makeTenant } from "../../../../tests/factories/tenants";
import { now, travel } from "../../../platform/clock";
import { platformDb } from "../../../platform/db";
import { drainEvents } from "../dispatch/dispatcher";
import { reconcileEvents } from "./events";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const forever = new AbortController().signal;

/** What Stripe lists, newest first, and how it was asked. */
let listed: Stripe.Event[] = [];
let asked: URLSearchParams[] = [];
let proof: Proof;

// why: only the list is asked for, and a test says what stands in it.
const stripe = setupServer(
  http.get("https://api.stripe.com/v1/events", ({ request }) => {
    const query = new URL(request.url).searchParams;
    asked.push(query);
    const from = listed.findIndex(({ id }) => id === query.get("starting_after")) + 1;
    const page = listed.slice(from, from + 2);
    return HttpResponse.json({
      object: "list",
      url: "/v1/events",
      data: page,
      has_more: from + 2 < listed.length,
    });
  }),
);

beforeAll(async () => {
  setUpStripe();
  await makeProofTables();
  stripe.listen({ onUnhandledRequest: "error" });
});
beforeEach(() => {
  listed = [];
  asked = [];
  proof = makeProof();
});
afterEach(() => travel(0));
afterAll(() => stripe.close());

const payment = (id: string, customer?: string) =>
  eventOf("payment.succeeded", { object: { payment: id, ...(customer && { customer }) } });

test("events that no delivery brought are stored and handled, on however many pages Stripe lists them", async () => {
  for (const id of ["pi_1", "pi_2", "pi_3", "pi_4", "pi_5"]) proof.payments.set(id, 500);
  listed = ["pi_1", "pi_2", "pi_3", "pi_4", "pi_5"].map((id) => payment(id));
  const [, delivered] = listed;
  if (delivered) await storeFor(proof, delivered);
  expect(await reconcileEvents(forever, proof.handlers)).toEqual({ listed: 5, missing: 4 });
  await drainEvents(proof.handlers);
  expect((await writtenBy()).bookings).toHaveLength(5);
  const row = await platformDb().stripeEvent.findUniqueOrThrow({ where: { eventId: listed[4]?.id ?? "" } });
  expect(row).toMatchObject({ source: "reconciler", deliveryCount: 0 });
  expect(await reconcileEvents(forever, proof.handlers)).toEqual({ listed: 5, missing: 0 });
});

test("a run begins a little before the last one ended, and never before what Stripe still has", async () => {
  travel(40 * DAY_MS);
  const last = Math.floor(now().getTime() / 1_000);
  await reconcileEvents(forever, proof.handlers);
  travel(45 * DAY_MS);
  asked = [];
  await reconcileEvents(forever, proof.handlers);
  const since = Number(asked[0]?.get("created[gte]"));
  expect(since).toBeGreaterThanOrEqual(last - 2 * 3_600);
  expect(since).toBeLessThan(last - 3_600);
  travel(400 * DAY_MS);
  asked = [];
  await reconcileEvents(forever, proof.handlers);
  expect(Number(asked[0]?.get("created[gte]"))).toBeGreaterThan(now().getTime() / 1_000 - 31 * 24 * 3_600);
});

test("a run that breaks off is not counted as made", async () => {
  listed = [payment("pi_stop")];
  const before = await platformDb().stripeReconciliation.count();
  const stopped = AbortSignal.abort();
  await expect(reconcileEvents(stopped, proof.handlers)).rejects.toThrow();
  expect(await platformDb().stripeReconciliation.count()).toBe(before);
});

test("events that came before it was known whose they are get their workspace", async () => {
  const { id: tenantId } = await makeTenant();
  const event = eventOf("price.created", { object: { customer: "cus_later" } });
  const early = eventOf("price.created", { object: { customer: "cus_replaced" } });
  for (const told of [event, early]) await storeFor(proof, told);
  await giveCustomer(tenantId, "cus_replaced");
  await platformDb().billingProfile.update({
    where: { tenantId },
    data: { stripeCustomerId: "cus_later" },
  });
  await reconcileEvents(forever, proof.handlers);
  for (const { id: eventId } of [event, early])
    expect(await platformDb().stripeEvent.findUnique({ where: { eventId } })).toMatchObject({ tenantId });
});
