// Limits, words and exact texts of the second factor. Pure: pages may import it.

export const TOTP_DIGITS = 6;
export const TOTP_PERIOD_SECONDS = 30;
/** Codes of this many steps before and after the present one are accepted: clocks differ. */
export const TOTP_DRIFT_STEPS = 1;

export const RECOVERY_CODES_COUNT = 10;
/** From this few left on, people are told to make new ones. */
export const RECOVERY_CODES_FEW = 3;

export const CHALLENGE_VALID_MINUTES = 5;
/** How long a QR code that was shown may be confirmed. */
export const ENROLMENT_VALID_MINUTES = 15;
export const MFA_FAILURES_MAX = 5;
export const MFA_LOCK_MINUTES = 5;
export const VERIFICATIONS_PER_HOUR = 10;

/** More than any code people type, with its spaces and hyphens. */
export const CODE_LENGTH_MAX = 40;

/** T-3 of requirements R1. */
export const TEXT_INVALID_CODE = "Invalid security code.";

export const TEXT_CHALLENGE_EXPIRED = "Your sign-in took too long. Please sign in again.";
export const TEXT_ENROLMENT_EXPIRED = "This set-up has expired. Please begin again.";
export const TEXT_ALREADY_ON = "Two-factor authentication is already on.";
export const TEXT_ALREADY_OFF = "Two-factor authentication is off.";
export const TEXT_OPERATORS_KEEP_IT = "Operators must keep two-factor authentication on.";
export const TEXT_TOO_MANY_CODES = "Too many security codes were tried. Please try again later.";
export const TEXT_CODE_NEEDED = "Enter your security code.";

export type ChallengeKind = "verify" | "enrol";
export type SignInStatus = "ok" | "totp_required" | "totp_setup_required";
