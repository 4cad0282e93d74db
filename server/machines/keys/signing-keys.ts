// The keys that sign access tokens. One signs (active), one is published before it will (next), those before it verify
// until the last token of theirs has ended (retiring, then retired). A key is never replaced in place. Private parts lie
// sealed in the database and are opened to sign, nowhere else.

import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { calculateJwkThumbprint, exportJWK, type JWK } from "jose";
import { recordAudit } from "../../audit/log";
import { fromNow, now } from "../../platform/clock";
import { config } from "../../platform/config";
import { currentKeyId, open, seal } from "../../platform/crypto";
import { db } from "../../platform/db";
import { AppError } from "../../platform/errors";
import type { Prisma } from "../../platform/prisma/client";
import { internalRequest } from "../../request";
import { ACCESS_VALID_SECONDS, CLOCK_TOLERANCE_SECONDS, KEY_VALID_DAYS } from "../terms";

/** What every key signs with, and what verification takes from the key's record. */
export const SIGNATURE_ALGORITHM = "EdDSA";

export interface PublishedKey {
  kid: string;
  state: "next" | "active" | "retiring" | "retired";
  algorithm: string;
  publicJwk: JWK;
  createdAt: Date;
  activatedAt: Date | null;
  retiringAt: Date | null;
}

export interface PublishedKeys {
  keys: PublishedKey[];
  /** When a key last came, changed its state, or left. */
  changedAt: Date;
}

type Tx = Prisma.TransactionClient;

const DAY_MS = 86_400_000;
/** How long a key that signs no more is needed: the longest token's life, and a clock that is off. */
const RETIRING_MS = (ACCESS_VALID_SECONDS + CLOCK_TOLERANCE_SECONDS) * 1_000;

/** The key that signs now, with its private part; the first call of an installation makes the keys. */
export async function getActiveKey(): Promise<{ kid: string; algorithm: string; privateKey: KeyObject }> {
  const row = (await findActive()) ?? (await makeFirstKeys());
  const pkcs8 = open("encryptionKeys", sealContext(row.kid), row.privateKey);
  const privateKey = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
  return { kid: row.kid, algorithm: row.algorithm, privateKey };
}

/** What consumers may find tokens signed with, now or soon: active, next, and those that live tokens still need. */
export async function readPublishedKeys(): Promise<PublishedKeys> {
  if ((await findActive()) === null) await makeFirstKeys();
  const rows = await db().signingKey.findMany({ omit: { privateKey: true }, orderBy: { createdAt: "asc" } });
  const keys = rows.filter((row) => row.state === "next" || verifies(row));
  const times = rows.flatMap(({ createdAt, activatedAt, retiringAt, retiredAt }) => {
    const leavesMs = Math.min(
      retiredAt?.getTime() ?? Infinity,
      (retiringAt?.getTime() ?? Infinity) + RETIRING_MS,
    );
    return [createdAt.getTime(), activatedAt?.getTime() ?? 0, retiringAt?.getTime() ?? 0, leavesMs];
  });
  const changedMs = Math.max(...times.filter((time) => time <= now().getTime()));
  return {
    keys: keys.map((row) => ({ ...row, publicJwk: row.publicJwk as JWK })),
    changedAt: new Date(changedMs),
  };
}

/** Whether a key's tokens are taken: it signs, or it did so until lately. Asked at reading time, whatever a sweep has done. */
export function verifies(key: Pick<PublishedKey, "state" | "retiringAt">): boolean {
  if (key.state === "active") return true;
  return key.state === "retiring" && (key.retiringAt?.getTime() ?? 0) > now().getTime() - RETIRING_MS;
}

/** Makes the active and the next key where they are missing; answers the kids of those that were made. */
export async function generateKeys(): Promise<string[]> {
  return inKeyTransaction(async (tx) => {
    const made: string[] = [];
    for (const state of ["active", "next"] as const) {
      if ((await tx.signingKey.count({ where: { state } })) === 0) made.push(await insertKey(tx, state));
    }
    if (made.length > 0) await audit(tx, "signing_key.generate", { made });
    return made;
  });
}

/**
 * Makes `next` the signing key, retires the old one and makes a new `next`. Tokens of the old key stay good until they
 * end. Throws `conflict` while `next` has been published for less than one cache lifetime. After a leak `isEmergency`
 * skips that wait and ends the old key, and with it every token it signed, at once.
 */
export async function rotateKeys({ isEmergency = false } = {}): Promise<{ active: string; retired: string }> {
  await generateKeys();
  return inKeyTransaction(async (tx) => {
    const [old, next] = await Promise.all([
      tx.signingKey.findFirstOrThrow({ where: { state: "active" } }),
      tx.signingKey.findFirstOrThrow({ where: { state: "next" } }),
    ]);
    if (!isEmergency) requirePublished(next.createdAt);
    const at = now();
    await tx.signingKey.update({
      where: { kid: old.kid },
      data: {
        state: isEmergency ? "retired" : "retiring",
        retiringAt: at,
        retiredAt: isEmergency ? at : null,
      },
    });
    await tx.signingKey.update({ where: { kid: next.kid }, data: { state: "active", activatedAt: at } });
    const made = await insertKey(tx, "next");
    const metadata = { active: next.kid, retired: old.kid, next: made, isEmergency };
    await audit(tx, "signing_key.rotate", metadata);
    return { active: next.kid, retired: old.kid };
  });
}

/** Notes which keys no live token needs any more; they leave the published set by themselves. Answers how many. */
export async function retireKeys(): Promise<number> {
  const { count } = await db().signingKey.updateMany({
    where: { state: "retiring", retiringAt: { lte: fromNow(-RETIRING_MS) } },
    data: { state: "retired", retiredAt: now() },
  });
  return count;
}

/** How many days the signing key is overdue to be rolled; null while it is not. */
export async function daysOverdue(): Promise<number | null> {
  const active = await findActive();
  if (active === null) return null;
  const ageDays = Math.floor((now().getTime() - (active.activatedAt ?? active.createdAt).getTime()) / DAY_MS);
  return ageDays >= KEY_VALID_DAYS ? ageDays - KEY_VALID_DAYS : null;
}

/** Seals the private keys that are sealed under an older key of the ring again. */
export async function resealKeys(): Promise<void> {
  const keyId = currentKeyId("encryptionKeys");
  const stale = await db().signingKey.findMany({ where: { keyId: { not: keyId } } });
  for (const { kid, privateKey, keyId: oldKeyId } of stale) {
    const sealed = sealed8(kid, open("encryptionKeys", sealContext(kid), privateKey));
    await db().signingKey.updateMany({ where: { kid, keyId: oldKeyId }, data: sealed });
  }
}

function findActive() {
  return db().signingKey.findFirst({ where: { state: "active" } });
}

async function makeFirstKeys() {
  await generateKeys();
  return db().signingKey.findFirstOrThrow({ where: { state: "active" } });
}

function requirePublished(since: Date): void {
  const readyMs = since.getTime() + config().jwks.maxAgeSeconds * 1_000;
  if (now().getTime() >= readyMs) return;
  throw new AppError(
    "conflict",
    `The next key was published less than one cache lifetime ago. Rotate after ${new Date(readyMs).toISOString()}.`,
  );
}

// Whoever changes keys waits for whoever does so already: at most one key is active, and one next.
async function inKeyTransaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  return db().$transaction(async (tx) => {
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended('machines|signing_keys', 0))::text`;
    return work(tx);
  });
}

async function insertKey(tx: Tx, state: "active" | "next"): Promise<string> {
  const { privateKey } = generateKeyPairSync("ed25519");
  const publicJwk = await exportJWK(createPublicKey(privateKey));
  const kid = await calculateJwkThumbprint(publicJwk);
  const at = now();
  await tx.signingKey.create({
    data: {
      kid,
      state,
      algorithm: SIGNATURE_ALGORITHM,
      publicJwk: publicJwk as Prisma.InputJsonObject,
      createdAt: at,
      activatedAt: state === "active" ? at : null,
      ...sealed8(kid, privateKey.export({ format: "der", type: "pkcs8" })),
    },
  });
  return kid;
}

// A private key's PKCS #8 bytes (RFC 5208) as they are stored.
function sealed8(kid: string, pkcs8: Uint8Array) {
  const privateKey = new Uint8Array(seal("encryptionKeys", sealContext(kid), pkcs8));
  return { privateKey, keyId: currentKeyId("encryptionKeys") };
}

function sealContext(kid: string): string {
  return `signing_keys|private_key|${kid}`;
}

function audit(tx: Tx, action: string, metadata: Record<string, string | boolean | string[]>): Promise<void> {
  return recordAudit(tx, {
    tenantId: null,
    actor: { type: "system", id: null },
    action,
    category: "system",
    metadata,
    request: internalRequest({ userAgent: action }),
  });
}
