// Limits, words and exact texts of identity. Pure: pages may import it.

export const EMAIL_LENGTH_MAX = 254;
export const NAME_LENGTH_MAX = 80;
export const USER_AGENT_LENGTH_MAX = 512;

/** The password policy (requirements G6); lengths count code points after NFKC normalisation. */
export const PASSWORD_LENGTH_MIN = 14;
export const PASSWORD_LENGTH_MAX = 128;
export const PASSWORD_CLASSES_MIN = 2;
/** From this length on any composition is accepted. */
export const PASSWORD_LENGTH_ANY_COMPOSITION = 20;
export const PASSWORD_SCORE_MIN = 3;

/** More than any accepted password, so that a sign-in form refuses nothing an account could have. */
export const PASSWORD_INPUT_LENGTH_MAX = 1_024;

export const TOKEN_LENGTH_MAX = 200;
export const SESSIONS_PAGE_SIZE = 50;
/** What lists of sessions are ordered by, newest first. */
export const SESSION_SORTS = ["createdAt", "lastUsedAt"] as const;

export const LOGIN_FAILURES_MAX = 5;
/** Failed sign-ins after which the next one needs a captcha. */
export const CAPTCHA_AFTER_FAILURES = 3;
export const LOGIN_FAILURE_WINDOW_MINUTES = 15;
export const LOGIN_LOCK_MINUTES = 5;

/** How long a sign-in or a step-up counts as recent. */
export const STEP_UP_VALID_MINUTES = 10;
export const TEXT_STEP_UP = "Please confirm that it is you.";

export const VERIFICATION_VALID_HOURS = 24;
export const RESEND_PER_ACCOUNT_PER_HOUR = 3;

export const RESET_VALID_MINUTES = 60;
export const EMAIL_CHANGE_VALID_HOURS = 24;
/** How long the old address can undo a change. */
export const EMAIL_CHANGE_CANCEL_DAYS = 7;
export const RESETS_PER_ADDRESS_PER_HOUR = 5;
/** The present password and those before it that a new one must not repeat. */
export const PASSWORD_HISTORY_LENGTH = 5;

/** The texts of requirements R1, letter by letter. */
export const TEXT_REGISTERED = "Registration almost done — check your email. The link is valid for 24 hours.";
export const TEXT_UNVERIFIED = "You must confirm your registration first. We've sent you an email.";
export const TEXT_INVALID_CREDENTIALS = "Email or password is incorrect.";
/** At the field of a prompt for the own password, where nobody typed an address. */
export const TEXT_WRONG_PASSWORD = "Your current password is incorrect.";

export const TEXT_NEW_DEVICE = "New sign-in detected.";

export const TEXT_LOCKOUT_MAIL = "Account temporarily locked due to multiple failed attempts.";
export const TEXT_RESET_REQUESTED = "If that email is registered, we've sent password reset instructions.";
export const TEXT_PASSWORD_CHANGED = "Password updated. Other sessions were signed out.";

export const TEXT_PASSWORD_RESET = "Your new password is set. Sign in with it.";
export const TEXT_EMAIL_CHANGE = "We've sent a link to that address. Your email changes when you open it.";
export const TEXT_EMAIL_CONFIRMED = "Your new email is confirmed. Other sessions were signed out.";
export const TEXT_EMAIL_CANCELLED = "The change of your email is undone.";
export const TEXT_RESENT = "If that email still needs confirming, we've sent a new link.";
export const TEXT_VERIFIED = "Your email is confirmed. You can sign in now.";

/** Platform roles, highest rank first; everybody who is no operator is a `user`. */
export const PLATFORM_ROLES = ["admin", "billing_admin", "support", "user"] as const;
export type PlatformRole = (typeof PLATFORM_ROLES)[number];

/** An operator acts on people of a lower rank than their own, and gives no role above it. */
export const PLATFORM_RANK: Record<PlatformRole, number> = {
  admin: 2,
  billing_admin: 1,
  support: 1,
  user: 0,
};

export const PLATFORM_PERMISSIONS = [
  "users.read",
  "users.moderate",
  "users.manage",
  "access.manage",
  "auditLog.read",
  "auditLog.export",
  "billing.read",
  "billing.manage",
  "tenants.read",
  "tenants.support",
  "system.read",
  "machineTokens.manage",
] as const;
export type PlatformPermission = (typeof PLATFORM_PERMISSIONS)[number];

const EVERY_OPERATOR: PlatformPermission[] = ["users.read", "tenants.read", "system.read"];
const BILLING_ADMIN: PlatformPermission[] = [...EVERY_OPERATOR, "billing.read", "billing.manage"];
const SUPPORT: PlatformPermission[] = [
  ...EVERY_OPERATOR,
  ...(["users.moderate", "access.manage", "auditLog.read", "tenants.support"] as const),
];
const ADMIN: PlatformPermission[] = [
  ...SUPPORT,
  ...(["users.manage", "auditLog.export", "billing.read", "billing.manage", "machineTokens.manage"] as const),
];

/** What each platform role may; docs/operators.md is written from this table. */
export const PLATFORM_ROLE_PERMISSIONS: Record<PlatformRole, ReadonlySet<PlatformPermission>> = {
  admin: new Set(ADMIN),
  billing_admin: new Set(BILLING_ADMIN),
  support: new Set(SUPPORT),
  user: new Set(),
};

export const TEXT_SECOND_FACTOR_NEEDED = "Sign in with your second factor to work as an operator.";

/** T-8; minutes are rounded up, so that the promise holds. */
export function textLocked(minutes: number): string {
  return `Too many failed login attempts. Try again in ${minutes} minutes.`;
}

/** What the owner of an account that waits for its deletion is told at sign-in. */
export function textLeaving(dueAt: Date): string {
  const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(dueAt);
  return `This account will be deleted on ${day}. To keep it, use the link in the mail we sent you.`;
}

export const AVATAR_BYTES_MAX = 256 * 1024;

/** How a person reads times; null and "auto" mean as the browser does. */
export interface ReadingOfTimes {
  timeZone: string | null;
  locale: string | null;
  hourCycle: HourCycle;
}

export const HOUR_CYCLES = ["auto", "12", "24"] as const;
export type HourCycle = (typeof HOUR_CYCLES)[number];

/** T-12. */
export function textSignedOutEverywhere(count: number): string {
  return `Signed out of ${count} sessions`;
}
