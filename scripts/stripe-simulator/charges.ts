// Charges: one for every attempt on a card, and what a refusal says.
import type Stripe from "stripe";
import { StripeFailure } from "./failure";
import { find, get, idOf, newIdOf, put, secondsNow, type World } from "./world";

/** Why a card was not charged: the error's code, or the decline code of `card_declined`. */
export type Refusal = "card_declined" | "insufficient_funds" | "authentication_required";

const MESSAGES: Record<Refusal, string> = {
  card_declined: "Your card was declined.",
  insufficient_funds: "Your card has insufficient funds.",
  authentication_required: "Your card was declined. This transaction requires authentication.",
};
/** 2.9 % + 30, as a card costs in the United States. */
const FEE = { rate: 0.029, fixed: 30 };

/** The charge that a confirmation leaves, paid or refused. */
export function charge(world: World, intent: Stripe.PaymentIntent, refusal: Refusal | null): Stripe.Charge {
  const id = newIdOf("charge");
  const method = intent.payment_method ? get(world, "payment_method", idOf(intent.payment_method)) : null;
  const isPaid = refusal === null;
  const created = secondsNow(world, intent.customer);
  return put(world, "charge", {
    id,
    object: "charge",
    ...untouched(),
    amount: intent.amount,
    amount_captured: isPaid ? intent.amount : 0,
    amount_refunded: 0,
    balance_transaction: isPaid
      ? book(world, { amount: intent.amount, source: id, type: "charge" }).id
      : null,
    billing_details: method?.billing_details ?? {
      address: null,
      email: null,
      name: null,
      phone: null,
      tax_id: null,
    },
    captured: isPaid,
    created,
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    failure_code: refusal === null ? null : codeOf(refusal),
    failure_message: refusal === null ? null : MESSAGES[refusal],
    metadata: intent.metadata,
    outcome: outcomeOf(refusal),
    paid: isPaid,
    payment_intent: intent.id,
    payment_method: method?.id ?? null,
    payment_method_details: method ? detailsOf(method) : null,
    receipt_email: intent.receipt_email,
    receipt_url: isPaid ? `${world.url}/receipts/${id}` : null,
    refunds: { object: "list", data: [], has_more: false, url: `/v1/charges/${id}/refunds` },
    status: isPaid ? "succeeded" : "failed",
  });
}

/** What a charge has before a refund or a dispute, and what this simulator never fills in. */
function untouched() {
  return {
    application: null,
    application_fee: null,
    application_fee_amount: null,
    calculated_statement_descriptor: "PARLEY",
    disputed: false,
    failure_balance_transaction: null,
    fraud_details: {},
    livemode: false,
    on_behalf_of: null,
    receipt_number: null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    transfer_data: null,
    transfer_group: null,
  };
}

function outcomeOf(refusal: Refusal | null): Stripe.Charge.Outcome {
  return {
    advice_code: refusal ? "try_again_later" : null,
    network_advice_code: null,
    network_decline_code: null,
    network_status: refusal ? "declined_by_network" : "approved_by_network",
    reason: refusal === null ? null : declineCodeOf(refusal),
    risk_level: "normal",
    seller_message: refusal ? "The bank did not return any further details." : "Payment complete.",
    type: refusal ? "issuer_declined" : "authorized",
  };
}

function detailsOf(method: Stripe.PaymentMethod): Stripe.Charge.PaymentMethodDetails {
  const { brand, last4, fingerprint, funding, country, exp_month, exp_year } = method.card ?? {};
  const card = { brand, last4, fingerprint, funding, country, exp_month, exp_year, network: brand };
  return { type: "card", card: card as Stripe.Charge.PaymentMethodDetails.Card };
}

/** The error of an API call and of `last_payment_error`. */
export function errorOf(
  world: World,
  intent: Stripe.PaymentIntent,
  refusal: Refusal,
): Stripe.PaymentIntent.LastPaymentError {
  const method = intent.payment_method ? find(world, "payment_method", idOf(intent.payment_method)) : null;
  return {
    type: "card_error",
    code: codeOf(refusal),
    decline_code: declineCodeOf(refusal),
    message: MESSAGES[refusal],
    ...(intent.latest_charge ? { charge: idOf(intent.latest_charge) } : {}),
    ...(method ? { payment_method: method } : {}),
  };
}

function declineCodeOf(refusal: Refusal): string {
  return refusal === "card_declined" ? "generic_decline" : refusal;
}

function codeOf(refusal: Refusal): "card_declined" | "authentication_required" {
  return refusal === "authentication_required" ? refusal : "card_declined";
}

/** The 402 of a call whose card was refused. */
export function cardFailure(refusal: Refusal): StripeFailure {
  return new StripeFailure(402, {
    type: "card_error",
    code: codeOf(refusal),
    decline_code: declineCodeOf(refusal),
    message: MESSAGES[refusal],
  });
}

interface Booking {
  amount: number;
  source: string;
  type: "charge" | "refund" | "adjustment";
}

/** What the platform's own balance sees of it. */
export function book(world: World, { amount, source, type }: Booking): Stripe.BalanceTransaction {
  const fee = type === "charge" ? Math.round(amount * FEE.rate) + FEE.fixed : 0;
  const now = secondsNow(world);
  return put(world, "balance_transaction", {
    id: newIdOf("balance_transaction"),
    object: "balance_transaction",
    amount,
    available_on: now,
    balance_type: "payments",
    created: now,
    currency: "usd",
    description: null,
    exchange_rate: null,
    fee,
    fee_details: [],
    net: amount - fee,
    reporting_category: type === "adjustment" ? "dispute" : type,
    source,
    status: "available",
    type,
  });
}
