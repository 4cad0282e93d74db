import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { makeOperator } from "../../../../tests/factories/operators";
import { eventOf, giveCustomer } from "../../../../tests/factories/stripe-events";
import {
  emptyProofTables,
  makeProof,
  makeProofTables,
  type Proof,
  storeFor,
  writtenBy,
} from "../../../../tests/factories/stripe-proof";
import { asSuperuser } from "../../../../tests/factories/superuser";
import { makeTenant } from "../../../../tests/factories/tenants";
import { travel } from "../../../platform/clock";
import { platformDb } from "../../../platform/db";
import { newId } from "../../../platform/ids";
import { internalRequest } from "../../../request";
import { bookReserve } from "../../../wallet/ledger";
import { ListStripeEvents, ReplayEvents } from "../../contract";
import { tenantOfCustomer } from "../customers";
import { ATTEMPTS_MAX } from "../dispatch/attempts";
import { drainEvents } from "../dispatch/dispatcher";
import { EventFault } from "../handler";
import { readIntakeOverview } from "../overview";
import { getStripeEvent } from "./event";
import { listStripeEvents } from "./events";
import { type Replayer, replayEvents, replayerOf } from "./replay";

let proof: Proof;
let replayer: Replayer;

beforeAll(async () => {
  await makeProofTables();
  const { session } = await makeOperator();
  replayer = replayerOf({ session, request: internalRequest() });
});
beforeEach(() => {
  proof = makeProof();
});
afterEach(async () => {
  travel(0);
  await emptyProofTables();
});

const replay = (input: object) => replayEvents(replayer, ReplayEvents.parse(input), proof.handlers);
const list = (query: object = {}) => listStripeEvents(ListStripeEvents.parse(query));
const dispatchOf = (eventId: string) =>
  platformDb().stripeEventDispatch.findFirstOrThrow({ where: { eventId } });
const replays = () =>
  platformDb().auditLog.findMany({ where: { action: "stripe_event.replay" }, orderBy: { seq: "asc" } });

async function payment(traits: Record<string, unknown> = {}) {
  const payment = `pi_${newId()}`;
  proof.payments.set(payment, 500);
  const event = eventOf("payment.succeeded", { object: { payment, ...traits } });
  await storeFor(proof, event);
  return event.id;
}

async function deadPayment() {
  const eventId = await payment();
  await asSuperuser("UPDATE stripe_event_dispatches SET attempts = $2 WHERE event_id = $1", [
    eventId,
    ATTEMPTS_MAX - 1,
  ]);
  proof.onFetch = async () => {
    throw new EventFault("Stripe is away");
  };
  await drainEvents(proof.handlers);
  proof.onFetch = async () => {};
  expect(await dispatchOf(eventId)).toMatchObject({ status: "dead" });
  return eventId;
}

test("an event that was given up is handled by its replay, and who replayed it is kept", async () => {
  const eventId = await deadPayment();
  const { items } = await replay({ eventId, reason: "Stripe is back" });
  expect(items).toMatchObject([
    { eventId, handler: "payment", before: "dead", after: "done", note: "Handled." },
  ]);
  expect((await writtenBy()).bookings).toHaveLength(1);
  const { replayedBy, attempts } = await dispatchOf(eventId);
  expect({ replayedBy, attempts }).toEqual({ replayedBy: replayer.actor.id, attempts: 1 });
  expect((await replays()).at(-1)?.metadata).toMatchObject({
    reason: "Stripe is back",
    handlers: ["payment"],
  });
});

test("replaying what is done changes nothing, says so, and is no deed", async () => {
  const eventId = await payment();
  await drainEvents(proof.handlers);
  const [before, deeds] = [await dispatchOf(eventId), (await replays()).length];
  const { items } = await replay({ eventId });
  expect(items).toMatchObject([
    { before: "done", after: "done", note: expect.stringContaining("nothing changes") },
  ]);
  expect(await dispatchOf(eventId)).toEqual(before);
  expect(await replays()).toHaveLength(deeds);
  expect(proof.fetches).toHaveLength(1);
});

test("of thirty replays at once one handles the event", async () => {
  const eventId = await deadPayment();
  await Promise.all(Array.from({ length: 30 }, () => replay({ eventId })));
  await drainEvents(proof.handlers);
  expect((await writtenBy()).bookings).toHaveLength(1);
  expect(await dispatchOf(eventId)).toMatchObject({ status: "done" });
});

test("an event of state that was given up is replayed by fetching its object now", async () => {
  proof.objects.set("th_1", "active");
  const event = eventOf("thing.updated", { object: { id: "th_1" } });
  await storeFor(proof, event);
  await asSuperuser("UPDATE stripe_object_syncs SET next_at = NULL");
  await asSuperuser("UPDATE stripe_event_dispatches SET status = 'dead'");
  proof.objects.set("th_1", "canceled");
  expect((await replay({ eventId: event.id })).items).toMatchObject([{ before: "dead", after: "done" }]);
  expect((await writtenBy()).objects).toEqual([{ id: "th_1", state: "canceled" }]);
});

test("an event that nobody heard is replayed to a handler that came since", async () => {
  const event = eventOf("payment.succeeded", { object: { payment: "pi_late" } });
  await storeFor({ ...proof, handlers: { states: [], moneys: [] } }, event);
  expect(await dispatchOf(event.id)).toMatchObject({ handler: "none", status: "ignored" });
  proof.payments.set("pi_late", 500);
  expect((await replay({ eventId: event.id })).items).toMatchObject([{ handler: "payment", after: "done" }]);
  expect((await writtenBy()).bookings).toHaveLength(1);
});

test("a filter replays what fits it and has not ended", async () => {
  const dead = [await deadPayment(), await deadPayment()];
  const other = await payment();
  const { items } = await replay({ filter: { status: "dead", type: "payment.succeeded" } });
  expect(items.map(({ eventId }) => eventId).sort()).toEqual(dead.sort());
  expect(items.every(({ after }) => after === "done")).toBe(true);
  expect(await dispatchOf(other)).toMatchObject({ status: "pending" });
});

test("a dry run says what would be written, and writes nothing", async () => {
  const { id: tenantId } = await makeTenant();
  const customer = await giveCustomer(tenantId);
  const handlers = {
    states: [],
    moneys: [
      {
        ...proof.handlers.moneys[0],
        name: "payment",
        eventTypes: ["payment.*"],
        fetch: async () => customer,
        book: async (tx: Parameters<typeof bookReserve>[0], _fetched: unknown) => {
          const owner = await tenantOfCustomer(tx, customer);
          await bookReserve(tx, owner, { kind: "topup", amountNano: 7n, sourceRef: "pi_dry" });
          return "done" as const;
        },
      },
    ],
  };
  const event = eventOf("payment.succeeded", { object: { payment: "pi_dry", customer } });
  await storeFor({ ...proof, handlers }, event);
  const input = ReplayEvents.parse({ eventId: event.id, dryRun: true });
  const { items } = await replayEvents(replayer, input, handlers);
  expect(items).toMatchObject([{ before: "pending", after: "pending", note: "This would be written." }]);
  const changes = items[0]?.changes ?? [];
  expect(changes.find(({ table }) => table === "ledger_entries")).toMatchObject({ kind: "added", row: "1" });
  expect(changes.find(({ table }) => table === "reserve_accounts")?.fields).toContainEqual({
    name: "balance_nano",
    before: "0",
    after: "7",
  });
  expect(await platformDb().ledgerEntry.count({ where: { tenantId } })).toBe(0);
  expect(await dispatchOf(event.id)).toMatchObject({ status: "pending", attempts: 0 });
});

test("a dry run of what would fail says why", async () => {
  const eventId = await payment({ customer: "cus_of_nobody" });
  const { items } = await replay({ eventId, dryRun: true });
  expect(items[0]?.note).toBe("It would fail. No workspace has the customer cus_of_nobody.");
});

test("events are found by workspace, type, status and day, and no page repeats or leaves out one", async () => {
  const mine = await makeTenant();
  const customer = await giveCustomer(mine.id);
  const ids: string[] = [];
  for (let count = 0; count < 7; count += 1) ids.push(await payment({ customer }));
  const others = eventOf("price.created");
  await storeFor(proof, others);
  await drainEvents(proof.handlers);
  const seen: string[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await list({ tenant: mine.slug, status: "done", limit: 3, ...(cursor ? { cursor } : {}) });
    seen.push(...page.items.map(({ eventId }) => eventId));
    cursor = page.nextCursor;
  } while (cursor);
  expect([...seen].sort()).toEqual([...ids].sort());
  const idsOf = async (query: object) => (await list(query)).items.map(({ eventId }) => eventId);
  expect(await idsOf({ type: "price.created" })).toEqual([others.id]);
  expect(await idsOf({ status: "ignored" })).toEqual([others.id]);
  expect(await idsOf({ tenant: "no-such-workspace" })).toEqual([]);
  expect(await idsOf({ to: "2020-01-01" })).toEqual([]);
  expect(await idsOf({ from: "2020-01-01", tenant: mine.id })).toHaveLength(7);
});

test("what opens a door at Stripe is not shown", async () => {
  const object = {
    id: "cs_1",
    client_secret: "cs_1_secret_x",
    url: "https://checkout.stripe.com/c/pay/x",
    amount: 5,
  };
  const event = eventOf("checkout.session.completed", { object });
  await storeFor(proof, event);
  const { payload, dispatches } = await getStripeEvent({ eventId: event.id });
  expect(payload).not.toContain("secret_x");
  expect(payload).not.toContain("checkout.stripe.com");
  expect(payload).toContain('"amount": 5');
  expect(dispatches).toMatchObject([{ handler: "none", status: "ignored" }]);
  await expect(getStripeEvent({ eventId: "evt_nothing" })).rejects.toMatchObject({ code: "not_found" });
});

test("operators see when the last event came, and how much has failed", async () => {
  await deadPayment();
  expect(await readIntakeOverview()).toMatchObject({ failed: 0, dead: 1, lastEventAt: expect.any(String) });
});
