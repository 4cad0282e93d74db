// What every contract says of ids and of texts, in one place. As pure as the contracts that stand on it.

import { z } from "zod";
import { nanoOfDecimal } from "./money";

const ID_LENGTH_MAX = 64;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const NOTHING = "00000000-0000-0000-0000-000000000000";

/** Whether a text can be an id of ours at all. */
export function isId(text: string): boolean {
  return UUID.test(text);
}

/** Ids are opaque to clients: one that was never given out names nothing, whatever it looks like. */
export const Id = z
  .string()
  .max(ID_LENGTH_MAX)
  .transform((value) => (isId(value) ? value.toLowerCase() : NOTHING));

/** Said at the field of a text for which `isStorable` does not hold. */
export const TEXT_UNSTORABLE = "This contains characters that cannot be stored.";
const UNSTORABLE = /\0|\p{Surrogate}/u;

/** PostgreSQL cannot store a NUL, and half of a surrogate pair is no character. */
export function isStorable(text: string): boolean {
  return !UNSTORABLE.test(text);
}

/** A text that can be stored, without white space around it. */
export const storableText = (lengthMax: number) =>
  z.string().trim().max(lengthMax).refine(isStorable, TEXT_UNSTORABLE);

/** Why somebody does what others will ask about. */
export const reasonText = (lengthMin: number, lengthMax: number) =>
  z
    .string({ error: "Say why." })
    .trim()
    .min(lengthMin, `Say why, in at least ${lengthMin} characters.`)
    .max(lengthMax)
    .refine(isStorable, TEXT_UNSTORABLE);

/** Money as people write it, "12.50" or "-3"; whole nano as decimal text comes out, or a refusal: nothing is rounded. */
export const MoneyText = z
  .string()
  .trim()
  .transform((text, context) => {
    const nano = nanoOfDecimal(text.replace(/^(-?)\$/, "$1"));
    if (nano !== null) return nano.toString();
    context.addIssue({ code: "custom", message: "Write an amount as 12.50, with at most nine decimals." });
    return z.NEVER;
  });
