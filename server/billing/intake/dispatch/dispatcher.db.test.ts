// Deliveries as they really come: out of order, twice, dropped and found later, to several dispatchers at once, which fail
// at random. What is left in the end is what one delivery in order would have left.
import fc from "fast-check";
import type Stripe from "stripe";
import { afterEach, beforeAll, expect, test } from "vitest";
import { eventOf } from "../../../../tests/factories/stripe-events";
import {
  emptyProofTables,
  makeProof,
  makeProofTables,
  storeFor,
  writtenBy,
} from "../../../../tests/factories/stripe-proof";
import { travel } from "../../../platform/clock";
import { platformDb } from "../../../platform/db";
import { EventFault } from "../handler";
import { nudgeDispatcher } from "../nudge";
import { drainEvents, startEventDispatcher, stopEventDispatcher } from "./dispatcher";

const HOUR_MS = 3_600_000;
const STATES = ["incomplete", "trialing", "active", "past_due", "canceled"] as const;

beforeAll(makeProofTables);
afterEach(clear);

/** What happened at "Stripe", in order: an object took a state, or a payment was made and announced by up to three events. */
const Step = fc.oneof(
  fc.record({ object: fc.constantFrom("th_1", "th_2", "th_3"), state: fc.constantFrom(...STATES) }),
  fc.record({ payment: fc.constantFrom("pi_1", "pi_2"), announcements: fc.integer({ min: 1, max: 3 }) }),
);

/** An event, and how it gets here: how often, and in which of three waves. */
const Fate = fc.record({ copies: fc.integer({ min: 1, max: 3 }), wave: fc.nat(2), rank: fc.nat(1_000) });

interface Delivered {
  event: Stripe.Event;
  copies: number;
  wave: number;
  rank: number;
}

test("whatever the order, the repetition, the losses and the failures, the end is that of one delivery in order", async () => {
  const history = fc.array(fc.tuple(Step, fc.array(Fate, { minLength: 3, maxLength: 3 })), {
    minLength: 1,
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(history, fc.infiniteStream(fc.nat(4)), async (steps, chances) => {
      await clear();
      const proof = makeProof();
      const canceled = new Set<string>();
      const deliveries: Delivered[] = [];
      for (const [step, fates] of steps) {
        if ("payment" in step) {
          proof.payments.set(step.payment, 700);
          const types = ["payment.succeeded", "checkout.paid", "invoice.paid"].slice(0, step.announcements);
          types.forEach((type, at) => {
            const event = eventOf(type, { object: { payment: step.payment } });
            deliveries.push({ event, ...(fates[at] ?? { copies: 1, wave: 0, rank: 0 }) });
          });
        } else if (!canceled.has(step.object)) {
          proof.objects.set(step.object, step.state);
          if (step.state === "canceled") canceled.add(step.object);
          const event = eventOf(`thing.${step.state}`, { object: { id: step.object, state: step.state } });
          deliveries.push({ event, ...(fates[0] ?? { copies: 1, wave: 0, rank: 0 }) });
        }
      }
      const failing = async () => {
        if (chances.next().value === 0) throw new EventFault("by chance");
      };
      proof.onFetch = failing;
      proof.onWrite = failing;
      for (const wave of [0, 1, 2]) {
        const copies = deliveries
          .filter((one) => one.wave === wave)
          .flatMap((one) => Array<Delivered>(one.copies).fill(one));
        copies.sort((a, b) => a.rank - b.rank);
        const storing = Promise.all(copies.map(({ event }) => storeFor(proof, event)));
        await Promise.all([drainEvents(proof.handlers), storing, drainEvents(proof.handlers)]);
      }
      proof.onFetch = async () => {};
      proof.onWrite = async () => {};
      for (let round = 1; round <= 2; round += 1) {
        travel(round * HOUR_MS);
        await Promise.all([1, 2, 3].map(() => drainEvents(proof.handlers)));
      }
      const objects = [...proof.objects].map(([id, state]) => ({ id, state }));
      const bookings = [...proof.payments].map(([payment, amount]) => ({ payment, amount }));
      expect(await writtenBy()).toEqual({
        objects: objects.sort((a, b) => (a.id < b.id ? -1 : 1)),
        bookings: bookings.sort((a, b) => (a.payment < b.payment ? -1 : 1)),
      });
      const open = { status: { notIn: ["done" as const, "ignored" as const] } };
      expect(await platformDb().stripeEventDispatch.count({ where: open })).toBe(0);
    }),
    { numRuns: 15 },
  );
});

test("a nudge has an event handled at once, and a process that ends finishes what it began", async () => {
  const proof = makeProof();
  await startEventDispatcher(proof.handlers);
  await startEventDispatcher(proof.handlers);
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  proof.onFetch = async () => {
    begin();
    await released;
  };
  proof.payments.set("pi_1", 500);
  await storeFor(proof, eventOf("payment.succeeded", { object: { payment: "pi_1" } }));
  nudgeDispatcher();
  await begun;
  const stopping = stopEventDispatcher();
  release();
  await stopping;
  expect((await writtenBy()).bookings).toEqual([{ payment: "pi_1", amount: 500 }]);
  expect(proof.fetches).toEqual(["pi_1"]);
});

async function clear() {
  await stopEventDispatcher();
  travel(0);
  await emptyProofTables();
}
