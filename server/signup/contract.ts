// What signing up takes.

import { z } from "zod";
import { CaptchaToken, EmailAddress, LinkToken, PasswordInput, PrintableName } from "../auth/contract";
import { storableText } from "../platform/contract";
import { TenantName } from "../tenants/contract";
import { SLUG } from "../tenants/terms";
import {
  ACCESS_MESSAGE_LENGTH_MAX,
  ACCESS_PAGE_SIZE,
  ACCESS_PAGE_SIZE_MAX,
  ACCESS_REQUEST_STATES,
  INVITE_NOTE_LENGTH_MAX,
  INVITE_STATES,
  INVITE_VALID_DAYS,
  INVITE_VALID_DAYS_MAX,
} from "./terms";

// A form sends an empty text for a field that was left out.
const optionalText = <Output>(schema: z.ZodType<Output, string>) =>
  z
    .string()
    .transform((text) => (text === "" ? undefined : text))
    .pipe(schema.optional())
    .optional();

export const Register = z.strictObject({
  email: EmailAddress,
  password: PasswordInput,
  name: PrintableName,
  tenantName: optionalText(TenantName),
  inviteToken: optionalText(LinkToken),
  captchaToken: CaptchaToken,
  /** A field that people do not see. */
  website: z.string().max(200).optional(),
});
export type Register = z.output<typeof Register>;

export const RequestAccess = z.strictObject({
  email: EmailAddress,
  fullName: PrintableName,
  organisation: PrintableName,
  message: optionalText(storableText(ACCESS_MESSAGE_LENGTH_MAX)),
  captchaToken: CaptchaToken,
  /** A field that people do not see. */
  website: z.string().max(200).optional(),
});
export type RequestAccess = z.output<typeof RequestAccess>;

const page = {
  page: z.number().int().min(1).max(100_000).default(1),
  pageSize: z.number().int().min(1).max(ACCESS_PAGE_SIZE_MAX).default(ACCESS_PAGE_SIZE),
};

export const ListAccessRequests = z
  .strictObject({ status: z.enum(ACCESS_REQUEST_STATES).default("pending"), ...page })
  .prefault({});
export type ListAccessRequests = z.output<typeof ListAccessRequests>;

export const ListInvites = z
  .strictObject({ state: z.enum(INVITE_STATES).default("active"), ...page })
  .prefault({});
export type ListInvites = z.output<typeof ListInvites>;

export const CreateInvite = z.strictObject({
  /** Ties the invite to one address. */
  email: optionalText(EmailAddress),
  note: optionalText(storableText(INVITE_NOTE_LENGTH_MAX)),
  // A form sends digits.
  validDays: z
    .union(
      [
        z.number(),
        z
          .string()
          .regex(/^\d{1,4}$/)
          .transform(Number),
      ],
      { error: "Enter a number of days." },
    )
    .pipe(z.number().int().min(1).max(INVITE_VALID_DAYS_MAX))
    .default(INVITE_VALID_DAYS),
  /** The workspace that whoever uses the invite joins, as its address names it. */
  tenantSlug: optionalText(
    z.string().trim().toLowerCase().regex(SLUG, "Enter a workspace as its address has it."),
  ),
});
export type CreateInvite = z.output<typeof CreateInvite>;
