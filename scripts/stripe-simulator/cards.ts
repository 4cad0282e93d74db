// Payment methods: the cards that the hosted pages offer, and Stripe's test payment methods by their names.
import type Stripe from "stripe";
import { change, emit } from "./events";
import { invalid, missing } from "./failure";
import { listPage } from "./lists";
import { clearableMetadata, expand, nothing, oneOf, page, paramsOf, text } from "./parameters";
import { type Route, route } from "./route";
import {
  all,
  type Behaviour,
  changedMetadata,
  find,
  get,
  idOf,
  newIdOf,
  newStripeId,
  put,
  secondsNow,
  type World,
} from "./world";

interface TestCard {
  behaviour: Behaviour;
  last4: string;
  brand: "visa" | "mastercard";
}

/** The SDK's test payment methods and the numbers that Stripe documents for the same answers. */
export const TEST_CARDS: Record<string, TestCard> = {
  pm_card_visa: { behaviour: "succeed", last4: "4242", brand: "visa" },
  pm_card_mastercard: { behaviour: "succeed", last4: "4444", brand: "mastercard" },
  pm_card_chargeCustomerFail: { behaviour: "decline", last4: "0341", brand: "visa" },
  pm_card_chargeDeclined: { behaviour: "decline", last4: "0002", brand: "visa" },
  pm_card_chargeDeclinedInsufficientFunds: { behaviour: "insufficient_funds", last4: "9995", brand: "visa" },
  pm_card_authenticationRequired: { behaviour: "authenticate", last4: "3184", brand: "visa" },
  pm_simulated_processing: { behaviour: "processing", last4: "6789", brand: "visa" },
};

const attach = paramsOf<Stripe.PaymentMethodAttachParams>()({ customer: text, expand });
const listMethods = paramsOf<Stripe.PaymentMethodListParams>()({
  ...page,
  customer: text.exactOptional(),
  type: oneOf<Stripe.PaymentMethodListParams.Type>()("card", "link", "sepa_debit", "us_bank_account"),
});
const updateMethod = paramsOf<Stripe.PaymentMethodUpdateParams>()({ metadata: clearableMetadata, expand });

export const CARD_ROUTES: Route[] = [
  route("GET /v1/payment_methods", listMethods, ({ world, params }) => {
    const found = methodsOf(world, params.customer).filter(
      ({ type }) => !params.type || type === params.type,
    );
    return listPage(found, params, "/v1/payment_methods");
  }),
  route("GET /v1/customers/:id/payment_methods", listMethods, ({ world, params, id }) => {
    get(world, "customer", id, "customer");
    return listPage(methodsOf(world, id), params, `/v1/customers/${id}/payment_methods`);
  }),
  route("GET /v1/payment_methods/:id", nothing, ({ world, id }) => get(world, "payment_method", id)),
  route("POST /v1/payment_methods/:id", updateMethod, ({ world, params, id }) => {
    const method = get(world, "payment_method", id);
    const changes = { metadata: changedMetadata(method.metadata ?? {}, params.metadata) };
    change(world, method, { type: "payment_method.updated", changes });
    return method;
  }),
  route("POST /v1/payment_methods/:id/attach", attach, ({ world, params, id }) => {
    get(world, "customer", params.customer, "customer");
    return attachMethod(world, usableMethod(world, id), params.customer);
  }),
  route("POST /v1/payment_methods/:id/detach", nothing, ({ world, id }) => {
    const method = get(world, "payment_method", id);
    if (!method.customer) throw invalid("The payment method is not attached to a customer.");
    const owner = get(world, "customer", idOf(method.customer));
    change(world, method, { type: "payment_method.detached", changes: { customer: null } });
    forgetStandard(world, owner, id);
    return method;
  }),
];

/** What is nobody's any more is no customer's standard either. */
function forgetStandard(world: World, customer: Stripe.Customer, methodId: string): void {
  const { invoice_settings } = customer;
  if (invoice_settings.default_payment_method !== methodId) return;
  const changes = { invoice_settings: { ...invoice_settings, default_payment_method: null } };
  change(world, customer, { type: "customer.updated", changes });
}

function methodsOf(world: World, customer: string | undefined): Stripe.PaymentMethod[] {
  return all(world, "payment_method").filter((method) => customer && method.customer === customer);
}

/** The payment method with this id; one of Stripe's test names makes a new one. */
export function usableMethod(world: World, id: string, param?: string): Stripe.PaymentMethod {
  if (Object.hasOwn(TEST_CARDS, id)) return makeMethod(world, id);
  const method = find(world, "payment_method", id);
  if (!method) throw missing("PaymentMethod", id, param);
  return method;
}

/** A new payment method that answers as this test card does. */
export function makeMethod(world: World, testCard: string): Stripe.PaymentMethod {
  const card = TEST_CARDS[testCard];
  if (!card) throw missing("PaymentMethod", testCard);
  const method = put(world, "payment_method", {
    id: newIdOf("payment_method"),
    object: "payment_method",
    allow_redisplay: "always",
    billing_details: { address: null, email: null, name: null, phone: null, tax_id: null },
    card: cardOf(card),
    created: secondsNow(world),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: "card",
  });
  world.behaviours[method.id] = card.behaviour;
  return method;
}

function cardOf({ brand, last4 }: TestCard): Stripe.PaymentMethod.Card {
  return {
    brand,
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: "pass" },
    country: "US",
    display_brand: brand,
    exp_month: 12,
    exp_year: new Date().getUTCFullYear() + 3,
    fingerprint: newStripeId("").slice(1, 17),
    funding: "credit",
    generated_from: null,
    last4,
    networks: { available: [brand], preferred: null },
    regulated_status: "unregulated",
    three_d_secure_usage: { supported: true },
    wallet: null,
  };
}

export function attachMethod(
  world: World,
  method: Stripe.PaymentMethod,
  customer: string,
): Stripe.PaymentMethod {
  if (method.customer && method.customer !== customer)
    throw invalid("The payment method you provided has already been attached to a customer.");
  if (method.customer) return method;
  method.customer = customer;
  emit(world, "payment_method.attached", method);
  return method;
}
