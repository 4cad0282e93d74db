// Storing an event: one statement writes it with everything that it leads to, or counts it when it was here before.
// What is stored is the body as it came, and its JSON as the database can hold it.

import type Stripe from "stripe";
import { z } from "zod";
import { now } from "../../platform/clock";
import { isStorable } from "../../platform/contract";
import { platformPool } from "../../platform/db";
import { newId } from "../../platform/ids";
import { customerIdOf, namedTenantOf } from "./customers";
import type { Handlers } from "./handler";
import { routesOf } from "./routing";

/** `contradictory`: kept, and handled by nobody, since it names a workspace that its customer is not. */
export type Storing = "stored" | "repeated" | "contradictory";

export interface ForeignEvent {
  event: Stripe.Event;
  /** The body that was signed, or what stands for it. */
  raw: Buffer;
  source: "webhook" | "reconciler" | "operator";
}

const ID_LENGTH_MAX = 255;
const name = z.string().min(1).max(ID_LENGTH_MAX).refine(isStorable);

/** What every event has, of whatever type; more is not asked for. */
const EventForm = z.looseObject({
  id: name,
  type: name,
  created: z.union([z.number().int().min(0).max(253_402_300_799), z.iso.datetime()]),
  livemode: z.boolean().default(false),
  data: z.looseObject({ object: z.looseObject({}).default({}) }).default({ object: {} }),
});

const STORE = {
  name: "stripe_store_event",
  text: "SELECT stripe_store_event($1, $2, $3, $4) AS fate",
};

/** The event in a signed body; null for what is none. */
export function readEvent(json: unknown): Stripe.Event | null {
  const parsed = EventForm.safeParse(json);
  return parsed.success ? (parsed.data as unknown as Stripe.Event) : null;
}

/** Stores an event; after the answer it is safe. */
export async function storeEvent({ event, raw, source }: ForeignEvent, handlers: Handlers): Promise<Storing> {
  const routes = routesOf(event, handlers).map(({ handler, object }) => ({
    id: newId(),
    handler,
    objectId: object?.id ?? null,
    objectType: object?.type ?? null,
  }));
  const { object } = event.data as { object: { id?: unknown; object?: unknown } };
  const row = {
    id: event.id,
    type: event.type,
    apiVersion: event.api_version,
    isLive: event.livemode,
    objectId: typeof object.id === "string" ? object.id : null,
    objectType: typeof object.object === "string" ? object.object : null,
    customerId: customerIdOf(event),
    namedTenant: namedTenantOf(event),
    createdAt: instantOf(event.created),
    source,
    payload: event,
  };
  const values = [storableJson(row), raw, JSON.stringify(routes), now()];
  const { rows } = await platformPool().query<{ fate: Storing }>({ ...STORE, values });
  if (!rows[0]) throw new Error("an event that is stored has a fate");
  return rows[0].fate;
}

// Stripe writes seconds, its newer events an instant.
function instantOf(created: number | string): string {
  return new Date(typeof created === "number" ? created * 1_000 : created).toISOString();
}

// A NUL and half of a surrogate pair are written as escapes; PostgreSQL takes neither.
function storableJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(/\\u(0000|d[89a-f][0-9a-f]{2})/g, "\\ufffd");
}
