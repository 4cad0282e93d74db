// What comes in at /webhooks/stripe. A delivery that one of our secrets signed is stored before it is answered, whatever
// its type; anything else changes nothing. Nothing is done here with what an event says: that is the dispatcher's work.

import type Stripe from "stripe";
import { now } from "../../platform/clock";
import { config } from "../../platform/config";
import { logger } from "../../platform/logger";
import { counter, readGauge } from "../../platform/metrics";
import { openStripeDelivery } from "../../platform/stripe";
import { HANDLERS } from "../handlers";
import { nudgeDispatcher } from "./nudge";
import { countDead, lastEventAgeSeconds } from "./overview";
import { readEvent, storeEvent } from "./store";

export interface Delivery {
  /** The bytes as they came: the signature is theirs. */
  body: Buffer;
  /** The header `Stripe-Signature`. */
  signature: string | null;
}

/** 404 where billing is off, 400 for what Stripe did not sign for us, 202 for what is stored. */
export type DeliveryStatus = 202 | 400 | 404;

const log = logger("billing.intake");
const eventsTotal = counter("stripe_webhook_events_total", "Deliveries of Stripe's events", [
  "event_type",
  "result",
]);
readGauge(
  "stripe_webhook_last_event_age_seconds",
  "Time since Stripe's last event came in",
  lastEventAgeSeconds,
);

readGauge("stripe_dispatches_dead", "Events that were given up by a handler", countDead);

/** Stores what a delivery says, and answers the status it is answered with. */
export async function takeDelivery({ body, signature }: Delivery): Promise<DeliveryStatus> {
  const { stripe } = config().billing;
  if (stripe === null) return 404;
  const event = signature === null ? null : openEvent(body, signature, stripe.webhookSecrets);
  if (event === null) return refuse("unknown", "bad_signature");
  // An event of the other mode is not about this copy's money.
  if (event.livemode !== /^[rs]k_live_/.test(stripe.secretKey)) return refuse(event.type, "wrong_mode");
  const result = await storeEvent({ event, raw: body, source: "webhook" }, HANDLERS);
  eventsTotal.inc({ event_type: event.type, result });
  if (result === "contradictory")
    log.warn({ event: "stripe.contradictory", event_id: event.id }, "an event names another workspace");
  nudgeDispatcher();
  return 202;
}

function openEvent(body: Buffer, signature: string, secrets: readonly string[]): Stripe.Event | null {
  try {
    return readEvent(openStripeDelivery(body, signature, { secrets, at: now() }));
  } catch {
    return null;
  }
}

function refuse(type: string, result: "bad_signature" | "wrong_mode"): 400 {
  eventsTotal.inc({ event_type: type, result });
  log.warn({ event: "stripe.delivery_refused", reason: result }, "a delivery was refused");
  return 400;
}
