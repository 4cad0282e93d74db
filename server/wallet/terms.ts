// Words and limits of money. Pure: pages may import it.

/** T-6. */
export const TEXT_CAP_REACHED =
  "Your monthly spending limit has been reached. Adjust your limit to continue.";
export const TEXT_RESERVE_INSUFFICIENT = "Your reserve does not cover this call. Top it up to continue.";
export const TEXT_SUBSCRIPTION_INACTIVE = "Your plan is not active. Renew it to continue.";
export const TEXT_ALLOWANCE_USED =
  "Your plan's allowance is used up. Wait for the next period or change the plan.";
export const TEXT_MODEL_UNPRICED = "This model is not available.";

/** Fewer tokens than this are no answer: what affords less is refused. */
export const OUTPUT_TOKENS_MIN = 256;
export type Payer = "allowance" | "reserve";
export type HoldState = "reserved" | "dispatched" | "settled" | "released" | "expired";

/** A reason is read by whoever asks later; shorter ones say nothing. */
export const ADJUSTMENT_REASON_LENGTH_MIN = 10;
export const ADJUSTMENT_REASON_LENGTH_MAX = 500;
export const ADJUSTMENTS_PER_PAGE = 20;
/** More than this, either way, is booked only when a second operator approves: 100 dollars. */
export const ADJUSTMENT_ALONE_NANO_MAX = 100_000_000_000n;
export const TEXT_ADJUSTMENT_DECIDED = "This adjustment has been decided already.";
export const TEXT_OWN_ADJUSTMENT = "Somebody else must approve your adjustment.";
export const TEXT_OTHER_ADJUSTMENT = "Another adjustment was asked for under this name.";
export type AdjustmentState = "pending" | "booked" | "rejected";
