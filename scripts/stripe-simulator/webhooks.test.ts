// Events on their way: signed, tried again, held back, shuffled, doubled, dropped, and after a restart.
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Stripe from "stripe";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  type SimulatedStripe,
  simulatedStripe,
  webhookListener,
} from "../../tests/factories/stripe-simulator";

const webhookSecret = `whsec_${randomBytes(16).toString("hex")}`;
let listener: Awaited<ReturnType<typeof webhookListener>>;
let sim: SimulatedStripe;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "stripe-state-"));
  listener = await webhookListener();
  sim = await open();
});
afterEach(async () => {
  await sim.stop();
  listener.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(): Promise<SimulatedStripe> {
  return simulatedStripe({ webhookUrl: listener.url, webhookSecret, stateFile: join(folder, "stripe.json") });
}

async function customers(count: number): Promise<string[]> {
  const emails = Array.from({ length: count }, (_, position) => `c${position}@example.com`);
  for (const email of emails) await sim.stripe.customers.create({ email });
  return emails;
}

function emailsThatArrived(): string[] {
  return listener.arrived.map(({ body }) => JSON.parse(body).data.object.email as string);
}

test("each event arrives with a signature that the SDK accepts, and no other secret's", async () => {
  await customers(1);
  await sim.control.settled();
  const [arrived] = listener.arrived;
  const { body = "", signature = "" } = arrived ?? {};
  const event = Stripe.webhooks.constructEvent(body, signature, webhookSecret);
  expect(event).toMatchObject({ type: "customer.created", api_version: Stripe.API_VERSION, livemode: false });
  expect(() => Stripe.webhooks.constructEvent(body, signature, "whsec_other")).toThrow(/signature/);
  expect(() => Stripe.webhooks.constructEvent(`${body} `, signature, webhookSecret)).toThrow(/signature/);
  expect((await sim.stripe.events.retrieve(event.id)).pending_webhooks).toBe(0);
});

test("who refuses gets it again until it is taken", async () => {
  listener.status = 500;
  await customers(1);
  await expect.poll(() => listener.arrived.length).toBeGreaterThan(1);
  listener.status = 202;
  await sim.control.settled();
  const sent = sim.control.sent();
  expect(sent.slice(0, -1).every(({ status }) => status === 500)).toBe(true);
  expect(sent.at(-1)).toMatchObject({ status: 202, attempt: sent.length, type: "customer.created" });
});

test("what is held back is listed, and goes out backwards or as a seed draws it", async () => {
  sim.control.holdEvents();
  const emails = await customers(6);
  expect((await sim.stripe.events.list()).data).toHaveLength(6);
  expect(listener.arrived).toEqual([]);
  sim.control.releaseEvents("backwards");
  await sim.control.settled();
  expect(emailsThatArrived()).toEqual([...emails].reverse());
  listener.arrived.splice(0);
  sim.control.holdEvents();
  const others = await customers(6);
  sim.control.releaseEvents({ seed: 7 });
  await sim.control.settled();
  expect(emailsThatArrived()).not.toEqual(others);
  expect(emailsThatArrived().sort()).toEqual(others);
});

test("events are doubled on request, and redelivered", async () => {
  sim.control.copyEvents(2);
  await customers(1);
  await sim.control.settled();
  expect(listener.arrived).toHaveLength(2);
  expect(new Set(listener.arrived.map(({ body }) => JSON.parse(body).id)).size).toBe(1);
  sim.control.copyEvents(1);
  sim.control.redeliver(JSON.parse(listener.arrived[0]?.body ?? "{}").id);
  await sim.control.settled();
  expect(listener.arrived).toHaveLength(3);
});

test("what is dropped never arrives and still stands in the list", async () => {
  sim.control.dropEvents(true);
  await customers(2);
  sim.control.dropEvents(false);
  await sim.control.settled();
  expect(listener.arrived).toEqual([]);
  const { data } = await sim.stripe.events.list({
    type: "customer.created",
    created: { gte: sim.control.now() - 60 },
  });
  expect(data).toHaveLength(2);
  expect((await sim.stripe.events.list({ created: { gt: sim.control.now() + 60 } })).data).toEqual([]);
});

test("an endpoint hears the types that it asked for", async () => {
  const other = await webhookListener();
  const endpoint = await sim.stripe.webhookEndpoints.create({
    url: other.url,
    enabled_events: ["product.created"],
  });
  await customers(1);
  await sim.stripe.products.create({ name: "Pro" });
  await sim.control.settled();
  expect(other.arrived.map(({ body }) => JSON.parse(body).type)).toEqual(["product.created"]);
  const { body = "", signature = "" } = other.arrived[0] ?? {};
  expect(Stripe.webhooks.constructEvent(body, signature, endpoint.secret ?? "").type).toBe("product.created");
  const listed = (await sim.stripe.webhookEndpoints.list()).data;
  expect(listed.map(({ secret }) => secret)).toEqual([undefined, undefined]);
  other.close();
});

test("after a restart its customers are there, its answers are kept, and what it owed is delivered", async () => {
  sim.control.holdEvents();
  const made = await sim.stripe.customers.create(
    { email: "kept@example.com" },
    { idempotencyKey: "key-kept" },
  );
  await sim.stop();
  sim = await open();
  expect((await sim.stripe.customers.retrieve(made.id)).id).toBe(made.id);
  const again = await sim.stripe.customers.create(
    { email: "kept@example.com" },
    { idempotencyKey: "key-kept" },
  );
  expect(again.id).toBe(made.id);
  await sim.control.settled();
  expect(emailsThatArrived()).toEqual(["kept@example.com"]);
  expect((await sim.stripe.webhookEndpoints.list()).data).toHaveLength(1);
});

test("another process reads and moves it over HTTP", async () => {
  const control = (name: string, body?: object) =>
    fetch(`${sim.url}/_control/${name}`, body ? { method: "POST", body: JSON.stringify(body) } : {});
  const before = ((await (await control("now")).json()) as { now: number }).now;
  expect((await control("advance", { days: 2 })).status).toBe(200);
  const after = ((await (await control("now")).json()) as { now: number }).now;
  expect(after - before).toBeGreaterThanOrEqual(2 * 86_400);
  expect((await control("advance", { weeks: 2 })).status).toBe(400);
  expect((await control("nonsense", {})).status).toBe(404);
});
