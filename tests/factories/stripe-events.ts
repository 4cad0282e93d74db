// Events as Stripe sends them, for tests that need no simulator: what matters of them, and nothing else.

import type Stripe from "stripe";
import { newId } from "../../server/platform/ids";

interface EventTraits {
  id?: string;
  object?: Record<string, unknown>;
  livemode?: boolean;
  created?: Date;
}

/** An event of this type about this object. */
export function eventOf(type: string, traits: EventTraits = {}): Stripe.Event {
  const { id = `evt_${newId().replaceAll("-", "")}`, object = {}, livemode = false } = traits;
  const created = Math.floor((traits.created ?? new Date()).getTime() / 1_000);
  const event = {
    id,
    object: "event",
    api_version: "2026-10-28.dahlia",
    created,
    data: { object },
    livemode,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
  };
  return event as unknown as Stripe.Event;
}
