// Events: what changed, as Stripe tells it. Each is kept (the list of events is what reconcilers read) and handed to the
// deliveries.
import Stripe from "stripe";
import type { Known } from "./parameters";
import { present } from "./present";
import { newIdOf, put, secondsNow, type World } from "./world";

export type EventType = Known<Stripe.Event["type"]>;

export function emit(world: World, type: EventType, object: object, previous?: object): Stripe.EventBase {
  const event: Stripe.EventBase = {
    id: newIdOf("event"),
    object: "event",
    api_version: Stripe.API_VERSION,
    created: secondsNow({ ...world, pinnedSeconds: null }),
    data: {
      object: present(world, object) as Stripe.Event.Data.Object,
      ...(previous ? { previous_attributes: previous as Stripe.Event.Data.PreviousAttributes } : {}),
    },
    livemode: false,
    pending_webhooks: 0,
    request: { ...world.request },
    type,
  };
  put(world, "event", event);
  world.isDirty = true;
  world.onEvent(event);
  return event;
}

/** Changes the object in place and tells it, with what it was; nothing is told when nothing changed. */
export function change<Target extends object>(
  world: World,
  target: Target,
  told: { type: EventType; changes: Partial<Target> },
): void {
  const before = JSON.parse(JSON.stringify(target)) as Record<string, unknown>;
  Object.assign(target, told.changes);
  const after = JSON.parse(JSON.stringify(target)) as Record<string, unknown>;
  const changed = Object.keys(after).filter((name) => !isSame(before[name], after[name]));
  if (changed.length === 0) return;
  const previous = Object.fromEntries(changed.map((name) => [name, before[name] ?? null]));
  emit(world, told.type, target, previous);
}

function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
