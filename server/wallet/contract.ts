// What the wallet's procedures take.

import { z } from "zod";
import { Id, isStorable, TEXT_UNSTORABLE } from "../platform/contract";
import { ADJUSTMENT_REASON_LENGTH_MAX, ADJUSTMENT_REASON_LENGTH_MIN } from "./terms";

const reason = z
  .string({ error: "Say why." })
  .trim()
  .min(ADJUSTMENT_REASON_LENGTH_MIN, `Say why, in at least ${ADJUSTMENT_REASON_LENGTH_MIN} characters.`)
  .max(ADJUSTMENT_REASON_LENGTH_MAX)
  .refine(isStorable, TEXT_UNSTORABLE);

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
