// Everything the simulator knows: plain objects by kind and id in the order of their making, so that a snapshot of it is
// one JSON text. All work on it is synchronous: a request sees the world before or after another one, never between.
import { randomBytes } from "node:crypto";
import type Stripe from "stripe";
import { missing } from "./failure";

/** Kind, as Stripe's `object` names it -> the SDK's own response type. */
export interface Objects {
  balance_transaction: Stripe.BalanceTransaction;
  "billing_portal.configuration": Stripe.BillingPortal.Configuration;
  "billing_portal.session": Stripe.BillingPortal.Session;
  charge: Stripe.Charge;
  "checkout.session": Stripe.Checkout.Session;
  customer: Stripe.Customer;
  dispute: Stripe.Dispute;
  event: Stripe.EventBase;
  invoice: Stripe.Invoice;
  invoice_payment: Stripe.InvoicePayment;
  payment_intent: Stripe.PaymentIntent;
  payment_method: Stripe.PaymentMethod;
  price: Stripe.Price;
  product: Stripe.Product;
  refund: Stripe.Refund;
  setup_intent: Stripe.SetupIntent;
  subscription: Stripe.Subscription;
  "test_helpers.test_clock": Stripe.TestHelpers.TestClock;
  webhook_endpoint: Stripe.WebhookEndpoint;
}
export type Kind = keyof Objects;

const PREFIXES: Record<Kind, string> = {
  balance_transaction: "txn",
  "billing_portal.configuration": "bpc",
  "billing_portal.session": "bps",
  charge: "ch",
  "checkout.session": "cs_test",
  customer: "cus",
  dispute: "du",
  event: "evt",
  invoice: "in",
  invoice_payment: "inpay",
  payment_intent: "pi",
  payment_method: "pm",
  price: "price",
  product: "prod",
  refund: "re",
  setup_intent: "seti",
  subscription: "sub",
  "test_helpers.test_clock": "clock",
  webhook_endpoint: "we",
};

/** How a card answers when it is charged. */
export type Behaviour =
  | "succeed"
  | "decline"
  | "insufficient_funds"
  /** Asks its owner each time; nobody is there to answer when it is charged off-session. */
  | "authenticate"
  /** Neither paid nor refused until the money moves, as a bank debit. */
  | "processing";

/** What the snapshot file holds. */
export interface Saved {
  objects: { [K in Kind]: Record<string, Objects[K]> };
  deletedCustomers: string[];
  behaviours: Record<string, Behaviour>;
  /** What a checkout session was asked for and does not show. */
  checkouts: Record<string, CheckoutWish>;
  /** Proration lines that wait for the subscription's next invoice. */
  pendingLines: Record<string, Stripe.InvoiceLineItem[]>;
  /** Signing secrets by endpoint. */
  secrets: Record<string, string>;
  /** What was announced once: `<subscription>:<what>:<instant>`. */
  announced: string[];
  clockOffsetSeconds: number;
  invoiceNumber: number;
  /** Results by idempotency key. */
  results: Record<string, KeptResult>;
  /** Events that an endpoint has not taken yet. */
  undelivered: { eventId: string; endpointId: string }[];
}

export interface CheckoutWish {
  trialDays: number | null;
  trialEnd: number | null;
  missingPaymentMethod: "cancel" | "create_invoice" | "pause" | null;
  description: string | null;
  metadata: Stripe.Metadata;
  futureUse: "off_session" | "on_session" | null;
}

export interface KeptResult {
  fingerprint: string;
  status: number;
  body: string;
  /** Seconds since the epoch, by this machine's clock. */
  at: number;
}

/** After the last attempt to collect an invoice. */
export type DunningEnd = "unpaid" | "cancel" | "past_due";

export interface World extends Saved {
  /** Where the simulator itself is reached: its hosted pages stand there. */
  url: string;
  /** While what is due at an earlier instant is worked off: that instant. */
  pinnedSeconds: number | null;
  /** Charges to refuse, whatever the card. */
  declinesLeft: number;
  dunningEnd: DunningEnd;
  /** The request that is being worked on; events name it. */
  request: { id: string | null; idempotency_key: string | null };
  /** Something changed since the last snapshot. */
  isDirty: boolean;
  onEvent(event: Stripe.EventBase): void;
}

export function newWorld(url: string): World {
  const objects = Object.fromEntries(Object.keys(PREFIXES).map((kind) => [kind, {}])) as Saved["objects"];
  return {
    objects,
    deletedCustomers: [],
    behaviours: {},
    checkouts: {},
    pendingLines: {},
    secrets: {},
    announced: [],
    clockOffsetSeconds: 0,
    invoiceNumber: 0,
    results: {},
    undelivered: [],
    url,
    pinnedSeconds: null,
    declinesLeft: 0,
    dunningEnd: "unpaid",
    request: { id: null, idempotency_key: null },
    isDirty: false,
    onEvent: () => {},
  };
}

export function newStripeId(prefix: string): string {
  return `${prefix}_${randomBytes(12).toString("hex")}`;
}

export function newIdOf(kind: Kind): string {
  return newStripeId(PREFIXES[kind]);
}

export function put<K extends Kind>(world: World, kind: K, object: Objects[K]): Objects[K] {
  const objects: Record<string, Objects[K]> = world.objects[kind];
  objects[object.id] = object;
  return object;
}

export function find<K extends Kind>(world: World, kind: K, id: string): Objects[K] | null {
  return Object.hasOwn(world.objects[kind], id) ? (world.objects[kind][id] ?? null) : null;
}

/** Throws Stripe's resource_missing; `param` names the parameter that named it, unless it was the path. */
export function get<K extends Kind>(world: World, kind: K, id: string, param?: string): Objects[K] {
  const object = find(world, kind, id);
  if (!object) throw missing(kind.replace("checkout.session", "checkout session"), id, param);
  return object;
}

export function all<K extends Kind>(world: World, kind: K): Objects[K][] {
  return Object.values(world.objects[kind]);
}

/** The object behind an id of any kind, as expanding it needs. */
export function findAny(world: World, id: string): object | null {
  for (const kind of Object.keys(PREFIXES) as Kind[]) {
    const object = find(world, kind, id);
    if (object) return object;
  }
  return null;
}

/** Seconds since the epoch, as the customer lives them: a test clock may hold theirs. */
export function secondsNow(world: World, customer?: string | { id: string } | null): number {
  if (world.pinnedSeconds !== null) return world.pinnedSeconds;
  const clock = customer ? clockOf(world, idOf(customer)) : null;
  return clock?.frozen_time ?? Math.floor(Date.now() / 1000) + world.clockOffsetSeconds;
}

export function clockOf(world: World, customerId: string): Stripe.TestHelpers.TestClock | null {
  const clock = find(world, "customer", customerId)?.test_clock;
  return clock ? find(world, "test_helpers.test_clock", idOf(clock)) : null;
}

/** The id of what may be expanded. */
export function idOf(reference: string | { id: string }): string {
  return typeof reference === "string" ? reference : reference.id;
}

/** Metadata with the changes of a request: an empty value removes its key, an empty text all of them. */
export function changedMetadata(
  current: Stripe.Metadata,
  sent: Record<string, string> | "" | undefined,
): Stripe.Metadata {
  if (sent === "") return {};
  const entries = Object.entries({ ...current, ...sent }).filter(([, value]) => value !== "");
  return Object.fromEntries(entries);
}
