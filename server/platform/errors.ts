// The one error that rooms throw on purpose. Its message is safe to show; each door maps its code once.
// Anything else that is thrown is a bug: it crashes the request and is logged once.

export type ErrorCode =
  | "not_found"
  | "forbidden"
  | "unauthorized"
  | "invalid"
  | "conflict"
  | "payment_required"
  | "over_limit"
  | "unavailable";

/** Machine-readable causes, a closed list: clients and the UI decide by these, never by message text. */
export type Reason =
  | "account_leaving"
  | "account_locked"
  | "authentication_required"
  | "billing_unavailable"
  | "captcha_required"
  | "captcha_unavailable"
  | "card_declined"
  | "challenge_expired"
  | "email_unverified"
  | "invalid_credentials"
  | "invite_expired"
  | "invite_invalid"
  | "invite_used"
  | "last_owner"
  | "message_id_reused"
  | "model_unavailable"
  | "monthly_cap_reached"
  | "overloaded"
  | "password_policy"
  | "payload_too_large"
  | "rate_limited"
  | "reserve_insufficient"
  | "run_active"
  | "seat_limit_reached"
  | "signup_invite_required"
  | "step_up_required"
  | "subscription_inactive"
  | "token_expired"
  | "token_invalid"
  | "token_used"
  | "too_many_streams"
  | "totp_required"
  | "usage_limit_exceeded"
  | "version_conflict";

export interface ErrorDetails {
  reason?: Reason;
  /** Messages by field name, for forms. */
  fields?: Record<string, string>;
  retryAfterSeconds?: number;
  plan?: string;
  feature?: string;
  limit?: string;
  usage?: string;
  window?: string;
}

export class AppError extends Error {
  override readonly name = "AppError";

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: ErrorDetails = {},
  ) {
    super(message);
  }
}

/** What a stranger is told, whatever the reason: existence is not disclosed. */
export function notFound(what = "Page"): AppError {
  return new AppError("not_found", `${what} not found.`);
}
