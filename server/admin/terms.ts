// Words and limits of the operators' pages. Pure: pages may import it.

export const USERS_PAGE_SIZE = 10;
export const USERS_PAGE_SIZE_MAX = 100;
export const TENANTS_PAGE_SIZE = 20;
export const TENANTS_PAGE_SIZE_MAX = 100;
export const SEARCH_LENGTH_MAX = 254;

export const USER_STATES = ["pending", "active", "locked", "disabled"] as const;

export const USER_SORTS = ["newest", "oldest"] as const;

/** A reason is read by whoever asks later; shorter ones say nothing. */
export const REASON_LENGTH_MIN = 10;
export const REASON_LENGTH_MAX = 500;

export const TEXT_OWN_ACCOUNT = "You cannot do this to your own account.";
export const TEXT_LOCKED_ALREADY = "This account is locked already.";
export const TEXT_NOT_LOCKED = "This account is not locked by an operator.";
export const TEXT_UNLOCK_UNVERIFIED = "This account's email is not confirmed yet, so it cannot be unlocked.";
export const TEXT_DISABLED_ALREADY = "This account is disabled already.";
export const TEXT_NOT_DISABLED = "This account is not disabled.";
export const TEXT_ALREADY_VERIFIED = "This account's email is confirmed already.";

export const AUDIT_PAGE_SIZE = 50;
export const AUDIT_PAGE_SIZE_MAX = 100;
export const AUDIT_FILTER_LENGTH_MAX = 254;
export const EXPORTS_PER_HOUR = 5;
export const TEXT_ROLE_ALREADY = "This person has that role already.";

/** Which reserves stand first in the operators' list. */
export const RESERVE_SORTS = ["lowest", "highest"] as const;
export const COST_GROUPS = ["day", "model", "tenant"] as const;
export const COST_DAYS_SHOWN = 30;
export const COST_DAYS_MAX = 366;
/** How many models or workspaces a list of costs names. */
export const COST_GROUPS_MAX = 100;
export const HOLDS_PAGE_SIZE = 50;
/** A hold is swept within a minute of its end; one that still stands after this long is stuck. */
export const HOLD_STUCK_MINUTES = 2;
