// Paying on the hosted page: a card is chosen, perhaps its bank asks back, and the session is complete or the page says why
// not. A subscription begins only when its first payment came (or its trial needs none).
import type Stripe from "stripe";
import { attachMethod, makeMethod, TEST_CARDS } from "./cards";
import { emit } from "./events";
import { confirm, makeIntent, type Outcome } from "./payments";
import { startSubscription } from "./subscription-start";
import { get, idOf, newIdOf, put, secondsNow, type World } from "./world";

export type Paid = "complete" | "authenticate" | "declined";

interface Choice {
  /** Of TEST_CARDS. */
  card: string;
  /** The bank's page was answered with yes. */
  isAuthenticated: boolean;
}

export function pay(world: World, session: Stripe.Checkout.Session, choice: Choice): Paid {
  const behaviour = TEST_CARDS[choice.card]?.behaviour ?? "decline";
  if (behaviour === "authenticate" && !choice.isAuthenticated) return "authenticate";
  const customer = customerOf(session);
  return session.mode === "payment"
    ? payOnce(world, session, { ...choice, customer })
    : subscribe(world, session, { ...choice, customer });
}

function customerOf(session: Stripe.Checkout.Session): string | null {
  return session.customer === null ? null : idOf(session.customer);
}

type Paying = Choice & { customer: string | null };

function payOnce(
  world: World,
  session: Stripe.Checkout.Session,
  { card, isAuthenticated, customer }: Paying,
): Paid {
  const wanted = world.checkouts[session.id];
  const intent = session.payment_intent
    ? get(world, "payment_intent", idOf(session.payment_intent))
    : makeIntent(world, {
        amount: session.amount_total ?? 0,
        currency: session.currency ?? "usd",
        customer,
        description: wanted?.description ?? null,
        metadata: wanted?.metadata ?? {},
        setup_future_usage: wanted?.futureUse ?? null,
      });
  session.payment_intent = intent.id;
  const method = makeMethod(world, card);
  if (intent.setup_future_usage && customer) attachMethod(world, method, customer);
  intent.payment_method = method.id;
  const outcome = confirm(world, intent, { isOffSession: false, isAuthenticated });
  if (outcome !== "succeeded" && outcome !== "processing") return "declined";
  complete(world, session, outcome);
  return "complete";
}

function subscribe(
  world: World,
  session: Stripe.Checkout.Session,
  { card, isAuthenticated, customer }: Paying,
): Paid {
  const wanted = world.checkouts[session.id];
  const isTrial = Boolean(wanted?.trialDays || wanted?.trialEnd);
  if (!isTrial && wouldDecline(world, card)) return "declined";
  if (!customer) throw new Error("A subscription needs a customer: pass `customer` to the session.");
  const method = attachMethod(world, makeMethod(world, card), customer);
  if (isTrial) session.setup_intent = setUp(world, customer, method.id).id;
  const subscription = startSubscription(world, {
    customer,
    items: (session.line_items?.data ?? []).map(({ price, quantity }) => ({
      price: price?.id ?? "",
      quantity: quantity ?? 1,
    })),
    metadata: wanted?.metadata ?? {},
    trialDays: wanted?.trialDays ?? null,
    trialEnd: wanted?.trialEnd ?? null,
    missingPaymentMethod: wanted?.missingPaymentMethod ?? undefined,
    paymentMethod: method.id,
    hasAutomaticTax: session.automatic_tax.enabled,
    description: wanted?.description ?? null,
    isAuthenticated,
  });
  session.subscription = subscription.id;
  session.invoice = subscription.latest_invoice;
  const isPaid = get(world, "invoice", idOf(subscription.latest_invoice ?? "")).status === "paid";
  complete(world, session, isTrial ? "no_payment_required" : isPaid ? "succeeded" : "processing");
  return "complete";
}

/** A subscription by a refused card does not even begin. */
function wouldDecline(world: World, card: string): boolean {
  const behaviour = TEST_CARDS[card]?.behaviour;
  if (behaviour === "decline" || behaviour === "insufficient_funds") return true;
  if (world.declinesLeft === 0) return false;
  world.declinesLeft -= 1;
  return true;
}

/** The record of a card that was checked and kept without being charged. */
function setUp(world: World, customer: string, paymentMethod: string): Stripe.SetupIntent {
  const intent = put(world, "setup_intent", {
    id: newIdOf("setup_intent"),
    object: "setup_intent",
    allowed_payment_method_types: null,
    application: null,
    automatic_payment_methods: null,
    cancellation_reason: null,
    client_secret: null,
    created: secondsNow(world, customer),
    customer,
    customer_account: null,
    description: null,
    excluded_payment_method_types: null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    mandate: null,
    metadata: {},
    next_action: null,
    on_behalf_of: null,
    payment_method: paymentMethod,
    payment_method_configuration_details: null,
    payment_method_options: null,
    payment_method_types: ["card"],
    single_use_mandate: null,
    status: "succeeded",
    usage: "off_session",
  });
  emit(world, "setup_intent.succeeded", intent);
  return intent;
}

const PAYMENT_STATUS = {
  succeeded: "paid",
  processing: "unpaid",
  no_payment_required: "no_payment_required",
} as const;

function complete(
  world: World,
  session: Stripe.Checkout.Session,
  outcome: keyof typeof PAYMENT_STATUS & (Outcome | "no_payment_required"),
): void {
  const customer = session.customer ? get(world, "customer", idOf(session.customer)) : null;
  Object.assign(session, {
    status: "complete",
    payment_status: PAYMENT_STATUS[outcome],
    url: null,
    customer_details: {
      address: customer?.address ?? null,
      business_name: null,
      email: customer?.email ?? session.customer_email,
      individual_name: null,
      name: customer?.name ?? null,
      phone: null,
      tax_exempt: "none",
      tax_ids: [],
    },
    ...(session.automatic_tax.enabled
      ? { automatic_tax: { ...session.automatic_tax, status: "complete" } }
      : {}),
  });
  emit(world, "checkout.session.completed", session);
}
