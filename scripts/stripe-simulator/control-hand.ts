// What the hand in the machine can do: what tests and demonstrations make Stripe do.
import type Stripe from "stripe";
import type { Received } from "./api";
import type { Sent } from "./deliveries";
import type { Fault } from "./faults";
import type { Behaviour, DunningEnd, World } from "./world";

export interface Hand {
  /** Everything Stripe knows, to look at. */
  world: World;
  /** The simulator's own clock: all customers without a test clock. */
  advance(by: { days?: number; seconds?: number }): void;
  /** Moves the clock to the end of the subscription's period, and a second further. */
  renew(subscriptionId: string): void;
  /** The same for the subscription's customer alone, who has a clock of their own from then on. */
  renewAlone(subscriptionId: string): void;
  runDue(): void;
  now(): number;
  /** The next charges are declined, whatever the card. */
  declineNext(count?: number): void;
  /** How a payment method answers from now on; a customer's id means all of theirs. */
  setBehaviour(id: string, behaviour: Behaviour): void;
  /** What becomes of a subscription when its card was tried for the last time. */
  endDunningWith(end: DunningEnd): void;
  /** A payment that was processing succeeds or fails. */
  finish(paymentIntentId: string, hasSucceeded: boolean): void;
  /** A bank takes a charge, or the charge of a payment intent, back. */
  dispute(id: string, wanted?: { amount?: number; reason?: string }): Stripe.Dispute;
  closeDispute(id: string, status: "won" | "lost"): void;
  failRefund(id: string): void;
  /** Calls of the API that fail, hang up or answer late. */
  fail(fault: Fault): void;
  clearFaults(): void;
  /** What was asked of the API, the oldest first. */
  received(): Received[];
  forgetReceived(): void;
  holdEvents(): void;
  /** Sends what was held: as it was made, backwards, or in the order that `seed` draws. */
  releaseEvents(order?: "as_made" | "backwards" | { seed: number }): void;
  /** Events are made and listed, and never delivered. */
  dropEvents(isDropping: boolean): void;
  /** Each event is sent this many times. */
  copyEvents(copies: number): void;
  delayEvents(ms: number): void;
  redeliver(eventId: string): void;
  /** Deliveries so far, the oldest first. */
  sent(): Sent[];
  /** Resolves when no delivery is on its way or waits to be tried again. */
  settled(): Promise<void>;
}
