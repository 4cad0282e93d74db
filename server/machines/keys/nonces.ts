// What counts once. A nonce is a row: the database decides who was first, on every instance alike. There is no other
// store, so while the database is away nothing that needs a nonce goes through.

import { now } from "../../platform/clock";
import { sha256 } from "../../platform/crypto";
import { db } from "../../platform/db";
import { counter } from "../../platform/metrics";
import { NONCE_VALID_SECONDS } from "../terms";

const hitsTotal = counter("nonce_cache_hits_total", "Nonces that had been presented before");
const missesTotal = counter("nonce_cache_misses_total", "Nonces that were new");

/** Uses up a nonce until `expiresAt` (five minutes from now at most). Answers false when it was used before. */
export async function consumeNonce(purpose: string, nonce: string, expiresAt: Date): Promise<boolean> {
  const createdAt = now();
  const latest = new Date(createdAt.getTime() + NONCE_VALID_SECONDS * 1_000);
  if (expiresAt > latest) throw new RangeError("a nonce lives for five minutes at most");
  const nonceHash = new Uint8Array(sha256(`${purpose}|${nonce}`));
  const { count } = await db().authNonce.createMany({
    data: [{ purpose, nonceHash, createdAt, expiresAt }],
    skipDuplicates: true,
  });
  (count === 1 ? missesTotal : hitsTotal).inc();
  return count === 1;
}

/** Deletes nonces that would be refused by their time anyway. */
export async function sweepNonces(): Promise<number> {
  const { count } = await db().authNonce.deleteMany({ where: { expiresAt: { lt: now() } } });
  return count;
}
