// Payment intents and their charges: what a card answers, and how Stripe tells it.
import type Stripe from "stripe";
import { charge, errorOf, type Refusal } from "./charges";
import { emit } from "./events";
import { newIdOf, newStripeId, put, secondsNow, type World } from "./world";

export interface NewIntent {
  amount: number;
  currency: string;
  customer: string | null;
  description?: string | null;
  metadata?: Stripe.Metadata;
  payment_method?: string | null;
  setup_future_usage?: Stripe.PaymentIntent.SetupFutureUsage | null;
  receipt_email?: string | null;
}

export function makeIntent(world: World, wanted: NewIntent): Stripe.PaymentIntent {
  const id = newIdOf("payment_intent");
  const intent = put(world, "payment_intent", {
    id,
    object: "payment_intent",
    ...untouched(),
    amount: wanted.amount,
    client_secret: `${id}_secret_${newStripeId("").slice(1)}`,
    created: secondsNow(world, wanted.customer),
    currency: wanted.currency,
    customer: wanted.customer,
    description: wanted.description ?? null,
    metadata: wanted.metadata ?? {},
    payment_method: wanted.payment_method ?? null,
    receipt_email: wanted.receipt_email ?? null,
    setup_future_usage: wanted.setup_future_usage ?? null,
    status: wanted.payment_method ? "requires_confirmation" : "requires_payment_method",
  });
  emit(world, "payment_intent.created", intent);
  return intent;
}

/** What an intent has before it is confirmed, and what this simulator never fills in. */
function untouched() {
  return {
    allowed_payment_method_types: null,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: { allow_redirects: "always" as const, enabled: true },
    canceled_at: null,
    cancellation_reason: null,
    capture_method: "automatic" as const,
    confirmation_method: "automatic" as const,
    customer_account: null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    next_action: null,
    on_behalf_of: null,
    payment_method_configuration_details: null,
    payment_method_options: null,
    payment_method_types: ["card"],
    processing: null,
    review: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    transfer_data: null,
    transfer_group: null,
  };
}

/** What became of a confirmation. */
export type Outcome = "succeeded" | "processing" | "requires_action" | Refusal;

interface Attempt {
  isOffSession: boolean;
  /** The owner stands before a page of the bank and said yes. */
  isAuthenticated?: boolean;
  returnUrl?: string | null;
}

/** Charges the intent's payment method, once; everything that follows from the answer is the caller's. */
export function confirm(world: World, intent: Stripe.PaymentIntent, attempt: Attempt): Outcome {
  const answer = answerOf(world, intent, attempt);
  if (answer === "succeeded") return succeed(world, intent);
  if (answer === "processing") {
    Object.assign(intent, { status: "processing", next_action: null, last_payment_error: null });
    emit(world, "payment_intent.processing", intent);
    return answer;
  }
  if (answer === "requires_action") {
    Object.assign(intent, { status: answer, next_action: nextAction(world, intent, attempt) });
    emit(world, "payment_intent.requires_action", intent);
    return answer;
  }
  refuse(world, intent, answer);
  return answer;
}

function answerOf(world: World, intent: Stripe.PaymentIntent, attempt: Attempt): Outcome {
  if (!intent.payment_method) return "card_declined";
  if (world.declinesLeft > 0) {
    world.declinesLeft -= 1;
    return "card_declined";
  }
  const method = typeof intent.payment_method === "string" ? intent.payment_method : intent.payment_method.id;
  switch (world.behaviours[method]) {
    case "decline":
      return "card_declined";
    case "insufficient_funds":
      return "insufficient_funds";
    case "processing":
      return "processing";
    case "authenticate":
      if (attempt.isAuthenticated) return "succeeded";
      return attempt.isOffSession ? "authentication_required" : "requires_action";
    default:
      return "succeeded";
  }
}

/** Why the method would not be charged while nobody is there; null when it would. Uses up a declined charge. */
export function foreseenRefusal(world: World, method: string): Refusal | null {
  if (world.declinesLeft > 0) {
    world.declinesLeft -= 1;
    return "card_declined";
  }
  const behaviour = world.behaviours[method];
  if (behaviour === "decline") return "card_declined";
  if (behaviour === "authenticate") return "authentication_required";
  return behaviour === "insufficient_funds" ? behaviour : null;
}

/** The money came: also for an intent that was processing. */
export function succeed(world: World, intent: Stripe.PaymentIntent): "succeeded" {
  const made = charge(world, intent, null);
  Object.assign(intent, {
    status: "succeeded",
    amount_received: intent.amount,
    latest_charge: made.id,
    last_payment_error: null,
    next_action: null,
  });
  emit(world, "charge.succeeded", made);
  emit(world, "payment_intent.succeeded", intent);
  return "succeeded";
}

export function refuse(world: World, intent: Stripe.PaymentIntent, refusal: Refusal): void {
  const made = charge(world, intent, refusal);
  intent.latest_charge = made.id;
  Object.assign(intent, {
    status: "requires_payment_method",
    last_payment_error: errorOf(world, intent, refusal),
    next_action: null,
    payment_method: null,
  });
  emit(world, "charge.failed", made);
  emit(world, "payment_intent.payment_failed", intent);
}

function nextAction(
  world: World,
  intent: Stripe.PaymentIntent,
  { returnUrl }: Attempt,
): Stripe.PaymentIntent.NextAction {
  if (!returnUrl) return { type: "use_stripe_sdk", use_stripe_sdk: {} };
  const url = `${world.url}/authenticate/${intent.id}?return_url=${encodeURIComponent(returnUrl)}`;
  return { type: "redirect_to_url", redirect_to_url: { return_url: returnUrl, url } };
}

export function cancelIntent(
  world: World,
  intent: Stripe.PaymentIntent,
  reason: Stripe.PaymentIntent.CancellationReason | null,
): void {
  Object.assign(intent, {
    status: "canceled",
    canceled_at: secondsNow(world, null),
    cancellation_reason: reason,
    next_action: null,
  });
  emit(world, "payment_intent.canceled", intent);
}
