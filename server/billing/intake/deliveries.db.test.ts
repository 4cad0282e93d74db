import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { action, loader } from "../../../app/routes/webhooks.stripe";
import { startTestServer, type TestServer } from "../../../tests/factories/http";
import { eventOf, giveCustomer, signed } from "../../../tests/factories/stripe-events";
import { setUpStripe } from "../../../tests/factories/stripe-settings";
import { makeTenant } from "../../../tests/factories/tenants";
import { now, travel } from "../../platform/clock";
import { config, resetConfig } from "../../platform/config";
import { platformDb } from "../../platform/db";
import { newId } from "../../platform/ids";
import { type Delivery, takeDelivery } from "./deliveries";

const OLD_SECRET = `whsec_${newId()}`;
const NEW_SECRET = `whsec_${newId()}`;
const SECOND_MS = 1_000;

let web: TestServer;

beforeAll(async () => {
  setUpStripe({ webhookSecret: `${NEW_SECRET}, ${OLD_SECRET}` });
  web = await startTestServer({ "/webhooks/stripe": { loader, action } as never });
});
afterEach(() => travel(0));
afterAll(() => web.close());

function post({ body, signature }: Delivery, headers: Record<string, string> = {}) {
  const signing = signature === null ? {} : { "stripe-signature": signature };
  return web.ask("/webhooks/stripe", { method: "POST", body, headers: { ...signing, ...headers } });
}

const countAll = () => platformDb().stripeEvent.count();
const stored = (id: string) =>
  platformDb().stripeEvent.findUniqueOrThrow({ where: { eventId: id }, include: { dispatches: true } });

/** Every type of the SDK's union of events, as its declarations name them. */
function typesOfSdk(): string[] {
  const entry = createRequire(import.meta.url).resolve("stripe");
  const path = join(dirname(entry), "resources", "Events.d.ts");
  const types = [...readFileSync(path, "utf8").matchAll(/^ {4}type: '([\w.]+)';$/gm)].map(
    ([, type]) => type ?? "",
  );
  return [...new Set(types)];
}

test("every type of event that Stripe knows, and one that it does not, is stored before it is answered 202", async () => {
  const types = typesOfSdk();
  expect(types.length).toBeGreaterThan(200);
  for (const type of [...types, "a.type.of_tomorrow"]) {
    const event = eventOf(type, { object: { id: `obj_${newId()}`, object: "thing" } });
    expect(await takeDelivery(signed(event))).toBe(202);
    const { dispatches, ...row } = await stored(event.id);
    expect(row).toMatchObject({ type, source: "webhook", deliveryCount: 1, objectType: "thing" });
    expect(dispatches.length).toBeGreaterThan(0);
  }
});

test("an event that nobody hears has a visible fate", async () => {
  const event = eventOf("a.type.of_tomorrow");
  await takeDelivery(signed(event));
  expect((await stored(event.id)).dispatches).toMatchObject([{ handler: "none", status: "ignored" }]);
});

test("what is stored is the body, byte for byte", async () => {
  const event = eventOf("price.created", { object: { id: "price_1", nickname: "Grün \u{1f33f}" } });
  const text = JSON.stringify(event, null, 2);
  expect((await post(signed(text))).status).toBe(202);
  const row = await stored(event.id);
  expect(Buffer.from(row.rawBody).toString()).toBe(text);
  expect(row.payload).toEqual(event);
});

test("text that a database cannot hold does not keep an event out", async () => {
  const event = eventOf("price.created", { object: { id: "price_1", nickname: "a\0b\ud800c" } });
  expect(await takeDelivery(signed(event))).toBe(202);
  expect((await stored(event.id)).payload).toMatchObject({
    data: { object: { nickname: "a\ufffdb\ufffdc" } },
  });
});

test("a body that was changed, a wrong secret, an old signature and none store nothing", async () => {
  const before = await countAll();
  const event = eventOf("price.created");
  const good = signed(event);
  const tampered = Buffer.from(good.body.toString().replace("price.created", "price.deleted"));
  const refused: Delivery[] = [
    { ...good, body: tampered },
    { ...good, body: Buffer.concat([good.body, Buffer.from(" ")]) },
    { ...good, signature: null },
    { ...good, signature: "" },
    { ...good, signature: "t=1,v1=00" },
    signed(event, { secret: `whsec_${newId()}` }),
    signed(event, { at: new Date(now().getTime() - 301 * SECOND_MS) }),
    signed("no json"),
    signed("[]"),
    signed(JSON.stringify({ ...event, id: "" })),
    signed(JSON.stringify({ ...event, id: "evt_\0" })),
    signed(JSON.stringify({ ...event, type: 5 })),
  ];
  for (const delivery of refused) expect((await post(delivery)).status).toBe(400);
  expect(await countAll()).toBe(before);
});

test("a signature holds for 300 seconds and no longer", async () => {
  const delivery = signed(eventOf("price.created"));
  travel(299 * SECOND_MS);
  expect(await takeDelivery(delivery)).toBe(202);
  travel(302 * SECOND_MS);
  expect(await takeDelivery(delivery)).toBe(400);
});

test("while a secret is rotated both are good; afterwards the old one is not", async () => {
  for (const secret of [OLD_SECRET, NEW_SECRET])
    expect(await takeDelivery(signed(eventOf("price.created"), { secret }))).toBe(202);
  process.env["STRIPE_WEBHOOK_SECRET"] = NEW_SECRET;
  resetConfig();
  expect(await takeDelivery(signed(eventOf("price.created"), { secret: OLD_SECRET }))).toBe(400);
  expect(await takeDelivery(signed(eventOf("price.created")))).toBe(202);
});

test("an event of the other mode is none of ours", async () => {
  const event = eventOf("price.created", { livemode: true });
  expect(await takeDelivery(signed(event))).toBe(400);
  expect(await platformDb().stripeEvent.findUnique({ where: { eventId: event.id } })).toBeNull();
});

test("of thirty deliveries at once one is stored and all are counted", async () => {
  const event = eventOf("price.created");
  const answers = await Promise.all(Array.from({ length: 30 }, () => takeDelivery(signed(event))));
  expect(new Set(answers)).toEqual(new Set([202]));
  const row = await stored(event.id);
  expect(row).toMatchObject({ deliveryCount: 30 });
  expect(row.dispatches).toHaveLength(1);
});

test("whose an event is, its customer says, and metadata does not", async () => {
  const [mine, theirs] = [await makeTenant(), await makeTenant()];
  const customer = await giveCustomer(mine.id);
  const metadata = { tenant_id: theirs.id };
  const honest = eventOf("price.created", { object: { customer, metadata: { tenant_id: mine.id } } });
  const forged = eventOf("price.created", { object: { customer, metadata } });
  const stray = eventOf("price.created", { object: { metadata } });
  for (const event of [honest, forged, stray]) expect(await takeDelivery(signed(event))).toBe(202);
  expect((await stored(honest.id)).tenantId).toBe(mine.id);
  expect((await stored(forged.id)).tenantId).toBe(mine.id);
  expect((await stored(stray.id)).tenantId).toBeNull();
});

test("a body above 512 KiB is refused unread", async () => {
  const body = Buffer.alloc(512 * 1_024 + 1, 32);
  expect((await post({ body, signature: "t=1,v1=00" })).status).toBe(413);
});

test("Stripe needs no page of ours to come from, and nothing but POST is answered", async () => {
  const foreign = { origin: "https://hooks.stripe.com", "sec-fetch-site": "cross-site" };
  expect((await post(signed(eventOf("price.created")), foreign)).status).toBe(202);
  for (const method of ["GET", "PUT", "PATCH", "DELETE"]) {
    const { status, headers } = await web.ask("/webhooks/stripe", { method });
    expect({ status, allow: headers.allow }).toEqual({ status: 405, allow: "POST" });
  }
});

test("without billing there is nothing at this address", async () => {
  const delivery = signed(eventOf("price.created"));
  process.env["ENABLE_BILLING"] = "false";
  resetConfig();
  expect(config().billing.stripe).toBeNull();
  expect((await post(delivery)).status).toBe(404);
  expect((await web.ask("/webhooks/stripe", {})).status).toBe(404);
  process.env["ENABLE_BILLING"] = "true";
  resetConfig();
});
