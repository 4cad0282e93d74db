// A generated year of several workspaces at Stripe, told to three processes over HTTP: shuffled, doubled, lost and found
// later, by handlers that fail at random, while processes are killed. At the end of each month they have come to what one
// process has that heard everything in order, and each effect is there once. CHAOS_SEED repeats a year.

import { setTimeout as wait } from "node:timers/promises";
import fc from "fast-check";
import type Stripe from "stripe";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { all } from "../../scripts/stripe-simulator/world";
import { reconcileEvents } from "../../server/billing/intake/reconcile/events";
import { travel } from "../../server/platform/clock";
import { listWalletFaults } from "../../server/wallet/reconciliation";
import { ask } from "../factories/ask";
import { type BilledStripe, billedStripe } from "../factories/billing";
import { signed } from "../factories/stripe-events";
import { addWorkspace, type Copy, makeCopy, ownCopy, stateOf, untilWorkedOff } from "./billing-copies";
import { Life, type Month, year } from "./billing-year";
import { bundleInstance, type Instance, removeBundle, startInstance } from "./instances";

const WORKSPACES = 2;
const PROCESSES = 3;
const FAILURES = "0.15";
const TRIES_MAX = 400;
const SETTINGS = { LOG_LEVEL: "fatal", LOG_SINK: "stdout" };

const seed = Number(process.env["CHAOS_SEED"] ?? Date.now() % 1_000_000);

let billed: BilledStripe;
let chaotic: Copy;
let orderly: Awaited<ReturnType<typeof makeCopy>>;
/** Of the chaotic copy; a place is empty while its process is being replaced. */
const places: (Instance | undefined)[] = [];
let only: Instance | undefined;

beforeAll(async () => {
  console.log(`chaos seed ${seed}`);
  billed = await billedStripe();
  chaotic = ownCopy();
  orderly = await makeCopy({
    superuserUrl: inject("superuserUrl"),
    template: inject("templateDatabase"),
    passwords: inject("rolePasswords"),
  });
  await bundleInstance("billing");
}, 120_000);

afterAll(async () => {
  await Promise.all([...places, only].map((instance) => instance?.kill("SIGKILL")));
  await billed.stop();
  await orderly.drop();
  await removeBundle("billing");
}, 60_000);

function startChaotic(): Promise<Instance> {
  return startInstance({ ...SETTINGS, CHAOS_FAILURES: FAILURES }, "billing");
}

const live = () => places.filter((place) => place !== undefined);
const anyLive = () => live()[Math.floor(Math.random() * live().length)];

/** As Stripe delivers: again and again until it is taken. */
async function deliver(event: Stripe.Event, pick: () => Instance | undefined): Promise<void> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const { body, signature } = signed(event, { at: new Date() });
    const headers = { "stripe-signature": signature ?? "" };
    const { port } = pick() ?? {};
    const question = { method: "POST", headers, body };
    const answer =
      port === undefined ? null : await ask(port, "/webhooks/stripe", question).catch(() => null);
    if (answer?.status === 202) return;
    await wait(100);
  }
  throw new Error(`${event.id} was not taken`);
}

/** Everything Stripe has told so far, in order. */
const toldSoFar = () => all(billed.control.world, "event") as Stripe.Event[];

async function liveOneMonth(lives: Life[], { days, deeds }: Month): Promise<void> {
  billed.control.advance({ days });
  for (const [n, life] of lives.entries()) {
    const deed = deeds[n];
    if (deed) await life.do(deed);
  }
}

/** Tells the chaotic copy: each event in its own way, what is lost by way of the list, old ones once more. */
async function tellChaotically(told: Stripe.Event[], earlier: Stripe.Event[], month: Month): Promise<void> {
  const { ways, repeats, killed } = month;
  const again = repeats.flatMap((n) => earlier[n % (earlier.length || 1)] ?? []);
  const sent = told.flatMap((event, n) => {
    const { isLost, copies, rank } = ways[n % ways.length] ?? { isLost: false, copies: 1, rank: 0 };
    return isLost
      ? []
      : Array.from({ length: copies }, (_, copy) => ({ event, rank: (rank * (copy + 7)) % 9_973 }));
  });
  const order = sent.sort((a, b) => a.rank - b.rank).map(({ event }) => event);
  const delivering = Promise.all([...order, ...again].map((event) => deliver(event, anyLive)));
  const replacing = killed < PROCESSES ? replace(killed) : Promise.resolve();
  await Promise.all([delivering, replacing]);
  travel((billed.control.now() + 60) * 1_000 - Date.now());
  const { missing } = await reconcileEvents(new AbortController().signal);
  travel(0);
  const lost = told.filter((event) => !order.includes(event));
  // What Stripe has told since, in answer to what it was asked meanwhile, is on its way to nobody yet.
  const since = toldSoFar().slice(earlier.length + told.length);
  expect(missing).toBe(lost.length + since.length);
  const last = told.at(-1);
  await untilWorkedOff(chaotic, async () => last && deliver(last, anyLive));
}

async function tellInOrder(told: Stripe.Event[]): Promise<void> {
  for (const event of told) await deliver(event, () => only);
  const last = told.at(-1);
  await untilWorkedOff(orderly, async () => last && deliver(last, () => only));
}

async function replace(place: number): Promise<void> {
  const killed = places[place];
  // Some of what it was told is under way by then.
  await wait(20);
  places[place] = undefined;
  await killed?.kill("SIGKILL");
  places[place] = await startChaotic();
}

test("whatever comes in whatever order, how often and through whatever crashes, a year ends as if heard in order once", async () => {
  const started = Array.from({ length: PROCESSES }, () => startChaotic());
  only = await startInstance({ ...SETTINGS, ...orderly.environment }, "billing");
  places.push(...(await Promise.all(started)));
  billed.control.advance({ days: -500 });
  await fc.assert(
    fc.asyncProperty(year(WORKSPACES), async (months) => {
      let heard = toldSoFar().length;
      const lives = await Promise.all(Array.from({ length: WORKSPACES }, () => Life.begin(billed)));
      const workspaces = lives.map(({ workspace }) => workspace);
      for (const workspace of workspaces) await addWorkspace([chaotic, orderly], workspace);
      for (const [n, month] of months.entries()) {
        await liveOneMonth(lives, month);
        const told = toldSoFar();
        const fresh = told.slice(heard);
        await Promise.all([tellChaotically(fresh, told.slice(0, heard), month), tellInOrder(fresh)]);
        heard = told.length;
        expect(await stateOf(chaotic, workspaces), `month ${n + 1}`).toEqual(
          await stateOf(orderly, workspaces),
        );
      }
      console.log(
        `${heard} events in ${months.length} months, ${months.reduce((sum, { days }) => sum + days, 0)} days`,
      );
      for (const { tenantId } of workspaces) expect(await listWalletFaults(tenantId)).toEqual([]);
    }),
    { seed, numRuns: 1, endOnFailure: true },
  );
}, 900_000);
