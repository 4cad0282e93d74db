// Limits and exact texts of signing up. Pure: pages may import it.

export const SIGNUP_PER_EMAIL_PER_DAY = 3;
export const SIGNUP_PER_DOMAIN_PER_DAY = 20;

/** Domains whose mailboxes belong to unrelated people; they are not counted as one organisation. */
export const PUBLIC_MAIL_DOMAINS: ReadonlySet<string> = new Set([
  "aol.com",
  "fastmail.com",
  "gmail.com",
  "gmx.com",
  "gmx.de",
  "gmx.net",
  "googlemail.com",
  "hotmail.com",
  "icloud.com",
  "live.com",
  "mail.ru",
  "me.com",
  "msn.com",
  "orange.fr",
  "outlook.com",
  "proton.me",
  "protonmail.com",
  "qq.com",
  "web.de",
  "yahoo.com",
  "yandex.ru",
  "163.com",
]);

export const INVITE_VALID_DAYS = 7;
export const INVITE_VALID_DAYS_MAX = 90;
export const INVITE_RESERVATION_SECONDS = 900;
export const INVITE_HINT_LENGTH = 4;
export const INVITE_NOTE_LENGTH_MAX = 200;

/** T-14, T-15, T-16. */
export const TEXT_INVITE_INVALID = "Invite is not valid";
export const TEXT_INVITE_EXPIRED = "Invite has expired";
export const TEXT_INVITE_USED = "Invite has already been used";
export const TEXT_INVITE_NEEDED = "An invite is needed to sign up.";

export const ACCESS_MESSAGE_LENGTH_MAX = 1_000;
/** Requests that may wait for an answer from one network address. */
export const ACCESS_PENDING_PER_IP = 3;
export const ACCESS_PAGE_SIZE = 10;
export const ACCESS_PAGE_SIZE_MAX = 100;

export const INVITE_STATES = ["active", "used", "expired", "revoked"] as const;
export type InviteState = (typeof INVITE_STATES)[number];
export const ACCESS_REQUEST_STATES = ["pending", "approved", "rejected"] as const;

/** Said to every address alike. */
export const TEXT_ACCESS_REQUESTED =
  "Thank you. We will look at your request; if we can let you in, an invite comes by mail.";
export const TEXT_SIGNUP_IS_OPEN = "Sign-up is open to everyone: create your account.";
export const TEXT_TOO_MANY_WAITING =
  "Requests from your network are waiting for an answer. Please try again later.";
export const TEXT_DECIDED_ALREADY = "This request has been decided already.";
export const TEXT_HAS_ACCOUNT =
  "This address has an account already. Reject the request, or ask the person to sign in.";
export const TEXT_INVITE_NOT_ACTIVE = "This invite is used, expired or revoked already.";
export const TEXT_NO_SUCH_WORKSPACE = "There is no workspace of this address.";
