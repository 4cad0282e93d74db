// The hand in the machine, in this process by method, from another one by
// POST /_control/<method> with the parameters as JSON.
import type Stripe from "stripe";
import { finishProcessing } from "./after-payment";
import type { Received } from "./api";
import { renewAlone } from "./clocks";
import type { Hand } from "./control-hand";
import { controlRoutes } from "./control-routes";
import type { Deliveries } from "./deliveries";
import { closeDispute, openDispute } from "./disputes";
import type { Faults } from "./faults";
import { failRefund } from "./refunds";
import { runDue } from "./renewals";
import { all, type Behaviour, type DunningEnd, get, idOf, secondsNow, type World } from "./world";

/** The hand, and its door for other processes. */
export type Control = Hand & { answer: ReturnType<typeof controlRoutes> };

interface Parts {
  world: World;
  deliveries: Deliveries;
  faults: Faults;
  received: Received[];
}

export function openControl({ world, deliveries, faults, received }: Parts): Control {
  const hand: Hand = {
    world,
    ...clockOf(world),
    ...moneyOf(world),
    ...deliveriesOf(world, deliveries),
    fail: (fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
    received: () => [...received],
    forgetReceived: () => {
      received.splice(0);
    },
  };
  return { ...hand, answer: controlRoutes(hand) };
}

function clockOf(world: World) {
  const advance = ({ days = 0, seconds = 0 }: { days?: number; seconds?: number }) => {
    world.clockOffsetSeconds += days * 86_400 + seconds;
    runDue(world);
  };
  return {
    advance,
    now: () => secondsNow(world),
    runDue: () => runDue(world),
    renew: (subscriptionId: string) => {
      const { items } = get(world, "subscription", subscriptionId);
      const end = items.data[0]?.current_period_end ?? 0;
      advance({ seconds: Math.max(0, end - secondsNow(world)) + 1 });
    },
    renewAlone: (subscriptionId: string) => renewAlone(world, get(world, "subscription", subscriptionId)),
  };
}

function moneyOf(world: World) {
  return {
    declineNext: (count = 1) => {
      world.declinesLeft += count;
    },
    setBehaviour: (id: string, behaviour: Behaviour) => {
      const methods = all(world, "payment_method").filter(
        (method) => method.id === id || method.customer === id,
      );
      if (methods.length === 0) throw new Error(`${id} is no payment method and has none.`);
      for (const method of methods) world.behaviours[method.id] = behaviour;
    },
    endDunningWith: (end: DunningEnd) => {
      world.dunningEnd = end;
    },
    finish: (id: string, hasSucceeded: boolean) =>
      finishProcessing(world, get(world, "payment_intent", id), hasSucceeded),
    dispute: (id: string, wanted: { amount?: number; reason?: string } = {}) =>
      openDispute(world, chargeOf(world, id), wanted),
    closeDispute: (id: string, status: "won" | "lost") =>
      closeDispute(world, get(world, "dispute", id), status),
    failRefund: (id: string) => failRefund(world, get(world, "refund", id)),
  };
}

function chargeOf(world: World, id: string): Stripe.Charge {
  if (id.startsWith("ch_")) return get(world, "charge", id);
  const { latest_charge } = get(world, "payment_intent", id);
  if (!latest_charge) throw new Error(`${id} has no charge.`);
  return get(world, "charge", idOf(latest_charge));
}

function deliveriesOf(world: World, deliveries: Deliveries) {
  const { mode } = deliveries;
  return {
    holdEvents: () => {
      mode.isHeld = true;
    },
    releaseEvents: (order: "as_made" | "backwards" | { seed: number } = "as_made") =>
      deliveries.release((ids) => {
        if (order === "as_made") return ids;
        return order === "backwards" ? [...ids].reverse() : shuffled(ids, order.seed);
      }),
    dropEvents: (isDropping: boolean) => {
      mode.isDropping = isDropping;
    },
    copyEvents: (copies: number) => {
      mode.copies = copies;
    },
    delayEvents: (ms: number) => {
      mode.delayMs = ms;
    },
    redeliver: (eventId: string) => {
      get(world, "event", eventId);
      deliveries.redeliver(eventId);
    },
    sent: () => [...deliveries.sent],
    settled: () => deliveries.settled(),
  };
}

/** The same seed draws the same order (Fisher-Yates over mulberry32). */
function shuffled(ids: string[], seed: number): string[] {
  const order = [...ids];
  let state = seed >>> 0;
  const draw = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(draw() * (last + 1));
    [order[last], order[other]] = [order[other] as string, order[last] as string];
  }
  return order;
}
