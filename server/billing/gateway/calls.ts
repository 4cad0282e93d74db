// The one door to Stripe. What changes something there is written down first (`callStripe`), so that a repeat after a
// crash, a timeout or a second click is the same call with the same key; what only reads is asked as often as need be.

import type Stripe from "stripe";
import { now } from "../../platform/clock";
import { AppError } from "../../platform/errors";
import { newId } from "../../platform/ids";
import type { StripeCall } from "../../platform/prisma/client";
import { attemptCall } from "./attempts";
import { stripeClient } from "./client";
import { failureOf, type Refusal, refusalOf, toDomainError } from "./failures";
import { endCall, type Intent, markSent, openCall, replaceCall } from "./journal";
import type { Operation } from "./operations";

/** Stripe remembers a key for at least 24 hours. */
const KEY_REMEMBERED_MS = 23 * 3_600_000;
const TEXT_TOO_OLD = "This was begun too long ago. Please start again.";

export interface StripeIntent<T> extends Intent {
  /** Looks up what this intent has made, by its id where it is known; asked when its key can no longer be used. */
  find?: (stripe: Stripe, stripeId: string | null) => Promise<T | null>;
}

export interface KeyOption {
  idempotencyKey: string;
}

/**
 * Makes the call of an intent, and answers what Stripe answered. `send` passes `options` on to the SDK's method, whose
 * parameters are `body`. The same operation and intent again is the same call, whoever makes it.
 * Throws `conflict` for another body under the same intent, `payment_required` for a card that was refused, `not_found`
 * for what Stripe does not have, `unavailable` while Stripe cannot be reached; `unavailable` leaves open whether it was
 * done, and the intent may be repeated.
 */
export async function callStripe<T extends { id: string }>(
  request: StripeIntent<T>,
  send: (stripe: Stripe, options: KeyOption) => Promise<T>,
): Promise<T> {
  const stripe = stripeClient();
  const call = await openCall(request);
  if (!isKeySpent(call, request.find !== undefined)) return carryOut(request, call, send);
  if (!request.find) throw new AppError("conflict", TEXT_TOO_OLD);
  const { find, operation, tenantId } = request;
  const found = await attempt({ operation, callId: null, tenantId }, () => find(stripe, call.stripeId));
  if (found === null) return carryOut(request, await replaceCall(call, request), send);
  await endCall(call, { status: "ok", stripeId: found.id }, request.audit);
  return found;
}

/**
 * Asks what changes nothing, and answers what Stripe answered; `options` is for the few questions that are put as a POST.
 * Throws as `callStripe`.
 */
export async function readStripe<T>(
  operation: Operation,
  ask: (stripe: Stripe, options: KeyOption) => Promise<T>,
): Promise<T> {
  const stripe = stripeClient();
  const options = { idempotencyKey: newId() };
  return attempt({ operation, callId: null, tenantId: null }, () => ask(stripe, options));
}

async function carryOut<T extends { id: string }>(
  { operation, tenantId, audit }: Intent,
  call: StripeCall,
  send: (stripe: Stripe, options: KeyOption) => Promise<T>,
): Promise<T> {
  const stripe = stripeClient();
  try {
    const made = await attemptCall({ operation, callId: call.id, tenantId }, async () => {
      await markSent(call);
      return send(stripe, { idempotencyKey: call.id });
    });
    await endCall(call, { status: "ok", stripeId: made.id }, audit);
    return made;
  } catch (error) {
    const refusal = refusalOf(error);
    const status = failureOf(error) === "refused" ? "failed" : "unknown";
    if (refusal) await endCall(call, { status, refusal }, audit);
    throw toDomainError(error);
  }
}

async function attempt<T>(call: Parameters<typeof attemptCall>[0], ask: () => Promise<T>): Promise<T> {
  try {
    return await attemptCall(call, ask);
  } catch (error) {
    throw toDomainError(error);
  }
}

// A key says nothing once Stripe has forgotten it; and a failure of Stripe's own is kept under its key, so that the same
// call would only fail again.
function isKeySpent({ status, sentAt, error }: StripeCall, canLookUp: boolean): boolean {
  if (status === "prepared" || status === "failed" || sentAt === null) return false;
  if (now().getTime() - sentAt.getTime() > KEY_REMEMBERED_MS) return true;
  const answered = (error as Refusal | null)?.status ?? 0;
  return canLookUp && status === "unknown" && answered >= 500;
}
