// Payment intents, charges, refunds and balance as the API offers them.
import type Stripe from "stripe";
import { z } from "zod";
import { afterPayment } from "./after-payment";
import { attachMethod, usableMethod } from "./cards";
import { invalid, StripeFailure } from "./failure";
import { isInRange, listPage } from "./lists";
import {
  bool,
  clearableMetadata,
  expand,
  int,
  metadata,
  nothing,
  oneOf,
  orEmpty,
  page,
  paramsOf,
  range,
  text,
  url,
} from "./parameters";
import { cancelIntent, confirm, makeIntent } from "./payments";
import { type Route, route } from "./route";
import { all, changedMetadata, get, idOf, type World } from "./world";

const AMOUNT_MIN = 50;

const futureUse = oneOf<Stripe.PaymentIntentCreateParams.SetupFutureUsage>()("off_session", "on_session");
const createIntent = paramsOf<Stripe.PaymentIntentCreateParams>()({
  amount: int,
  currency: z.string().regex(/^[a-z]{3}$/),
  automatic_payment_methods: z
    .strictObject({ enabled: bool, allow_redirects: z.enum(["always", "never"]).exactOptional() })
    .exactOptional(),
  confirm: bool.exactOptional(),
  customer: text.exactOptional(),
  description: z.string().max(1_000).exactOptional(),
  error_on_requires_action: bool.exactOptional(),
  metadata,
  off_session: bool.exactOptional(),
  payment_method: text.exactOptional(),
  payment_method_types: z.array(z.enum(["card"])).exactOptional(),
  receipt_email: z.email().exactOptional(),
  return_url: url.exactOptional(),
  setup_future_usage: futureUse,
  expand,
});
const updateIntent = paramsOf<Stripe.PaymentIntentUpdateParams>()({
  description: z.string().max(1_000).exactOptional(),
  metadata: clearableMetadata,
  payment_method: text.exactOptional(),
  receipt_email: orEmpty(z.email()).exactOptional(),
  expand,
});
const confirmIntent = paramsOf<Stripe.PaymentIntentConfirmParams>()({
  error_on_requires_action: bool.exactOptional(),
  off_session: bool.exactOptional(),
  payment_method: text.exactOptional(),
  return_url: url.exactOptional(),
  setup_future_usage: futureUse,
  expand,
});
const cancel = paramsOf<Stripe.PaymentIntentCancelParams>()({
  cancellation_reason: oneOf<Stripe.PaymentIntentCancelParams.CancellationReason>()(
    "abandoned",
    "duplicate",
    "fraudulent",
    "requested_by_customer",
  ),
  expand,
});
const listIntents = paramsOf<Stripe.PaymentIntentListParams>()({
  ...page,
  created: range,
  customer: text.exactOptional(),
});
const listCharges = paramsOf<Stripe.ChargeListParams>()({
  ...page,
  created: range,
  customer: text.exactOptional(),
  payment_intent: text.exactOptional(),
});

export const PAYMENT_ROUTES: Route[] = [
  route("POST /v1/payment_intents", createIntent, ({ world, params }) => create(world, params)),
  route("GET /v1/payment_intents", listIntents, ({ world, params }) => {
    const found = all(world, "payment_intent")
      .filter(({ customer }) => !params.customer || customer === params.customer)
      .filter(({ created }) => isInRange(created, params.created));
    return listPage(found, params, "/v1/payment_intents");
  }),
  route("GET /v1/payment_intents/:id", nothing, ({ world, id }) => get(world, "payment_intent", id)),
  route("POST /v1/payment_intents/:id", updateIntent, ({ world, params, id }) => {
    const intent = get(world, "payment_intent", id);
    intent.metadata = changedMetadata(intent.metadata, params.metadata);
    if (params.description !== undefined) intent.description = params.description;
    if (params.receipt_email !== undefined) intent.receipt_email = params.receipt_email || null;
    if (params.payment_method) setMethod(world, intent, params.payment_method);
    return intent;
  }),
  route("POST /v1/payment_intents/:id/confirm", confirmIntent, ({ world, params, id }) => {
    const intent = get(world, "payment_intent", id);
    if (params.payment_method) setMethod(world, intent, params.payment_method);
    return confirmed(world, intent, params);
  }),
  route("POST /v1/payment_intents/:id/cancel", cancel, ({ world, params, id }) => {
    const intent = get(world, "payment_intent", id);
    if (["succeeded", "canceled", "processing"].includes(intent.status))
      throw unexpectedState(intent, "canceled");
    cancelIntent(world, intent, params.cancellation_reason ?? null);
    return intent;
  }),
  route("GET /v1/charges", listCharges, ({ world, params }) => {
    const found = all(world, "charge")
      .filter(({ customer }) => !params.customer || customer === params.customer)
      .filter(({ payment_intent }) => !params.payment_intent || payment_intent === params.payment_intent)
      .filter(({ created }) => isInRange(created, params.created));
    return listPage(found, params, "/v1/charges");
  }),
  route("GET /v1/charges/:id", nothing, ({ world, id }) => get(world, "charge", id)),
  route("GET /v1/balance_transactions/:id", nothing, ({ world, id }) =>
    get(world, "balance_transaction", id),
  ),
];

function create(world: World, params: z.output<typeof createIntent>): Stripe.PaymentIntent {
  if (params.amount < AMOUNT_MIN)
    throw invalid("Amount must be at least $0.50 usd", { code: "amount_too_small", param: "amount" });
  if (params.customer) get(world, "customer", params.customer, "customer");
  if (params.off_session && !params.confirm)
    throw invalid("You can only set `off_session` when `confirm` is true.", { param: "off_session" });
  const intent = makeIntent(world, {
    amount: params.amount,
    currency: params.currency,
    customer: params.customer ?? null,
    description: params.description ?? null,
    metadata: changedMetadata({}, params.metadata),
    receipt_email: params.receipt_email ?? null,
    setup_future_usage: params.setup_future_usage ?? null,
  });
  if (params.payment_method) setMethod(world, intent, params.payment_method);
  return params.confirm ? confirmed(world, intent, params) : intent;
}

function setMethod(world: World, intent: Stripe.PaymentIntent, id: string): void {
  const method = usableMethod(world, id, "payment_method");
  const owner = method.customer === null ? null : idOf(method.customer);
  if (owner !== null && owner !== intent.customer)
    throw invalid("The provided PaymentMethod does not belong to the Customer of this PaymentIntent.", {
      param: "payment_method",
    });
  if (intent.setup_future_usage && intent.customer) attachMethod(world, method, idOf(intent.customer));
  intent.payment_method = method.id;
  intent.status = "requires_confirmation";
}

type Confirming = Pick<
  z.output<typeof createIntent>,
  "off_session" | "return_url" | "error_on_requires_action"
>;

/** Confirms; a refusal is the answer's error, as Stripe answers with 402. */
function confirmed(world: World, intent: Stripe.PaymentIntent, params: Confirming): Stripe.PaymentIntent {
  if (["succeeded", "canceled", "processing"].includes(intent.status))
    throw unexpectedState(intent, "confirmed");
  const outcome = confirm(world, intent, {
    isOffSession: Boolean(params.off_session || params.error_on_requires_action),
    returnUrl: params.return_url ?? null,
  });
  afterPayment(world, intent, outcome);
  const error = intent.last_payment_error;
  if (intent.status !== "requires_payment_method" || !error) return intent;
  throw new StripeFailure(402, {
    type: "card_error",
    message: error.message ?? "",
    ...(error.code ? { code: error.code } : {}),
    ...(error.decline_code ? { decline_code: error.decline_code } : {}),
    ...(error.charge ? { charge: error.charge } : {}),
    ...(error.payment_method ? { payment_method: error.payment_method } : {}),
    payment_intent: intent,
  });
}

function unexpectedState(intent: Stripe.PaymentIntent, verb: string): StripeFailure {
  return invalid(`This PaymentIntent could not be ${verb} because it has a status of ${intent.status}.`, {
    code: "payment_intent_unexpected_state",
  });
}
