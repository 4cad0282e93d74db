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
export const TEXT_GUARD_ALREADY = "The guard stands like this already.";
/** How many faults of the books a page shows, and how many runs. */
export const FAULTS_SHOWN_MAX = 50;
export const RUNS_SHOWN_MAX = 10;
export const TEXT_ADJUSTMENT_DECIDED = "This adjustment has been decided already.";
export const TEXT_OWN_ADJUSTMENT = "Somebody else must approve your adjustment.";
export const TEXT_OTHER_ADJUSTMENT = "Another adjustment was asked for under this name.";
export type AdjustmentState = "pending" | "booked" | "rejected";

/** What happens when the reserve is low and a call is not covered by the plan. */
export const LOW_POLICIES = ["warn", "block", "limited"] as const;
export type LowPolicy = (typeof LOW_POLICIES)[number];

const NANO_PER_DOLLAR = 1_000_000_000n;
export const NANO_PER_CENT = 10_000_000n;

/** Nano as exact money: "$1,234.56", "-$0.000045". At least two decimals, and all that are not zero. */
export function exactDollars(nano: bigint | string): string {
  const { sign, size } = parted(nano);
  const fraction = (size % NANO_PER_DOLLAR).toString().padStart(9, "0");
  return `${sign}$${grouped(size / NANO_PER_DOLLAR)}.${fraction.replace(/0{1,7}$/, "")}`;
}

/** Money to the cent, towards zero; less than a cent is shown exactly, since "$0.00" would say nothing. */
export function roundDollars(nano: bigint | string): string {
  const { sign, size } = parted(nano);
  const isSmall = size < NANO_PER_CENT;
  return exactDollars(`${sign}${isSmall ? size : size - (size % NANO_PER_CENT)}`);
}

/** What a small thing cost, in few digits: to the cent, or the first two digits of less than a cent. */
export function quietDollars(nano: string): string {
  const amount = BigInt(nano);
  if (amount >= NANO_PER_CENT || amount < 100n) return roundDollars(amount);
  const place = 10n ** BigInt(amount.toString().length - 2);
  return exactDollars(((amount + place / 2n) / place) * place);
}

/** Whole cents, rounded down. */
export function centsOf(nano: bigint): bigint {
  const cents = nano / NANO_PER_CENT;
  return nano < 0n && nano % NANO_PER_CENT !== 0n ? cents - 1n : cents;
}

function parted(nano: bigint | string): { sign: "" | "-"; size: bigint } {
  const amount = BigInt(nano);
  return amount < 0n ? { sign: "-", size: -amount } : { sign: "", size: amount };
}

function grouped(whole: bigint): string {
  return whole.toString().replace(/\B(?=(\d{3})+$)/g, ",");
}

/** What somebody may type as an amount: a thousand million dollars. */
export const AMOUNT_NANO_MAX = 1_000_000_000_000_000_000n;
export const TEXT_AMOUNT = "Enter an amount of dollars such as 25 or 12.50.";

/** Members whose limits are listed on one page. */
export const MEMBER_LIMITS_PER_PAGE = 20;
export const LIMIT_SEARCH_LENGTH_MAX = 100;
export const LIMIT_NOTE_LENGTH_MAX = 500;
/** What somebody who asks for more asks for, unless they say another amount: 10 dollars. */
export const EXTRA_NANO_USUAL = 10_000_000_000n;
/** Share of the month that must be over before what is spent says anything about its end. */
export const FORECAST_SHARE_MIN = 0.1;
export const TEXT_STALE_LIMIT =
  "Somebody saved this limit after you opened it. What they saved stands beside what you typed; save again to replace it.";
export const TEXT_ASKED_FOR_MORE = "You have asked already this month.";
export const TEXT_RAISE_YOURSELF = "You can raise the limits yourself.";
export const TEXT_REQUEST_DECIDED = "This request has been decided already, or its month is over.";
export const TEXT_STOPPED_AT_LIMIT = "Stopped: limit reached.";

export const LEDGER_ROWS_PER_PAGE = 25;
export const LEDGER_ROWS_PER_PAGE_MAX = 100;
/** Files of the ledger that one person can begin in an hour. */
export const LEDGER_EXPORTS_PER_HOUR = 10;
export const TOP_UP_CENTS_MIN = 100;
export const TOP_UP_CENTS_MAX = 1_000_000;
export const TEXT_NO_PAYMENTS = "Payments are not set up here yet, so the reserve cannot be topped up.";

export const LEDGER_KINDS = [
  "topup",
  "auto_topup",
  "usage",
  "adjustment",
  "refund",
  "dispute_hold",
  "dispute_return",
  "grant",
  "expiry",
  "late_adjust",
] as const;
export type LedgerKind = (typeof LEDGER_KINDS)[number];

/** Shares of a cap at which people are told, in percent. */
export const CAP_THRESHOLDS = [50, 80, 100] as const;
/** Shares of an allowance at which people are told, in percent. */
export const ALLOWANCE_THRESHOLDS = [80, 100] as const;
