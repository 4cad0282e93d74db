// What the wallet's procedures take.

import { z } from "zod";
import { Id, reasonText } from "../platform/contract";
import { ADJUSTMENT_REASON_LENGTH_MAX, ADJUSTMENT_REASON_LENGTH_MIN, LOW_POLICIES } from "./terms";

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
