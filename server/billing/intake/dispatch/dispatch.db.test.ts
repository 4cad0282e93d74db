import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { crashAtEveryStep } from "../../../../tests/factories/crashes";
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
import { EventFault } from "../handler";
import { ATTEMPTS_MAX, delayAfter, LEASE_MS } from "./attempts";
import { drainEvents } from "./dispatcher";
import { claimMoney, claimMoneys, handleMoney } from "./moneys";
import { claimObject, claimObjects, syncObject } from "./objects";

const HOUR_MS = 3_600_000;
let proof: Proof;

beforeAll(makeProofTables);
beforeEach(() => {
  proof = makeProof();
});
afterEach(async () => {
  travel(0);
  await emptyProofTables();
});

const drain = () => drainEvents(proof.handlers);
const dispatchOf = (eventId: string) =>
  platformDb().stripeEventDispatch.findFirstOrThrow({ where: { eventId } });

async function payment(traits: { id?: string; type?: string; customer?: string; metadata?: object } = {}) {
  const { id = `pi_${newId()}`, type = "payment.succeeded", ...rest } = traits;
  proof.payments.set(id, 500);
  const event = eventOf(type, { object: { payment: id, ...rest } });
  await storeFor(proof, event);
  return { id, eventId: event.id };
}

async function moved(id: string, state: string) {
  proof.objects.set(id, state);
  const event = eventOf("thing.updated", { object: { id } });
  await storeFor(proof, event);
  return event.id;
}

test("what was paid is booked in the transaction that ends its event, or both are not", async () => {
  const { id, eventId } = await payment();
  proof.onWrite = async () => {
    throw new EventFault("not now");
  };
  await drain();
  expect((await writtenBy()).bookings).toEqual([]);
  expect(await dispatchOf(eventId)).toMatchObject({ status: "failed", attempts: 1, lastError: "not now" });
  proof.onWrite = async () => {};
  await drain();
  expect(await dispatchOf(eventId)).toMatchObject({ attempts: 1 });
  travel(30_001);
  await drain();
  expect((await writtenBy()).bookings).toEqual([{ payment: id, amount: 500 }]);
  expect(await dispatchOf(eventId)).toMatchObject({
    status: "done",
    attempts: 2,
    lastError: null,
    leaseOwner: null,
  });
});

test("attempts follow each other after 30 s, 1, 2, 4, 8 and then about 10 minutes, for about a day", () => {
  expect([1, 2, 3, 4, 5].map(delayAfter)).toEqual([30_000, 60_000, 120_000, 240_000, 480_000]);
  for (let attempt = 6; attempt < ATTEMPTS_MAX; attempt += 1) {
    expect(delayAfter(attempt)).toBeGreaterThanOrEqual(9 * 60_000);
    expect(delayAfter(attempt)).toBeLessThanOrEqual(11 * 60_000);
  }
  expect((ATTEMPTS_MAX - 5) * 10).toBeGreaterThan(23 * 60);
});

test.each([0, 1, 4, ATTEMPTS_MAX - 1])(
  "an event that fails %i times is done the time after",
  async (failures) => {
    const { eventId } = await payment();
    await asSuperuser("UPDATE stripe_event_dispatches SET attempts = $1", [Math.max(0, failures - 2)]);
    let left = Math.min(failures, 2);
    proof.onFetch = async () => {
      left -= 1;
      if (left >= 0) throw new EventFault("Stripe is away");
    };
    for (let round = 1; round <= 3; round += 1) {
      travel(round * HOUR_MS);
      await drain();
    }
    expect(await dispatchOf(eventId)).toMatchObject({ status: "done", attempts: failures + 1 });
    expect((await writtenBy()).bookings).toHaveLength(1);
  },
);

test("an event that fails to the last is given up, and no more tried", async () => {
  const { eventId } = await payment();
  await asSuperuser("UPDATE stripe_event_dispatches SET attempts = $1", [ATTEMPTS_MAX - 1]);
  proof.onFetch = async () => {
    throw new EventFault("Stripe is away");
  };
  await drain();
  expect(await dispatchOf(eventId)).toMatchObject({ status: "dead", attempts: ATTEMPTS_MAX, nextAt: null });
  travel(24 * HOUR_MS);
  expect(await drain()).toBe(0);
});

test("of what is thrown, only what was written for operators is kept", async () => {
  const { eventId } = await payment();
  proof.onFetch = async () => {
    throw Object.assign(new TypeError("ann@example.com"), { code: "E_ODD" });
  };
  await drain();
  expect((await dispatchOf(eventId)).lastError).toBe("TypeError E_ODD");
});

test("who lost the lease to another writes nothing", async () => {
  const { id, eventId } = await payment();
  const [first] = await claimMoneys(1);
  expect(await claimMoneys(1)).toEqual([]);
  travel(LEASE_MS + 1);
  const [second] = await claimMoneys(1);
  if (!first || !second) throw new Error("both are claimed");
  expect(await handleMoney(second, proof.handlers)).toBe("done");
  expect(await handleMoney(first, proof.handlers)).toBe("lost");
  expect((await writtenBy()).bookings).toEqual([{ payment: id, amount: 500 }]);
  expect(await dispatchOf(eventId)).toMatchObject({ status: "done", attempts: 2 });
});

test("of thirty that reach for one event, one gets it", async () => {
  const { eventId } = await payment();
  const { id } = await dispatchOf(eventId);
  const claims = await Promise.all(Array.from({ length: 30 }, () => claimMoney(id)));
  expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
});

test("three events that announce one payment book it once, in whatever order they come", async () => {
  const types = ["payment.succeeded", "checkout.paid", "invoice.paid"];
  const orders = types.flatMap((a) => types.flatMap((b) => types.map((c) => [a, b, c])));
  const sixOrders = orders.filter((order) => new Set(order).size === 3);
  expect(sixOrders).toHaveLength(6);
  for (const order of sixOrders) {
    const id = `pi_${newId()}`;
    for (const type of order) await payment({ id, type });
    await Promise.all([drain(), drain()]);
    const rows = await platformDb().stripeEventDispatch.groupBy({ by: ["status"], _count: true });
    expect(rows.find(({ status }) => status === "done")?._count).toBe((await writtenBy()).bookings.length);
    expect((await writtenBy()).bookings.filter((booking) => booking.payment === id)).toHaveLength(1);
  }
});

test("an event whose metadata names another workspace is kept, and handled by nobody", async () => {
  const [mine, theirs] = [await makeTenant(), await makeTenant()];
  const customer = await giveCustomer(mine.id);
  const { eventId } = await payment({ customer, metadata: { tenant_id: theirs.id } });
  travel(HOUR_MS);
  expect(await drain()).toBe(0);
  const dispatch = await dispatchOf(eventId);
  expect(dispatch).toMatchObject({ status: "failed", attempts: 0, nextAt: null });
  expect(dispatch.lastError).toContain("another workspace");
  expect((await writtenBy()).bookings).toEqual([]);
});

test("an event that comes before our own row of its customer waits for it, and is the workspace's then", async () => {
  const customer = `cus_${newId()}`;
  const { eventId } = await payment({ customer });
  await drain();
  expect(await dispatchOf(eventId)).toMatchObject({ status: "failed" });
  const { id: tenantId } = await makeTenant();
  await giveCustomer(tenantId, customer);
  travel(HOUR_MS);
  await drain();
  expect(await dispatchOf(eventId)).toMatchObject({ status: "done" });
  expect(await platformDb().stripeEvent.findUnique({ where: { eventId } })).toMatchObject({ tenantId });
});

test("an object is fetched once for all the events that came before, and all of them are done", async () => {
  const ids = [await moved("th_1", "new"), await moved("th_1", "active"), await moved("th_1", "late")];
  expect(await drain()).toBe(1);
  expect(proof.fetches).toEqual(["th_1"]);
  for (const id of ids) expect(await dispatchOf(id)).toMatchObject({ status: "done" });
  expect((await writtenBy()).objects).toEqual([{ id: "th_1", state: "late" }]);
});

test("an event that comes while its object is fetched has it fetched again", async () => {
  const first = await moved("th_1", "active");
  let second = "";
  proof.onFetch = async () => {
    if (second === "") second = await moved("th_1", "canceled");
  };
  expect(await drain()).toBe(2);
  expect((await writtenBy()).objects).toEqual([{ id: "th_1", state: "canceled" }]);
  for (const id of [first, second]) expect(await dispatchOf(id)).toMatchObject({ status: "done" });
});

test("what was fetched earlier is never written after what was fetched later", async () => {
  await moved("th_1", "active");
  const slow = await claimObject("th_1");
  if (!slow) throw new Error("it is claimed");
  proof.onFetch = async () => {
    proof.onFetch = async () => {};
    // The slow one has read; its lease runs out before it writes.
    await moved("th_1", "canceled");
    travel(LEASE_MS + 1);
    const [quick] = await claimObjects(1);
    if (!quick) throw new Error("it is claimed again");
    expect(await syncObject(quick, proof.handlers)).toBe("synced");
  };
  expect(await syncObject(slow, proof.handlers)).toBe("lost");
  expect((await writtenBy()).objects).toEqual([{ id: "th_1", state: "canceled" }]);
});

test("an object that was given up is taken up by its next event, which ends the earlier ones too", async () => {
  const first = await moved("th_1", "active");
  await asSuperuser("UPDATE stripe_object_syncs SET attempts = $1", [ATTEMPTS_MAX - 1]);
  proof.onFetch = async () => {
    throw new EventFault("Stripe is away");
  };
  await drain();
  expect(await dispatchOf(first)).toMatchObject({ status: "dead", lastError: "Stripe is away" });
  travel(24 * HOUR_MS);
  expect(await drain()).toBe(0);
  proof.onFetch = async () => {};
  const second = await moved("th_1", "late");
  await drain();
  for (const id of [first, second])
    expect(await dispatchOf(id)).toMatchObject({ status: "done", lastError: null });
});

test("however often the database breaks, each event ends once and is booked once", async () => {
  const { eventId } = await payment({ id: "pi_crash" });
  const object = await moved("th_crash", "active");
  let rounds = 0;
  const isDone = async () => {
    const ends = [await dispatchOf(eventId), await dispatchOf(object)];
    return ends.every(({ status }) => status === "done");
  };
  const broken = await crashAtEveryStep(async () => {
    rounds += 1;
    travel(rounds * HOUR_MS);
    await drain();
  }, isDone);
  expect(broken).toBeGreaterThan(1);
  expect(await writtenBy()).toEqual({
    objects: [{ id: "th_crash", state: "active" }],
    bookings: [{ payment: "pi_crash", amount: 500 }],
  });
});

test("a delivery whose answer was lost is counted when it comes again, and nothing else", async () => {
  const event = eventOf("payment.succeeded", { object: { payment: "pi_again" } });
  proof.payments.set("pi_again", 500);
  expect(await storeFor(proof, event)).toBe("stored");
  await drain();
  expect(await storeFor(proof, event)).toBe("repeated");
  expect(await drain()).toBe(0);
  expect((await writtenBy()).bookings).toHaveLength(1);
});
