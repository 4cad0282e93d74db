// Cursors of pages: opaque to clients, checked like any other input. A cursor is a position, never a permission.

import { z } from "zod";
import { AppError } from "./errors";

const TEXT_INVALID = "This page does not exist any more. Start again from the first one.";

/** An instant as the database can hold it: its calendar has no year 0. */
export const CursorInstant = z.iso.datetime().regex(/^(?!0000)/);
/** A number of rows or of messages; two of them still add up to what the database counts with. */
export const CursorCount = z.int().min(0).max(1_000_000_000);

/** A position as text that survives a URL. */
export function encodeCursor(position: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(position)).toString("base64url");
}

/** The position in a cursor, checked against its schema. Throws `invalid` for anything that was not made here. */
export function decodeCursor<Position>(cursor: string, schema: z.ZodType<Position>): Position {
  const parsed = schema.safeParse(parseJson(Buffer.from(cursor, "base64url").toString()));
  if (parsed.success) return parsed.data;
  throw new AppError("invalid", TEXT_INVALID, { fields: { cursor: TEXT_INVALID } });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
