// What the wallet's procedures take.

import { z } from "zod";
import { Id, reasonText, storableText } from "../platform/contract";
import {
  ADJUSTMENT_REASON_LENGTH_MAX,
  ADJUSTMENT_REASON_LENGTH_MIN,
  AMOUNT_NANO_MAX,
  LEDGER_ROWS_PER_PAGE,
  LEDGER_ROWS_PER_PAGE_MAX,
  LIMIT_NOTE_LENGTH_MAX,
  LIMIT_SEARCH_LENGTH_MAX,
  LOW_POLICIES,
  NANO_PER_CENT,
  TEXT_AMOUNT,
  TOP_UP_CENTS_MAX,
  TOP_UP_CENTS_MIN,
} from "./terms";

const reason = reasonText(ADJUSTMENT_REASON_LENGTH_MIN, ADJUSTMENT_REASON_LENGTH_MAX);

/** Whole nano as decimal text, with a sign for what leaves the reserve; at most a thousand million dollars. */
const amountNano = z
  .string()
  .regex(/^-?[1-9]\d{0,17}$/, "Enter a whole number of nano, other than zero.")
  .transform(BigInt);

export const AdjustReserve = z.strictObject({
  tenantId: Id,
  amountNano,
  reason,
  /** Made by whoever asks: asked again, it is the same adjustment. */
  requestId: z.uuid(),
});
export type AdjustReserve = z.output<typeof AdjustReserve>;

export const DecideAdjustment = z.strictObject({ tenantId: Id, adjustmentId: Id });
export type DecideAdjustment = z.output<typeof DecideAdjustment>;

export const ListAdjustments = z
  .strictObject({
    tenantId: Id.optional(),
    state: z.enum(["pending", "booked", "rejected"]).optional(),
    page: z.number().int().min(1).max(100_000).default(1),
  })
  .prefault({});
export type ListAdjustments = z.output<typeof ListAdjustments>;

const wholeNano = (form: RegExp, words: string) => z.string().regex(form, words).transform(BigInt);

export const SetTenantPolicy = z.strictObject({
  tenantId: Id,
  lowPolicy: z.enum(LOW_POLICIES),
  /** Below this balance the policy begins. */
  lowThresholdNano: wholeNano(/^(0|[1-9]\d{0,14})$/, "Enter a whole number of nano, zero or more."),
  /** How far below zero the policy `warn` goes; zero or negative. */
  floorNano: wholeNano(/^(0|-[1-9]\d{0,14})$/, "Enter a whole number of nano, zero or less."),
  reason,
});
export type SetTenantPolicy = z.output<typeof SetTenantPolicy>;

export const SetQuotaGuard = z.strictObject({ isOn: z.boolean(), reason });
export type SetQuotaGuard = z.output<typeof SetQuotaGuard>;

/** Whole nano as decimal text, zero or more. */
const nano = z
  .string()
  .regex(/^(0|[1-9]\d{0,18})$/, TEXT_AMOUNT)
  .transform(BigInt)
  .refine((amount) => amount <= AMOUNT_NANO_MAX, TEXT_AMOUNT);

const typedDollars = z
  .string()
  .trim()
  .transform((text) => text.replace(/^\$\s*/, "").replaceAll(",", ""))
  .pipe(z.string().regex(/^\d{1,9}(\.\d{1,9})?$/, TEXT_AMOUNT))
  .transform((text) => {
    const [whole = "0", fraction = ""] = text.split(".");
    return BigInt(whole + fraction.padEnd(9, "0"));
  });

/** What a person types as dollars, "1,250.50", as whole nano in decimal text; nothing is rounded. */
export const DollarsAsNano = typedDollars.transform(String);

/** The same as whole cents, within what a top-up may be. */
export const DollarsAsCents = typedDollars
  .refine((amount) => amount % NANO_PER_CENT === 0n, "Enter whole cents.")
  .transform((amount) => Number(amount / NANO_PER_CENT))
  .refine(
    (cents) => cents >= TOP_UP_CENTS_MIN && cents <= TOP_UP_CENTS_MAX,
    `Enter an amount from $${TOP_UP_CENTS_MIN / 100} to $${TOP_UP_CENTS_MAX / 100}.`,
  );

/** The version that was read, 0 where nothing was saved yet; absent, whatever stands is replaced. */
const version = z.number().int().min(0).max(2_147_483_647).optional();

export const SetLimits = z.strictObject({
  /** 0 means no cap. */
  monthlyCapNano: nano,
  hardStop: z.boolean(),
  version,
});
export type SetLimits = z.output<typeof SetLimits>;

export const SetMemberLimit = z.strictObject({ userId: Id, monthlyCapNano: nano, version });
export type SetMemberLimit = z.output<typeof SetMemberLimit>;

export const ListMemberLimits = z
  .strictObject({
    search: storableText(LIMIT_SEARCH_LENGTH_MAX).default(""),
    page: z.number().int().min(1).max(100_000).default(1),
  })
  .prefault({});
export type ListMemberLimits = z.output<typeof ListMemberLimits>;

export const AskForMore = z.strictObject({
  extraNano: nano.refine((amount) => amount > 0n, "Say how much more you need."),
  note: storableText(LIMIT_NOTE_LENGTH_MAX).optional(),
});
export type AskForMore = z.output<typeof AskForMore>;

export const DecideRequest = z.strictObject({ requestId: Id, decision: z.enum(["accept", "decline"]) });
export type DecideRequest = z.output<typeof DecideRequest>;

export const SetPolicy = z.strictObject({
  policy: z.enum(LOW_POLICIES),
  /** Below it the reserve is low. */
  thresholdNano: nano,
});
export type SetPolicy = z.output<typeof SetPolicy>;

const cursor = z.string().max(500).optional();

export const ListLedger = z
  .strictObject({
    cursor,
    limit: z.number().int().min(1).max(LEDGER_ROWS_PER_PAGE_MAX).default(LEDGER_ROWS_PER_PAGE),
  })
  .prefault({});
export type ListLedger = z.output<typeof ListLedger>;

export const ExportLedger = z.strictObject({ cursor }).prefault({});
export type ExportLedger = z.output<typeof ExportLedger>;
