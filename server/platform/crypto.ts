// Hashes, keyed hashes and envelopes. Keys come from the rings of the configuration; sub-keys are derived with
// HKDF-SHA-256 under a label, so that one ring never serves two purposes with the same bytes.

import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  timingSafeEqual as equalBytes,
  hkdfSync,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from "node:crypto";
import { config } from "./config";

export type RingName = "appSecrets" | "passwordPeppers" | "encryptionKeys" | "refreshTokenPeppers";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** SHA-256 of text or bytes. Enough for secrets of 112 random bits and more (ASVS 6.5.2). */
export function sha256(value: string | Uint8Array): Buffer {
  return createHash("sha256").update(value).digest();
}

/** Compares in constant time; different lengths are unequal. */
export function timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && equalBytes(a, b);
}

/** The id of the key that new values are made with: the last one of its ring. */
export function currentKeyId(ring: RingName): string {
  const id = Object.keys(config()[ring]).at(-1);
  if (!id) throw new Error(`key ring ${ring} is empty`);
  return id;
}

/** HMAC-SHA-256 under the application secret, as base64url. For pseudonyms of addresses and network prefixes. */
export function hmac(label: string, value: string): string {
  return createHmac("sha256", subKey("appSecrets", firstKeyId("appSecrets"), label))
    .update(value)
    .digest("base64url");
}

/** The ids of a ring's keys, oldest first. */
export function keyIdsOf(ring: RingName): string[] {
  return Object.keys(config()[ring]);
}

/**
 * HMAC-SHA-256 under one version of the pepper, for secrets that people carry and that are too short for a plain hash.
 * Store the key id beside it.
 */
export function pepperedHash(label: string, value: string, keyId: string): Buffer {
  return createHmac("sha256", subKey("passwordPeppers", keyId, label))
    .update(value)
    .digest();
}

/**
 * HMAC-SHA-256 of a one-time secret under every pepper, the current one first: a new secret is stored under the first, a
 * presented one may have been stored under any.
 */
export function pepperedHashes(label: string, secret: string): Uint8Array<ArrayBuffer>[] {
  const keyIds = Object.keys(config().passwordPeppers).reverse();
  const hashUnder = (keyId: string) =>
    createHmac("sha256", subKey("passwordPeppers", keyId, label))
      .update(secret)
      .digest();
  return keyIds.map((keyId) => new Uint8Array(hashUnder(keyId)));
}

/** HMAC-SHA-256 of a machine's refresh token under one version of its pepper. Store the key id beside it. */
export function refreshTokenHash(token: string, keyId: string): Uint8Array<ArrayBuffer> {
  const key = subKey("refreshTokenPeppers", keyId, "refresh-token");
  return new Uint8Array(createHmac("sha256", key).update(token).digest());
}

/**
 * Seals bytes with AES-256-GCM under the ring's current key: kid length | kid | nonce | ciphertext | tag.
 * `context` is authenticated with the value (table|column|row), so that an envelope cannot be moved to another row.
 */
export function seal(ring: RingName, context: string, plain: Uint8Array): Buffer {
  const keyId = currentKeyId(ring);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", subKey(ring, keyId, "seal"), nonce);
  cipher.setAAD(Buffer.from(`${context}|${keyId}`));
  const kid = Buffer.from(keyId);
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.from([kid.length]), kid, nonce, body, cipher.getAuthTag()]);
}

/** Opens what `seal` made; throws when the key is unknown, the bytes were changed, or the context is another. */
export function open(ring: RingName, context: string, envelope: Uint8Array): Buffer {
  const bytes = Buffer.from(envelope);
  const kidEnd = 1 + (bytes[0] ?? 0);
  const keyId = bytes.subarray(1, kidEnd).toString();
  const nonce = bytes.subarray(kidEnd, kidEnd + NONCE_BYTES);
  const decipher = createDecipheriv("aes-256-gcm", subKey(ring, keyId, "seal"), nonce);
  decipher.setAAD(Buffer.from(`${context}|${keyId}`));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(kidEnd + NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
}

export interface TextSignature {
  algorithm: "Ed25519";
  keyId: string;
  /** SPKI in DER, base64. */
  publicKey: string;
  /** Of the text in UTF-8, base64. */
  value: string;
}

/** Signs a text under the current application secret, in a way that others can check with the public key beside it. */
export function signText(label: string, text: string): TextSignature {
  const keyId = currentKeyId("appSecrets");
  const key = signingKey(keyId, label);
  const value = sign(null, Buffer.from(text), key).toString("base64");
  return { algorithm: "Ed25519", keyId, publicKey: publicTextOf(key), value };
}

/** Whether this installation signed this text, under any of its application secrets. */
export function verifyText(label: string, text: string, signature: TextSignature): boolean {
  if (!keyIdsOf("appSecrets").includes(signature.keyId)) return false;
  const ownKey = publicSigningKey(label, signature.keyId);
  return ownKey === signature.publicKey && isSignedWith(ownKey, text, signature.value);
}

/** The public half of what `signText` signs with: SPKI in DER, base64. Fit to be kept elsewhere. */
export function publicSigningKey(label: string, keyId: string): string {
  return publicTextOf(signingKey(keyId, label));
}

/** Whether a text was signed with the key whose public half this is. */
export function isSignedWith(publicKey: string, text: string, value: string): boolean {
  const key = createPublicKey({ key: Buffer.from(publicKey, "base64"), format: "der", type: "spki" });
  return verify(null, Buffer.from(text), key, Buffer.from(value, "base64"));
}

// An Ed25519 private key is its 32 bytes behind a fixed PKCS #8 header (RFC 8410).
const PKCS8_ED25519 = Buffer.from("302e020100300506032b657004220420", "hex");

function signingKey(keyId: string, label: string): KeyObject {
  const seed = subKey("appSecrets", keyId, `sign/${label}`);
  return createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: "der", type: "pkcs8" });
}

function publicTextOf(key: KeyObject): string {
  return createPublicKey(key).export({ format: "der", type: "spki" }).toString("base64");
}

const subKeys = new Map<string, Buffer>();

function subKey(ring: RingName, keyId: string, label: string): Buffer {
  const name = `${ring}|${keyId}|${label}`;
  let key = subKeys.get(name);
  if (!key) {
    const root = config()[ring][keyId];
    if (!root) throw new Error(`key ${keyId} is missing from ring ${ring}`);
    key = Buffer.from(hkdfSync("sha256", root, Buffer.alloc(0), `parley/${label}`, 32));
    subKeys.set(name, key);
  }
  return key;
}

// Pseudonyms must stay comparable for as long as they are stored, so they use the ring's oldest key.
function firstKeyId(ring: RingName): string {
  const id = Object.keys(config()[ring])[0];
  if (!id) throw new Error(`key ring ${ring} is empty`);
  return id;
}
