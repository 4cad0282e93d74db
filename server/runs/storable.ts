// Text that a row can hold. PostgreSQL has no NUL, and JSON there no half of a surrogate pair; models send both.

import type { Prisma } from "../platform/prisma/client";

/** The text without NUL and with halves of characters replaced by U+FFFD. */
export function toStorable(text: string): string {
  return text.replaceAll("\0", "").replace(/\p{Surrogate}/gu, "\uFFFD");
}

/** A value as plain JSON whose texts can all be stored. */
export function storableJson(value: unknown): Prisma.InputJsonObject {
  const json = JSON.stringify(value ?? null, (_key, part: unknown) =>
    typeof part === "string" ? toStorable(part) : part,
  );
  return JSON.parse(json) as Prisma.InputJsonObject;
}
