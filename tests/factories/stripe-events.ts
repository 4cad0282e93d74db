// Events as Stripe sends them, for tests that need no simulator: what matters of them, and nothing else.

import Stripe from "stripe";
import type { Delivery } from "../../server/billing/intake/deliveries";
import { now } from "../../server/platform/clock";
import { config } from "../../server/platform/config";
import { platformDb } from "../../server/platform/db";
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

interface Signature {
  /** The current secret of the settings unless given. */
  secret?: string;
  /** When it was signed; now unless given. */
  at?: Date;
}

/** An event as it is delivered: its bytes, and the header that signs them. */
export function signed(event: Stripe.Event | string, { secret, at = now() }: Signature = {}): Delivery {
  const payload = typeof event === "string" ? event : JSON.stringify(event);
  const timestamp = Math.floor(at.getTime() / 1_000);
  const [current = ""] = config().billing.stripe?.webhookSecrets ?? [];
  const signature = Stripe.webhooks.generateTestHeaderString({
    payload,
    secret: secret ?? current,
    timestamp,
  });
  return { body: Buffer.from(payload), signature };
}

/** Says that this customer is the workspace's. */
export async function giveCustomer(tenantId: string, customerId = `cus_${newId()}`): Promise<string> {
  const row = { tenantId, stripeCustomerId: customerId, createdAt: now(), updatedAt: now() };
  await platformDb().billingProfile.create({ data: row });
  return customerId;
}
