// Refunds: all or a part of what a charge paid, never more than is left of it.
import type Stripe from "stripe";
import type { z } from "zod";
import { book } from "./charges";
import { change, emit } from "./events";
import { invalid } from "./failure";
import { isInRange, listPage } from "./lists";
import {
  clearableMetadata,
  expand,
  int,
  metadata,
  nothing,
  oneOf,
  page,
  paramsOf,
  range,
  text,
} from "./parameters";
import { type Route, route } from "./route";
import { all, changedMetadata, get, idOf, newIdOf, put, secondsNow, type World } from "./world";

const createRefund = paramsOf<Stripe.RefundCreateParams>()({
  amount: int.exactOptional(),
  charge: text.exactOptional(),
  metadata,
  payment_intent: text.exactOptional(),
  reason: oneOf<Stripe.RefundCreateParams.Reason>()("duplicate", "fraudulent", "requested_by_customer"),
  expand,
});
const updateRefund = paramsOf<Stripe.RefundUpdateParams>()({ metadata: clearableMetadata, expand });
const listRefunds = paramsOf<Stripe.RefundListParams>()({
  ...page,
  charge: text.exactOptional(),
  created: range,
  payment_intent: text.exactOptional(),
});

export const REFUND_ROUTES: Route[] = [
  route("POST /v1/refunds", createRefund, ({ world, params }) => {
    const charge = chargeOf(world, params);
    return refund(world, charge, {
      amount: params.amount ?? charge.amount - charge.amount_refunded,
      reason: params.reason ?? null,
      metadata: changedMetadata({}, params.metadata),
    });
  }),
  route("GET /v1/refunds", listRefunds, ({ world, params }) => {
    const found = all(world, "refund")
      .filter(({ charge }) => !params.charge || charge === params.charge)
      .filter(({ payment_intent }) => !params.payment_intent || payment_intent === params.payment_intent)
      .filter(({ created }) => isInRange(created, params.created));
    return listPage(found, params, "/v1/refunds");
  }),
  route("GET /v1/refunds/:id", nothing, ({ world, id }) => get(world, "refund", id)),
  route("POST /v1/refunds/:id", updateRefund, ({ world, params, id }) => {
    const found = get(world, "refund", id);
    const changes = { metadata: changedMetadata(found.metadata ?? {}, params.metadata) };
    change(world, found, { type: "refund.updated", changes });
    return found;
  }),
];

function chargeOf(world: World, params: z.output<typeof createRefund>): Stripe.Charge {
  if (params.charge) return get(world, "charge", params.charge, "charge");
  if (!params.payment_intent)
    throw invalid("One of the following params should be provided: payment_intent or charge.");
  const intent = get(world, "payment_intent", params.payment_intent, "payment_intent");
  if (intent.status !== "succeeded" || !intent.latest_charge)
    throw invalid(`This PaymentIntent (${intent.id}) does not have a successful charge to refund.`, {
      param: "payment_intent",
    });
  return get(world, "charge", idOf(intent.latest_charge));
}

interface NewRefund {
  amount: number;
  reason: Stripe.Refund.Reason | null;
  metadata: Stripe.Metadata;
}

function refund(
  world: World,
  charge: Stripe.Charge,
  { amount, reason, metadata: meta }: NewRefund,
): Stripe.Refund {
  const left = charge.amount - charge.amount_refunded;
  if (charge.disputed)
    throw invalid(`Charge ${charge.id} has been charged back; cannot issue a refund.`, {
      code: "charge_disputed",
    });
  if (left === 0)
    throw invalid(`Charge ${charge.id} has already been refunded.`, { code: "charge_already_refunded" });
  if (amount < 1)
    throw invalid("Invalid positive integer", { code: "parameter_invalid_integer", param: "amount" });
  if (amount > left)
    throw invalid(
      `Refund amount ($${amount / 100}) is greater than unrefunded amount on charge ($${left / 100})`,
      {
        param: "amount",
      },
    );
  const id = newIdOf("refund");
  const made = put(world, "refund", {
    id,
    object: "refund",
    amount,
    balance_transaction: book(world, { amount: -amount, source: id, type: "refund" }).id,
    charge: charge.id,
    created: secondsNow(world, charge.customer),
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    destination_details: { card: { type: "refund", reference_status: "pending" }, type: "card" },
    metadata: meta,
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: "succeeded",
    transfer_reversal: null,
  });
  charge.refunds?.data.unshift(made);
  const amount_refunded = charge.amount_refunded + amount;
  const changes = { amount_refunded, refunded: amount_refunded === charge.amount };
  emit(world, "refund.created", made);
  change(world, charge, { type: "charge.refunded", changes });
  emit(world, "charge.refund.updated", made);
  return made;
}

/** A refund that the bank sent back. */
export function failRefund(world: World, made: Stripe.Refund): void {
  const charge = get(world, "charge", idOf(made.charge ?? ""));
  charge.amount_refunded -= made.amount;
  charge.refunded = false;
  Object.assign(made, { status: "failed", failure_reason: "expired_or_canceled_card" });
  emit(world, "refund.failed", made);
  emit(world, "charge.refund.updated", made);
}
