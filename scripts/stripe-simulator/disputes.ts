// Disputes: a bank takes a charge back, with its fee, and returns it when the dispute is won.
import type Stripe from "stripe";
import { book } from "./charges";
import { change, emit } from "./events";
import { isInRange, listPage } from "./lists";
import { nothing, page, paramsOf, range, text } from "./parameters";
import { type Route, route } from "./route";
import { all, get, idOf, newIdOf, put, secondsNow, type World } from "./world";

const EVIDENCE_SECONDS = 7 * 86_400;

const listDisputes = paramsOf<Stripe.DisputeListParams>()({
  ...page,
  charge: text.exactOptional(),
  created: range,
  payment_intent: text.exactOptional(),
});

export const DISPUTE_ROUTES: Route[] = [
  route("GET /v1/disputes", listDisputes, ({ world, params }) => {
    const found = all(world, "dispute")
      .filter(({ charge }) => !params.charge || charge === params.charge)
      .filter(({ payment_intent }) => !params.payment_intent || payment_intent === params.payment_intent)
      .filter(({ created }) => isInRange(created, params.created));
    return listPage(found, params, "/v1/disputes");
  }),
  route("GET /v1/disputes/:id", nothing, ({ world, id }) => get(world, "dispute", id)),
];

interface NewDispute {
  amount?: number | undefined;
  reason?: string | undefined;
}

/** The bank opens a dispute and takes the money at once. */
export function openDispute(world: World, charge: Stripe.Charge, wanted: NewDispute = {}): Stripe.Dispute {
  const id = newIdOf("dispute");
  const amount = wanted.amount ?? charge.amount;
  const now = secondsNow(world, charge.customer);
  const dispute = put(world, "dispute", {
    id,
    object: "dispute",
    amount,
    balance_transactions: [],
    charge: charge.id,
    created: now,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: {} as Stripe.Dispute.Evidence,
    evidence_details: {
      due_by: now + EVIDENCE_SECONDS,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
    },
    is_charge_refundable: false,
    livemode: false,
    metadata: {},
    payment_intent: charge.payment_intent,
    reason: wanted.reason ?? "fraudulent",
    status: "needs_response",
  });
  charge.disputed = true;
  emit(world, "charge.dispute.created", dispute);
  dispute.balance_transactions.push(book(world, { amount: -amount, source: id, type: "adjustment" }));
  emit(world, "charge.dispute.funds_withdrawn", dispute);
  return dispute;
}

/** The bank decides; who wins gets the money back. */
export function closeDispute(world: World, dispute: Stripe.Dispute, status: "won" | "lost"): void {
  if (status === "won") {
    const returned = book(world, { amount: dispute.amount, source: dispute.id, type: "adjustment" });
    dispute.balance_transactions.push(returned);
    get(world, "charge", idOf(dispute.charge)).disputed = false;
  }
  change(world, dispute, { type: "charge.dispute.closed", changes: { status } });
  if (status === "won") emit(world, "charge.dispute.funds_reinstated", dispute);
}
