// Words and limits of billing. Pure: pages may import it.

/** What a billing page is told of while it is open. */
export type BillingEventType =
  | "subscription"
  | "invoice"
  | "payment_method"
  | "seats"
  | "topup"
  | "auto_topup"
  | "refund"
  | "dispute"
  | "ledger";

/** How far back a page that comes back is told one by one what it missed; beyond it, it is read anew. */
export const REPLAY_EVENTS_MAX = 1_024;
export const REPLAY_HOURS = 24;
/** Live billing pages of one workspace; the database has as many places. */
export const OPEN_PAGES_MAX = 3;
/** For how long the history of a billing page goes back. */
export const EVENTS_KEPT_DAYS = 400;
export const BILLING_EVENTS_PER_PAGE = 25;
export const BILLING_EVENTS_PER_PAGE_MAX = 100;
export const TEXT_NOT_LIVE = "Live updates are not available right now. Reload the page to see what is new.";

/** What can become of an event of Stripe's with one handler. */
export const DISPATCH_STATUSES = ["pending", "running", "done", "ignored", "failed", "dead"] as const;
export type DispatchStatus = (typeof DISPATCH_STATUSES)[number];
export const STRIPE_EVENTS_PER_PAGE = 50;
export const STRIPE_EVENTS_PER_PAGE_MAX = 100;
export const STRIPE_FILTER_LENGTH_MAX = 120;
/** Events that are replayed with one request. */
export const REPLAYED_EVENTS_MAX = 50;
export const INTERVALS = ["month", "year"] as const;
export type Interval = (typeof INTERVALS)[number];
/** Plans that can be bought here. */
export const SOLD_PLANS = ["starter", "pro"] as const;
export type SoldPlan = (typeof SOLD_PLANS)[number];
export const SEATS_MAX = 10_000;

export const TEXT_INTERVAL_NOT_SOLD = "This plan is not sold at this interval.";
export const TEXT_UNSOLD = "This plan is not offered.";
export const TEXT_SUBSCRIBED = "This workspace has a subscription already: change it instead.";
export const TEXT_NOT_SUBSCRIBED = "This workspace has no subscription.";
export const TEXT_SAME_SUBSCRIPTION = "The subscription is on this plan already.";
export const TEXT_CANCELLING = "The subscription is being cancelled. Resume it first.";
export const TEXT_BROUGHT_BACK =
  "The workspace was just brought back, and its subscription goes on in a moment. Please try again then.";
export const TEXT_NOT_CANCELLING = "The subscription goes on already.";
export const TEXT_CANCEL_FIRST = "This plan is paid by a subscription: cancel it on the billing page.";
export const TEXT_CHANGES_OFF = "Plans are changed by your contact at Parley.";
export const TEXT_CANCELLATION_OFF = "Subscriptions are ended by your contact at Parley.";
export const TEXT_PORTAL_OFF = "The payment portal is switched off here.";
export const TEXT_NOTHING_PAID = "Nothing has been paid here yet.";
/** For how long a change costs what its preview said. */
export const QUOTE_MINUTES = 10;
export const INVOICES_PER_PAGE = 20;
export const INVOICES_PER_PAGE_MAX = 100;

/** What automatic top-ups do unless somebody sets other numbers: below 10 dollars they add 50, at most 200 in a month. */
export const AUTO_TOPUP_USUAL = {
  thresholdNano: 10_000_000_000n,
  amountCents: 5_000,
  monthCeilingCents: 20_000,
};
export const AUTO_TOPUP_CEILING_CENTS_MAX = 10_000_000;
/** Declines in a row after which nothing is tried any more. */
export const AUTO_TOPUP_FAILURES_MAX = 3;
export const TEXT_AUTO_TOPUP_STALE =
  "Somebody saved automatic top-ups after you opened them. Look at what they saved, and save again to replace it.";
export type AutoTopUpState =
  | "off"
  | "ready"
  | "under_way"
  | "needs_action"
  | "waiting"
  | "ceiling"
  | "paused"
  | "no_payment_method";

/** In what Stripe and Parley, or Parley's own books, can differ. */
export const DIFFERENCE_KINDS = [
  "subscription_status",
  "subscription_plan",
  "subscription_seats",
  "subscription_period",
  "subscription_cancellation",
  "subscription_customer",
  "subscription_missing",
  "subscription_unknown",
  "seats",
  "payment_unknown",
  "payment_missing",
  "payment_amount",
  "payment_taken",
  "payment_books",
  "balance",
] as const;
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];
export const DIFFERENCES_PER_PAGE = 25;
export const DIFFERENCES_PER_PAGE_MAX = 100;
/** Payments are compared for so long after they were made: refunds and disputes come late. */
export const PAYMENTS_COMPARED_DAYS = 120;

/** Why a difference is not repaired by a click; the others are. */
export const REPAIRED_BY_HAND: Partial<Record<DifferenceKind, string>> = {
  subscription_missing:
    "Stripe does not know this subscription, so there is nothing to fetch. Look whether the key is of the right account.",
  payment_missing:
    "Stripe does not know this payment. Look whether the key is of the right account before you adjust the reserve.",
  payment_amount:
    "A payment is credited once and never changed. Find the cause, then adjust the reserve with a reason.",
  payment_books: "The ledger is never changed. Find the cause, then adjust the reserve with a reason.",
  balance: "A balance is never changed by a click. Find the cause, then adjust the reserve with a reason.",
};
export const TEXT_DIFFERENCE_OVER = "This difference is over already.";
