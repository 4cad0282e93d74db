// What identity's procedures take.

import { z } from "zod";
import {
  AVATAR_BYTES_MAX,
  EMAIL_LENGTH_MAX,
  HOUR_CYCLES,
  NAME_LENGTH_MAX,
  PASSWORD_INPUT_LENGTH_MAX,
  SESSION_SORTS,
  SESSIONS_PAGE_SIZE,
  TOKEN_LENGTH_MAX,
} from "./terms";

// C0 and C1 controls, bidirectional overrides, and halves of surrogate pairs: nothing a name is written with.
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u;

/** An address as accounts are keyed: trimmed and lower-case. */
export const EmailAddress = z
  .string({ error: "Enter your email address." })
  .trim()
  .toLowerCase()
  .max(EMAIL_LENGTH_MAX)
  .pipe(z.email("Enter a valid email address."));

/** A line of text that people read: a person's or an organisation's name. */
export const PrintableName = z
  .string()
  .trim()
  .normalize("NFC")
  .min(1)
  .max(NAME_LENGTH_MAX)
  .refine((text) => !UNPRINTABLE.test(text), "Use letters, digits and punctuation only.");

/** A password as typed; `password/policy.ts` judges new ones. */
export const PasswordInput = z
  .string({ error: "Enter your password." })
  .min(1, "Enter your password.")
  .max(PASSWORD_INPUT_LENGTH_MAX);

/** A secret out of a link. */
export const LinkToken = z.string().min(1).max(TOKEN_LENGTH_MAX);

// A form sends "on" for a ticked box and nothing for an empty one.
const Checkbox = z.union([z.boolean(), z.literal("on").transform(() => true)]).default(false);

/** What solving a captcha gave; a form sends an empty text when nothing was solved. */
export const CaptchaToken = z.string().max(4_096).optional();

export const Login = z.strictObject({
  email: EmailAddress,
  password: PasswordInput,
  captchaToken: CaptchaToken,
  remember: Checkbox,
});
export type Login = z.output<typeof Login>;

export const AskCaptcha = z.strictObject({
  action: z.enum(["login", "register", "request_access", "two_factor", "forgot_password"]),
});
export type AskCaptcha = z.output<typeof AskCaptcha>;

export const ForgotPassword = z.strictObject({ email: EmailAddress, captchaToken: CaptchaToken });
export type ForgotPassword = z.output<typeof ForgotPassword>;

export const ResetPassword = z.strictObject({ token: LinkToken, password: PasswordInput });
export type ResetPassword = z.output<typeof ResetPassword>;

export const ChangePassword = z.strictObject({ currentPassword: PasswordInput, newPassword: PasswordInput });
export type ChangePassword = z.output<typeof ChangePassword>;

export const ChangeEmail = z.strictObject({ email: EmailAddress });
export type ChangeEmail = z.output<typeof ChangeEmail>;

export const VerifyEmail = z.strictObject({ token: LinkToken });
export type VerifyEmail = z.output<typeof VerifyEmail>;

export const ResendVerification = z.strictObject({ email: EmailAddress.optional() });
export type ResendVerification = z.output<typeof ResendVerification>;

export const RevokeSession = z.strictObject({ sessionId: z.string().regex(/^[\w-]{1,64}$/) });
export type RevokeSession = z.output<typeof RevokeSession>;

export const ListSessions = z
  .strictObject({
    page: z.number().int().min(1).max(10_000).default(1),
    pageSize: z.number().int().min(1).max(100).default(SESSIONS_PAGE_SIZE),
    sort: z.enum(SESSION_SORTS).default("createdAt"),
    /** All, those last used in the workspace that this session was last used in, or in a chosen one (its id). */
    tenant: z.union([z.enum(["all", "current"]), z.uuid()]).default("all"),
  })
  .prefault({});
export type ListSessions = z.output<typeof ListSessions>;

// "" unsets, as forms send it.
const orUnset = <Schema extends z.ZodType>(schema: Schema) =>
  z.union([z.literal("").transform(() => null), schema]);

const TimeZone = z.string().max(64).refine(isTimeZone, "Choose a time zone from the list.");
const Locale = z.string().max(35).refine(isLocale, "Choose a language from the list.");

/** What a person has set for themselves; grows by fields with defaults. */
export const ProfileSettings = z.strictObject({ hourCycle: z.enum(HOUR_CYCLES).default("auto") });
export type ProfileSettings = z.output<typeof ProfileSettings>;

export const UpdateProfile = z.strictObject({
  displayName: PrintableName.optional(),
  givenName: orUnset(PrintableName).optional(),
  familyName: orUnset(PrintableName).optional(),
  timeZone: orUnset(TimeZone).optional(),
  locale: orUnset(Locale).optional(),
  settings: ProfileSettings.optional(),
});
export type UpdateProfile = z.output<typeof UpdateProfile>;

/** A picture's bytes in base64. Its door is the form of /account/avatar: /trpc takes no bodies of this size. */
export const SetAvatar = z.strictObject({
  image: z.base64().max(Math.ceil(AVATAR_BYTES_MAX / 3) * 4 + 1_024),
});
export type SetAvatar = z.output<typeof SetAvatar>;

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

function isLocale(tag: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf([tag]).length === 1;
  } catch {
    return false;
  }
}
