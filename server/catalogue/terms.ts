// Words and limits of the catalogue. Pure: pages may import it.

/** Lowest rank first; rate cards and the billing profile use the same codes. */
export const PLAN_CODES = ["free", "starter", "pro", "enterprise"] as const;
export type PlanCode = (typeof PLAN_CODES)[number];

/** What an allowance counts. */
export const METERS = ["message", "input_token", "output_token"] as const;
export type Meter = (typeof METERS)[number];

/** For how long an allowance lasts: a month from the tenant's anchor, or a day in UTC. */
export const SPANS = ["period", "day"] as const;
export type Span = (typeof SPANS)[number];

/** What happens when an allowance is used up: the call is refused, or charged to the reserve. */
export const EXCEED_RULES = ["block", "use_reserve"] as const;
export type ExceedRule = (typeof EXCEED_RULES)[number];

/** What is counted of a model call. */
export const TOKEN_UNITS = [
  "input_token",
  "output_token",
  "cache_read_token",
  "cache_write_token",
  "reasoning_token",
] as const;
/** Everything that has a price. */
export const UNITS = [
  ...TOKEN_UNITS,
  "message",
  "image",
  "storage_gb_month",
  "api_call",
  "document",
] as const;

export const FEATURES = ["tools", "jobs", "projects", "machineAccess", "dataExport"] as const;
export type Feature = (typeof FEATURES)[number];

export const STANDINGS = ["trialing", "active", "past_due", "suspended"] as const;
export type Standing = (typeof STANDINGS)[number];
export const STANDING_LABELS: Record<Standing, string> = {
  trialing: "Trial",
  active: "Active",
  past_due: "Past due",
  suspended: "Suspended",
};

export const TRIAL_DAYS_MAX = 730;
/** The name of the line that prices every model without one of its own. */
export const ANY_MODEL = "*";

/** A reason is read by whoever asks later; shorter ones say nothing. */
export const PRICE_REASON_LENGTH_MIN = 10;
export const PRICE_REASON_LENGTH_MAX = 500;
export const DRAFT_LINES_MAX = 500;
/** How many changed prices the audit log names of a publication. */
export const CHANGES_AUDITED_MAX = 100;
export const TEXT_DRAFT_EXISTS = "This rate card has a draft already.";
export const TEXT_DRAFT_MOVED = "Somebody changed this draft. Look at it again.";
export const TEXT_BEGINS_LATER = "A version begins in the future, and after the one before it.";
export const TEXT_NOT_RECALLABLE = "Only the newest version can be recalled, and only before it begins.";
/** Longer than a week is no override but another plan. */
export const OVERRIDE_HOURS_MAX = 168;

export const TEXT_PLAN_NOT_SOLD = "This plan is not offered.";
export const TEXT_SAME_PLAN = "The workspace is on this plan already.";
export const TEXT_PLAN_NEEDS_PAYMENT =
  "This plan has to be paid for, and payments are not set up here yet. Nothing was changed.";
export const TEXT_PLAN_BY_CONTRACT =
  "Enterprise is agreed in person. Write to us, and nothing changes until then.";
