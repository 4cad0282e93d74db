import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import {
  type BilledStripe,
  billedStripe,
  bringHome,
  makeSubscribed,
  type Subscribed,
} from "../../../../tests/factories/billing";
import { addMember } from "../../../../tests/factories/tenants";
import { travel } from "../../../platform/clock";
import { platformDb } from "../../../platform/db";
import { subscriptionSync } from "../sync";
import { reconcileSeats } from "./seats";

const HOUR_MS = 3_600_000;

let billed: BilledStripe;

beforeAll(async () => {
  billed = await billedStripe();
});
afterEach(() => travel(0));
afterAll(() => billed.stop());

async function itemOf({ subscriptionId }: Subscribed) {
  const [item] = (await billed.stripe.subscriptions.retrieve(subscriptionId)).items.data;
  if (!item) throw new Error("a subscription has an item");
  return item;
}

const seatsAtStripe = async (subscribed: Subscribed) => (await itemOf(subscribed)).quantity;

/** Changes of this subscription that Stripe was asked for: what is asked again under the same key is the same one. */
function changesAsked({ subscriptionId }: Subscribed) {
  const asked = billed.control
    .received()
    .filter(({ method, path }) => method === "POST" && path === `/v1/subscriptions/${subscriptionId}`);
  return [...new Map(asked.map((call) => [call.idempotencyKey, call])).values()];
}

async function reconcile({ tenant, subscriptionId }: Subscribed): Promise<void> {
  await reconcileSeats(tenant.scope.tenantId);
  await bringHome(subscriptionSync, subscriptionId);
}

async function leave({ tenant }: Subscribed, userId: string): Promise<void> {
  await platformDb().tenantMember.deleteMany({ where: { tenantId: tenant.id, userId } });
}

/** Always the same "random" numbers: a fault is a fault again. */
function dice(seed: number) {
  let state = seed;
  return (sides: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * sides);
  };
}

test.each([3, 17])(
  "whoever joins and leaves, seats follow with one change for each rise and none for anything else (%i)",
  async (seed) => {
    const subscribed = await makeSubscribed(billed);
    const { tenant } = subscribed;
    const roll = dice(seed);
    const people: string[] = [];
    let [billedSeats, rises] = [1, 0];
    for (let turn = 0; turn < 8; turn += 1) {
      const deeds = 1 + roll(3);
      for (let deed = 0; deed < deeds; deed += 1) {
        const leaver = roll(2) === 0 ? people.pop() : undefined;
        if (leaver !== undefined) await leave(subscribed, leaver);
        else if (people.length < 9) people.push((await addMember(tenant)).user.id);
      }
      const wanted = people.length + 1;
      if (wanted > billedSeats) {
        billedSeats = wanted;
        rises += 1;
      }
      await Promise.all([1, 2].map(() => reconcileSeats(tenant.scope.tenantId)));
      await reconcile(subscribed);
      expect(await seatsAtStripe(subscribed)).toBe(billedSeats);
      expect(changesAsked(subscribed)).toHaveLength(rises);
    }
  },
);

test("seats that people left are let go in the last day of the period, without credit, and once", async () => {
  const subscribed = await makeSubscribed(billed, { seats: 4 });
  const { current_period_end: end } = await itemOf(subscribed);
  travel(end * 1_000 - Date.now() - 25 * HOUR_MS);
  await reconcile(subscribed);
  expect(await seatsAtStripe(subscribed)).toBe(4);
  travel(end * 1_000 - Date.now() - 23 * HOUR_MS);
  for (let time = 0; time < 3; time += 1) await reconcile(subscribed);
  expect(await seatsAtStripe(subscribed)).toBe(1);
  const [change, ...more] = changesAsked(subscribed);
  expect(more).toEqual([]);
  expect(change?.parameters).toMatchObject({ proration_behavior: "none" });
  const next = await billed.stripe.invoices.createPreview({ subscription: subscribed.subscriptionId });
  expect(next.lines.data.map(({ amount }) => amount)).toEqual([1_900]);
});

test("what was changed at Stripe behind our back is brought back to those who belong", async () => {
  const subscribed = await makeSubscribed(billed);
  const { tenant, subscriptionId } = subscribed;
  await addMember(tenant);
  await reconcile(subscribed);
  const { id } = await itemOf(subscribed);
  await billed.stripe.subscriptions.update(subscriptionId, { items: [{ id, quantity: 1 }] });
  await reconcile(subscribed);
  expect(await seatsAtStripe(subscribed)).toBe(2);
  expect(await platformDb().subscription.findFirst({ where: { tenantId: tenant.id } })).toMatchObject({
    seatsBilled: 2,
  });
});
