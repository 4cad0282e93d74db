// A stand-in for what handlers do, for tests of how events reach them: objects that move on at "Stripe" and are kept in a
// table, and payments that are booked in another. Both tables are the test's own.

import type Stripe from "stripe";
import { tenantOfCustomer } from "../../server/billing/intake/customers";
import type { Handlers, MoneyHandler, PlatformTx, StateSync } from "../../server/billing/intake/handler";
import { storeEvent } from "../../server/billing/intake/store";
import { platformDb } from "../../server/platform/db";
import { asSuperuser } from "./superuser";

interface Thing {
  id: string;
  state: string;
}

export interface Proof {
  /** What "Stripe" has now: the state of each object, and what was paid. */
  objects: Map<string, string>;
  payments: Map<string, number>;
  /** Called before each reading at "Stripe"; throws to make it fail, waits to make it slow. */
  onFetch: (id: string) => Promise<void>;
  /** Called in the transaction, after what it writes. */
  onWrite: (id: string) => Promise<void>;
  fetches: string[];
  handlers: Handlers;
}

/** Makes the tables, once in a test file. */
export async function makeProofTables(): Promise<void> {
  await asSuperuser(`
    CREATE TABLE proof_objects (id text PRIMARY KEY, state text NOT NULL, fence bigint NOT NULL, writes integer NOT NULL DEFAULT 1);
    CREATE TABLE proof_bookings (payment text PRIMARY KEY, amount integer NOT NULL);
    GRANT SELECT, INSERT, UPDATE ON proof_objects, proof_bookings TO parley_platform`);
}

/** Takes everything away that was stored and written, after a test. */
export async function emptyProofTables(): Promise<void> {
  await asSuperuser(
    "TRUNCATE stripe_events, stripe_event_dispatches, stripe_object_syncs, proof_objects, proof_bookings",
  );
}

/** Nothing has happened yet. */
export function makeProof(): Proof {
  const nothing = async () => {};
  const proof: Proof = {
    objects: new Map(),
    payments: new Map(),
    onFetch: nothing,
    onWrite: nothing,
    fetches: [],
    handlers: { states: [], moneys: [] },
  };
  proof.handlers = { states: [thingSync(proof)], moneys: [paymentHandler(proof)] };
  return proof;
}

/** Stores an event as a delivery would, with these handlers. */
export function storeFor({ handlers }: Proof, event: Stripe.Event) {
  return storeEvent({ event, raw: Buffer.from(JSON.stringify(event)), source: "webhook" }, handlers);
}

/** What the handlers have written, in the order of ids. */
export async function writtenBy() {
  const objects = await platformDb().$queryRaw<Thing[]>`SELECT id, state FROM proof_objects ORDER BY id`;
  const bookings = await platformDb().$queryRaw<{ payment: string; amount: number }[]>`
    SELECT payment, amount FROM proof_bookings ORDER BY payment`;
  return { objects, bookings };
}

function thingSync(proof: Proof): StateSync<Thing> {
  return {
    objectType: "thing",
    eventTypes: ["thing.*"],
    objectIdOf: ({ data: { object } }) => (object as { id?: string }).id ?? null,
    fetch: async (id) => {
      proof.fetches.push(id);
      const state = proof.objects.get(id) ?? "";
      await proof.onFetch(id);
      return { id, state };
    },
    apply: async (tx: PlatformTx, { id, state }, fence) => {
      await tx.$executeRaw`
        INSERT INTO proof_objects AS o (id, state, fence) VALUES (${id}, ${state}, ${fence})
        ON CONFLICT (id) DO UPDATE SET state = excluded.state, fence = excluded.fence, writes = o.writes + 1`;
      await proof.onWrite(id);
    },
  };
}

interface Payment {
  id: string;
  customer: string | null;
}

function paymentHandler(proof: Proof): MoneyHandler<Payment> {
  return {
    name: "payment",
    eventTypes: ["payment.*", "checkout.paid", "invoice.paid"],
    fetch: async ({ data: { object } }) => {
      const { payment, customer = null } = object as unknown as { payment: string; customer?: string };
      proof.fetches.push(payment);
      await proof.onFetch(payment);
      return proof.payments.has(payment) ? { id: payment, customer } : null;
    },
    book: async (tx, { id, customer }) => {
      if (customer !== null) await tenantOfCustomer(tx, customer);
      const booked = await tx.$executeRaw`
        INSERT INTO proof_bookings VALUES (${id}, ${proof.payments.get(id)}) ON CONFLICT DO NOTHING`;
      await proof.onWrite(id);
      return booked === 1 ? "done" : "ignored";
    },
  };
}
