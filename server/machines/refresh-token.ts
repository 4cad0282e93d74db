// The form of refresh tokens. They name their row and their tenant, so that a token is found inside the tenant it says it
// is of, and nowhere else; the rest is 256 random bits. Only a keyed hash of the whole is stored.

import { randomBytes } from "node:crypto";
import { z } from "zod";
import { currentKeyId, keyIdsOf, refreshTokenHash, sha256, timingSafeEqual } from "../platform/crypto";

/** Makes tokens easy to find where they should not be: secret scanners look for it. */
export const REFRESH_TOKEN_PREFIX = "parley_rt_";
const ID_BYTES = 16;
const SECRET_BYTES = 32;
const FORM = /^parley_rt_[A-Za-z0-9_-]{86}$/;
const FINGERPRINT_LENGTH = 16;
const NO_TENANT = "00000000-0000-0000-0000-000000000000";

export interface PresentedToken {
  tokenId: string;
  unverifiedTenantId: string | null;
}

/** A new refresh token of this row, with what is stored of it. */
export function newRefreshToken(tokenId: string, tenantId: string | null) {
  const bytes = [bytesOf(tokenId), bytesOf(tenantId ?? NO_TENANT), randomBytes(SECRET_BYTES)];
  const token = REFRESH_TOKEN_PREFIX + Buffer.concat(bytes).toString("base64url");
  const pepperKeyId = currentKeyId("refreshTokenPeppers");
  return {
    token,
    stored: {
      refreshTokenHash: refreshTokenHash(token, pepperKeyId),
      pepperKeyId,
      fingerprint: fingerprintOf(token),
    },
  };
}

/** What a presented text says it is; null when it is no refresh token. */
export function readRefreshToken(text: string): PresentedToken | null {
  if (!FORM.test(text)) return null;
  const bytes = Buffer.from(text.slice(REFRESH_TOKEN_PREFIX.length), "base64url");
  const tokenId = idOf(bytes.subarray(0, ID_BYTES));
  const tenantId = idOf(bytes.subarray(ID_BYTES, 2 * ID_BYTES));
  if (!z.uuid().safeParse(tokenId).success || !z.uuid().safeParse(tenantId).success) return null;
  return { tokenId, unverifiedTenantId: tenantId === NO_TENANT ? null : tenantId };
}

/** Whether this text is the token of a row; compared in constant time. */
export function isTokenOf(text: string, row: { refreshTokenHash: Uint8Array; pepperKeyId: string }): boolean {
  if (!keyIdsOf("refreshTokenPeppers").includes(row.pepperKeyId)) return false;
  return timingSafeEqual(refreshTokenHash(text, row.pepperKeyId), row.refreshTokenHash);
}

/** What a token is recognised by without being known: 64 bits of its SHA-256. */
export function fingerprintOf(token: string): string {
  return sha256(token).toString("hex").slice(0, FINGERPRINT_LENGTH);
}

function bytesOf(id: string): Buffer {
  return Buffer.from(id.replaceAll("-", ""), "hex");
}

function idOf(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
