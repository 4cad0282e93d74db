// What the wallet's procedures take.

import { z } from "zod";
import { ADJUSTMENT_REASON_LENGTH_MAX, ADJUSTMENT_REASON_LENGTH_MIN } from "./terms";

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const NOTHING = "00000000-0000-0000-0000-000000000000";
const ID_LENGTH_MAX = 64;

/** Ids are opaque to clients: one that was never given out names nothing, whatever it looks like. */
const id = z
  .string()
  .max(ID_LENGTH_MAX)
  .transform((value) => (UUID.test(value) ? value.toLowerCase() : NOTHING));

// PostgreSQL cannot store a NUL, and half of a surrogate pair is no character.
const UNSTORABLE = /\0|\p{Surrogate}/u;

const reason = z
  .string({ error: "Say why." })
  .trim()
  .min(ADJUSTMENT_REASON_LENGTH_MIN, `Say why, in at least ${ADJUSTMENT_REASON_LENGTH_MIN} characters.`)
  .max(ADJUSTMENT_REASON_LENGTH_MAX)
  .refine((text) => !UNSTORABLE.test(text), "This contains characters that cannot be stored.");

/** Whole nano as decimal text, with a sign for what leaves the reserve; at most a thousand million dollars. */
const amountNano = z
  .string()
  .regex(/^-?[1-9]\d{0,17}$/, "Enter a whole number of nano, other than zero.")
  .transform(BigInt);

export const AdjustReserve = z.strictObject({
  tenantId: id,
  amountNano,
  reason,
  /** Made by whoever asks: asked again, it is the same adjustment. */
  requestId: z.uuid(),
});
export type AdjustReserve = z.output<typeof AdjustReserve>;

export const DecideAdjustment = z.strictObject({ tenantId: id, adjustmentId: id });
export type DecideAdjustment = z.output<typeof DecideAdjustment>;

export const ListAdjustments = z
  .strictObject({
    tenantId: id.optional(),
    state: z.enum(["pending", "booked", "rejected"]).optional(),
    page: z.number().int().min(1).max(100_000).default(1),
  })
  .prefault({});
export type ListAdjustments = z.output<typeof ListAdjustments>;
