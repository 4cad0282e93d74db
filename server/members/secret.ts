// What the secret of a link into a workspace is stored as.

import { sha256 } from "../platform/crypto";

/** The purpose is hashed with the secret: a secret of another kind never opens this door. */
export function secretHash(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(sha256(`tenant-invite:${token}`));
}
