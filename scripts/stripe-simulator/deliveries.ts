// Webhooks on their way: each event goes to each endpoint that wants it, signed, and again with growing pauses until it is
// taken. On request they are held back, shuffled, doubled, dropped or late; the list of events knows them all the same.
import type Stripe from "stripe";
import { matches } from "./endpoints";
import { send } from "./webhook-send";
import { all, find, type World } from "./world";

const ATTEMPTS_MAX = 12;
const RETRY_FIRST_MS = 250;
const RETRY_LAST_MS = 300_000;
/** Remembered deliveries; the oldest are forgotten. */
const SENT_MAX = 20_000;

interface Delivery {
  eventId: string;
  endpointId: string;
  attempt: number;
}

/** How deliveries behave until they are told otherwise. */
export interface DeliveryMode {
  /** Waits for `release`. */
  isHeld: boolean;
  /** Never delivered; still in the list of events. */
  isDropping: boolean;
  /** How many times each is sent. */
  copies: number;
  delayMs: number;
}

export interface Sent {
  eventId: string;
  type: string;
  status: number | null;
  attempt: number;
}

export interface Deliveries {
  mode: DeliveryMode;
  /** What was sent, the oldest first. */
  sent: Sent[];
  enqueue(event: Stripe.EventBase): void;
  /** Sends again what an endpoint had or missed. */
  redeliver(eventId: string): void;
  /** Sends what was held, in this order, and goes on sending at once. */
  release(order: (events: string[]) => string[]): void;
  /** Resolves when nothing is on its way and nothing waits to be tried again. */
  settled(): Promise<void>;
  stop(): void;
}

interface Queue {
  world: World;
  mode: DeliveryMode;
  sent: Sent[];
  held: Delivery[];
  timers: Set<NodeJS.Timeout>;
  /** Requests that are out. */
  flying: number;
  isStopped: boolean;
  waiters: (() => void)[];
}

export function openDeliveries(world: World): Deliveries {
  const mode: DeliveryMode = { isHeld: false, isDropping: false, copies: 1, delayMs: 0 };
  const queue: Queue = {
    world,
    mode,
    sent: [],
    held: [],
    timers: new Set(),
    flying: 0,
    isStopped: false,
    waiters: [],
  };
  // What the last process still owed.
  for (const delivery of world.undelivered) start(queue, { ...delivery, attempt: 1 });
  return {
    mode,
    sent: queue.sent,
    enqueue: (event) => enqueue(queue, event),
    redeliver: (eventId) => {
      const event = find(world, "event", eventId);
      for (const delivery of event ? wantedBy(world, event) : []) start(queue, delivery);
    },
    release: (order) => release(queue, order),
    settled: () =>
      new Promise((resolve) => {
        queue.waiters.push(resolve);
        tellSettled(queue);
      }),
    stop: () => {
      queue.isStopped = true;
      for (const timer of queue.timers) clearTimeout(timer);
      queue.timers.clear();
      tellSettled(queue);
    },
  };
}

function enqueue(queue: Queue, event: Stripe.EventBase): void {
  const wanted = wantedBy(queue.world, event);
  event.pending_webhooks = wanted.length;
  if (queue.mode.isDropping) return;
  queue.world.undelivered.push(...wanted.map(({ eventId, endpointId }) => ({ eventId, endpointId })));
  if (queue.mode.isHeld) queue.held.push(...wanted);
  else for (const delivery of wanted) start(queue, delivery);
}

function wantedBy(world: World, event: Stripe.EventBase): Delivery[] {
  return all(world, "webhook_endpoint")
    .filter(({ status, enabled_events }) => status === "enabled" && isWanted(enabled_events, event.type))
    .map(({ id }) => ({ eventId: event.id, endpointId: id, attempt: 1 }));
}

function isWanted(patterns: string[], type: string): boolean {
  return patterns.some((pattern) => matches(pattern, type));
}

function release(queue: Queue, order: (events: string[]) => string[]): void {
  queue.mode.isHeld = false;
  const waiting = queue.held.splice(0);
  const ids = order([...new Set(waiting.map(({ eventId }) => eventId))]);
  // One after the other: what was shuffled must not be shuffled again on the way.
  const ordered = ids.flatMap((id) => waiting.filter(({ eventId }) => eventId === id));
  void sendInTurn(queue, ordered);
}

async function sendInTurn(queue: Queue, deliveries: Delivery[]): Promise<void> {
  queue.flying += 1;
  for (const delivery of deliveries)
    for (let copy = 0; copy < queue.mode.copies; copy += 1) await attempt(queue, delivery);
  queue.flying -= 1;
  tellSettled(queue);
}

function start(queue: Queue, delivery: Delivery): void {
  for (let copy = 0; copy < queue.mode.copies; copy += 1) later(queue, delivery, queue.mode.delayMs);
}

function later(queue: Queue, delivery: Delivery, ms: number): void {
  if (queue.isStopped) return;
  const timer = setTimeout(() => {
    queue.timers.delete(timer);
    void attempt(queue, delivery);
  }, ms);
  queue.timers.add(timer);
}

async function attempt(queue: Queue, delivery: Delivery): Promise<void> {
  const { world } = queue;
  queue.flying += 1;
  const status = await send(world, delivery);
  queue.flying -= 1;
  const type = find(world, "event", delivery.eventId)?.type ?? "";
  if (queue.sent.length >= SENT_MAX) queue.sent.shift();
  queue.sent.push({ eventId: delivery.eventId, type, status, attempt: delivery.attempt });
  if (status !== null && status >= 200 && status < 300) taken(world, delivery);
  else if (delivery.attempt < ATTEMPTS_MAX)
    later(queue, { ...delivery, attempt: delivery.attempt + 1 }, pauseMs(delivery));
  tellSettled(queue);
}

function tellSettled({ flying, timers, waiters }: Queue): void {
  if (flying === 0 && timers.size === 0) for (const done of waiters.splice(0)) done();
}

function pauseMs({ attempt }: Delivery): number {
  return Math.min(RETRY_FIRST_MS * 2 ** (attempt - 1), RETRY_LAST_MS);
}

function taken(world: World, { eventId, endpointId }: Delivery): void {
  world.isDirty = true;
  const before = world.undelivered.length;
  world.undelivered = world.undelivered.filter(
    (waiting) => waiting.eventId !== eventId || waiting.endpointId !== endpointId,
  );
  const event = find(world, "event", eventId);
  if (event && world.undelivered.length < before) event.pending_webhooks -= 1;
}
