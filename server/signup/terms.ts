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
