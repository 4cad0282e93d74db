// What the procedures of machine accounts take.

import { z } from "zod";
import {
  ACCOUNT_DESCRIPTION_LENGTH_MAX,
  ACCOUNT_NAME,
  ACCOUNT_NAME_LENGTH_MAX,
  FINGERPRINT,
  MACHINE_SCOPES,
  type MachineScope,
  REASON_LENGTH_MAX,
  REASON_LENGTH_MIN,
  TENANT_SCOPES,
  TOKEN_STATES,
  TOKENS_PAGE_SIZE,
} from "./terms";

// A form sends one ticked box as a text and several as a list.
const listed = (value: unknown) => (typeof value === "string" ? [value] : value);
const TEXT_SCOPES = "Choose at least one scope.";

const scopes = (among: readonly MachineScope[]) =>
  z.preprocess(
    listed,
    z
      .array(z.enum(among as [MachineScope, ...MachineScope[]]), { error: TEXT_SCOPES })
      .min(1, TEXT_SCOPES)
      .max(MACHINE_SCOPES.length)
      .transform((chosen) => [...new Set(chosen)].sort()),
  );

const AccountName = z
  .string()
  .trim()
  .toLowerCase()
  .max(ACCOUNT_NAME_LENGTH_MAX)
  .regex(ACCOUNT_NAME, "Use three or more small letters, digits and hyphens.");

// C0 and C1 controls, bidirectional overrides, and halves of surrogate pairs.
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u;
const line = (lengthMax: number) =>
  z
    .string()
    .trim()
    .normalize("NFC")
    .max(lengthMax)
    .refine((text) => !UNPRINTABLE.test(text), "Use letters, digits and punctuation only.");

/** A workspace by its name in addresses; empty for none. */
const TenantSlug = line(100);

const Reason = line(REASON_LENGTH_MAX).pipe(
  z.string().min(REASON_LENGTH_MIN, `Say why, in ${REASON_LENGTH_MIN} characters or more.`),
);

const Wish = z.strictObject({
  tenant: TenantSlug,
  account: AccountName,
  scopes: scopes(MACHINE_SCOPES),
  reason: Reason,
});

export const IssueToken = Wish.extend({ tenant: TenantSlug.default("") });
export type IssueToken = z.output<typeof IssueToken>;

/** What a signed request is for; the nonce makes it count once. Times are whole seconds since 1970, as in a JWT. */
export const SignedRequest = IssueToken.extend({
  nonce: z.string().regex(/^[A-Za-z0-9_-]{16,128}$/),
  iat: z.number().int(),
  exp: z.number().int(),
});
export type SignedRequest = z.output<typeof SignedRequest>;

/** With Vault's signature the request stands in the signed payload, and need not be repeated. */
export const IssueTokenAnyWay = Wish.partial();
export type IssueTokenAnyWay = z.output<typeof IssueTokenAnyWay>;

const PAYLOAD_LENGTH_MAX = 4_096;
const SIGNATURE_LENGTH_MAX = 2_048;

export const IssueSigned = z.strictObject({
  payload: z.string().trim().min(1).max(PAYLOAD_LENGTH_MAX),
  signature: z.string().trim().min(1).max(SIGNATURE_LENGTH_MAX),
});
export type IssueSigned = z.output<typeof IssueSigned>;

/** The refresh token itself may come as the request's bearer instead. */
export const RefreshToken = z.strictObject({ refreshToken: z.string().max(200).optional() }).default({});
export type RefreshToken = z.output<typeof RefreshToken>;

export const RevokeToken = z.strictObject({
  tokenId: z.uuid(),
  reason: line(REASON_LENGTH_MAX).optional(),
});
export type RevokeToken = z.output<typeof RevokeToken>;

export const ListTokens = z
  .strictObject({
    account: line(ACCOUNT_NAME_LENGTH_MAX).optional(),
    /** A workspace's slug; "none" for tokens without one. */
    tenant: TenantSlug.optional(),
    status: z.enum(TOKEN_STATES).optional(),
    fingerprint: z
      .string()
      .trim()
      .toLowerCase()
      .regex(FINGERPRINT, "A fingerprint has 16 hex digits.")
      .optional(),
    page: z.number().int().min(1).max(10_000).default(1),
    pageSize: z.number().int().min(1).max(100).default(TOKENS_PAGE_SIZE),
  })
  .default({ page: 1, pageSize: TOKENS_PAGE_SIZE });
export type ListTokens = z.output<typeof ListTokens>;

export const CreateAccount = z.strictObject({
  tenant: TenantSlug.min(1, "Choose a workspace."),
  name: AccountName,
  description: line(ACCOUNT_DESCRIPTION_LENGTH_MAX).default(""),
  scopes: scopes(TENANT_SCOPES),
});
export type CreateAccount = z.output<typeof CreateAccount>;

export const SetAccountDisabled = z.strictObject({ accountId: z.uuid(), disabled: z.boolean() });
export type SetAccountDisabled = z.output<typeof SetAccountDisabled>;
