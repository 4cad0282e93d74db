// What the procedures of billing take.

import { z } from "zod";
import { Id, storableText } from "../platform/contract";
import { TEXT_AMOUNT, TOP_UP_CENTS_MAX, TOP_UP_CENTS_MIN } from "../wallet/terms";
import {
  AUTO_TOPUP_CEILING_CENTS_MAX,
  BILLING_EVENTS_PER_PAGE,
  BILLING_EVENTS_PER_PAGE_MAX,
  DIFFERENCE_KINDS,
  DIFFERENCES_PER_PAGE,
  DIFFERENCES_PER_PAGE_MAX,
  DISPATCH_STATUSES,
  INTERVALS,
  INVOICES_PER_PAGE,
  INVOICES_PER_PAGE_MAX,
  REPLAYED_EVENTS_MAX,
  SEATS_MAX,
  SOLD_PLANS,
  STRIPE_EVENTS_PER_PAGE,
  STRIPE_EVENTS_PER_PAGE_MAX,
  STRIPE_FILTER_LENGTH_MAX,
} from "./terms";

export const ListBillingEvents = z
  .strictObject({
    cursor: z.string().max(500).optional(),
    limit: z.number().int().min(1).max(BILLING_EVENTS_PER_PAGE_MAX).default(BILLING_EVENTS_PER_PAGE),
  })
  .prefault({});
export type ListBillingEvents = z.output<typeof ListBillingEvents>;

/** `lastEventId` is the last event seen; what came after it is told first. */
export const WatchBilling = z.strictObject({ lastEventId: z.string().max(40).nullish() }).prefault({});
export type WatchBilling = z.output<typeof WatchBilling>;

const stripeFilter = storableText(STRIPE_FILTER_LENGTH_MAX).min(1).optional();
const day = z.iso.date("Enter a day as 2026-01-31.").optional();

/** Which of Stripe's events are meant; days are UTC, both included. */
export const StripeEventQuery = z.strictObject({
  /** A workspace's address or id. */
  tenant: stripeFilter,
  /** A whole type: `invoice.paid`. */
  type: stripeFilter,
  status: z.enum(DISPATCH_STATUSES).optional(),
  from: day,
  to: day,
});
export type StripeEventQuery = z.output<typeof StripeEventQuery>;

export const ListStripeEvents = StripeEventQuery.extend({
  cursor: z.string().max(500).optional(),
  limit: z.number().int().min(1).max(STRIPE_EVENTS_PER_PAGE_MAX).default(STRIPE_EVENTS_PER_PAGE),
}).prefault({});
export type ListStripeEvents = z.output<typeof ListStripeEvents>;

const eventId = storableText(255).min(1);
export const NameStripeEvent = z.strictObject({ eventId });
export type NameStripeEvent = z.output<typeof NameStripeEvent>;

/** One event, or those that fit a filter, the newest first; with `dryRun` it is only said what would be written. */
export const ReplayEvents = z
  .strictObject({
    eventId: eventId.optional(),
    filter: StripeEventQuery.extend({
      limit: z.number().int().min(1).max(REPLAYED_EVENTS_MAX).default(REPLAYED_EVENTS_MAX),
    }).optional(),
    dryRun: z.boolean().default(false),
    reason: storableText(500).optional(),
  })
  .refine(({ eventId: one, filter }) => (one === undefined) !== (filter === undefined), {
    error: "Name an event, or a filter.",
    path: ["eventId"],
  });
export type ReplayEvents = z.output<typeof ReplayEvents>;

export const ListDifferences = z
  .strictObject({
    state: z.enum(["open", "resolved"]).default("open"),
    kind: z.enum(DIFFERENCE_KINDS).optional(),
    cursor: z.string().max(500).optional(),
    limit: z.number().int().min(1).max(DIFFERENCES_PER_PAGE_MAX).default(DIFFERENCES_PER_PAGE),
  })
  .prefault({});
export type ListDifferences = z.output<typeof ListDifferences>;

export const NameDifference = z.strictObject({ differenceId: Id });
export type NameDifference = z.output<typeof NameDifference>;

const plan = z.preprocess((code) => (code === "professional" ? "pro" : code), z.enum(SOLD_PLANS));
const interval = z.enum(INTERVALS);

/** Neither price, trial nor customer: those follow from catalogue and workspace. */
export const Checkout = z.strictObject({
  plan,
  interval,
  /** At least so many; those who belong have one each anyway. */
  seats: z.number().int().min(1).max(SEATS_MAX).optional(),
});
export type Checkout = z.output<typeof Checkout>;

export const PreviewSubscription = z.strictObject({ plan, interval });
export type PreviewSubscription = z.output<typeof PreviewSubscription>;

/** `quotedAt` of the preview that was shown: within some minutes the change costs what it said. */
export const ChangeSubscription = PreviewSubscription.extend({ quotedAt: z.iso.datetime().optional() });
export type ChangeSubscription = z.output<typeof ChangeSubscription>;

export const OpenPortal = z.strictObject({ flow: z.enum(["payment_method"]).optional() }).prefault({});
export type OpenPortal = z.output<typeof OpenPortal>;

export const ListInvoices = z
  .strictObject({
    cursor: z.string().max(500).optional(),
    limit: z.number().int().min(1).max(INVOICES_PER_PAGE_MAX).default(INVOICES_PER_PAGE),
  })
  .prefault({});
export type ListInvoices = z.output<typeof ListInvoices>;

const topUpCents = z.number().int().min(TOP_UP_CENTS_MIN).max(TOP_UP_CENTS_MAX);

export const TopUp = z.strictObject({ amountCents: topUpCents });
export type TopUp = z.output<typeof TopUp>;

export const SetAutoTopUp = z
  .strictObject({
    isEnabled: z.boolean(),
    /** Below it the reserve is filled; whole nano as decimal text. */
    thresholdNano: z
      .string()
      .regex(/^(0|[1-9]\d{0,15})$/, TEXT_AMOUNT)
      .transform(BigInt),
    amountCents: topUpCents,
    monthCeilingCents: z.number().int().min(TOP_UP_CENTS_MIN).max(AUTO_TOPUP_CEILING_CENTS_MAX),
    /** The version that was read, 0 where nothing was saved yet; absent, whatever stands is replaced. */
    version: z.number().int().min(0).max(2_147_483_647).optional(),
  })
  .refine(({ amountCents, monthCeilingCents }) => monthCeilingCents >= amountCents, {
    path: ["monthCeilingCents"],
    message: "Let a month allow at least one top-up.",
  });
export type SetAutoTopUp = z.output<typeof SetAutoTopUp>;
