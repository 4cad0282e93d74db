// What an event of Stripe may lead to. An event of state only says that an object moved on: the object itself is fetched
// and stored as it is then, so that order and repetition of events mean nothing. An event of money is handled once: its
// effect and its end are one transaction. Neither trusts what the event's body says of amounts or states.

import type Stripe from "stripe";
import type { Prisma } from "../../platform/prisma/client";

/** A transaction of the platform role. */
export type PlatformTx = Prisma.TransactionClient;

interface Heard {
  /** Exact types, or all of a kind: `customer.subscription.*`. */
  eventTypes: readonly string[];
}

/** Keeps one kind of object as Stripe has it. */
export interface StateSync<T> extends Heard {
  /** Names the handler too: `subscription`. */
  objectType: string;
  /** The object that the event is about; null when it is not this one's concern. */
  objectIdOf(event: Stripe.Event): string | null;
  /** Reads the object at Stripe, outside any transaction; throws when it cannot. */
  fetch(id: string): Promise<T>;
  /**
   * Writes what was fetched, in the transaction that says the object is up to date. The caller holds the object's row and
   * has the highest fence of it; the fence is stored beside what is written.
   */
  apply(tx: PlatformTx, fetched: T, fence: bigint): Promise<void>;
}

/** Books what one kind of event says was paid or taken back. */
export interface MoneyHandler<T> extends Heard {
  name: string;
  /** Reads what was paid at Stripe, outside any transaction; null when the event is no concern of this handler. */
  fetch(event: Stripe.Event): Promise<T | null>;
  /** Books it in the transaction that ends the event; `ignored` when there is nothing to book. */
  book(tx: PlatformTx, fetched: T, event: Stripe.Event): Promise<"done" | "ignored">;
}

export interface Handlers {
  states: readonly StateSync<unknown>[];
  moneys: readonly MoneyHandler<unknown>[];
}

/**
 * Why an event cannot be handled now. Its message is stored with the event and shown to operators, so it says nothing
 * secret; of every other error only the kind is stored.
 */
export class EventFault extends Error {
  override readonly name = "EventFault";
}

/** The workspace of an event is erased: there is nothing to do, now or later. */
export class OwnerGone extends Error {
  override readonly name = "OwnerGone";
}
