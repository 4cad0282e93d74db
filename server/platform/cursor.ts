// Cursors of pages: opaque to clients, checked like any other input. A cursor is a position, never a permission.

import type { z } from "zod";
import { AppError } from "./errors";

const TEXT_INVALID = "This page does not exist any more. Start again from the first one.";

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
