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
