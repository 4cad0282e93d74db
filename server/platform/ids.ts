// Identifiers and secrets. Ids are UUIDv7: time-ordered, so that they can be keys of keyset pages.

import { randomBytes } from "node:crypto";
import { v7 } from "uuid";

/** A new UUIDv7 (RFC 9562) as text. */
export function newId(): string {
  return v7();
}

/** A random secret as base64url; 32 bytes (256 bits) unless told. */
export function randomToken(bytes = 32): string {
  return randomBytes(bytes).toString("base64url");
}
