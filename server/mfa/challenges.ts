// The state between the right password and the session: a row bound to one browser by a cookie of its own, never a
// session with a flag. It lives five minutes, ends with the person's epoch, and is consumed once.

import { blankCookie, readTokenCookie, tokenCookie } from "../auth/session-cookie";
import { fromNow, now } from "../platform/clock";
import { sha256 } from "../platform/crypto";
import { pool } from "../platform/db";
import { AppError } from "../platform/errors";
import { randomToken } from "../platform/ids";
import type { Statement } from "../platform/pipeline";
import type { Prisma } from "../platform/prisma/client";
import type { PlatformRole } from "../platform/prisma/enums";
import {
  CHALLENGE_VALID_MINUTES,
  type ChallengeKind,
  TEXT_CHALLENGE_EXPIRED,
  VERIFICATIONS_PER_HOUR,
} from "./terms";

/** A live challenge and whose it is. */
export interface Challenge {
  id: string;
  kind: ChallengeKind;
  userId: string;
  email: string;
  platformRole: PlatformRole;
  sessionEpoch: number;
  isPersistent: boolean;
}

const MINUTE_MS = 60_000;
const ID_BYTES = 16;
const COOKIE = "2fa";

const INSERT = `
  INSERT INTO mfa_challenges (id, secret_hash, user_id, kind, session_epoch, is_persistent, created_at, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`;

/** Adds a new challenge to the batch and answers its cookie. */
export function startChallenge(
  batch: Statement[],
  person: { id: string; sessionEpoch: number },
  { kind, isPersistent }: { kind: ChallengeKind; isPersistent: boolean },
): string {
  const [id, secret] = [randomToken(ID_BYTES), randomToken()];
  const expiresAt = fromNow(CHALLENGE_VALID_MINUTES * MINUTE_MS);
  const owner = [id, sha256(secret), person.id, kind, person.sessionEpoch, isPersistent];
  batch.push({ name: "mfa_challenge_insert", text: INSERT, values: [...owner, now(), expiresAt] });
  return tokenCookie(COOKIE, `${id}.${secret}`, {});
}

const LIVE = `
  c.id = $1 AND c.secret_hash = $2 AND c.consumed_at IS NULL AND c.expires_at > $3
  AND u.id = c.user_id AND u.session_epoch = c.session_epoch AND u.status IN ('active', 'pending')
  AND u.deletion_due_at IS NULL`;
const COLUMNS = `
  c.id, c.kind, c.user_id AS "userId", u.email, u.platform_role AS "platformRole",
  c.session_epoch AS "sessionEpoch", c.is_persistent AS "isPersistent"`;

/** The live challenge that a browser's cookie names, or null. */
export async function findChallenge(cookieHeader: string | null): Promise<Challenge | null> {
  const text = `SELECT ${COLUMNS} FROM mfa_challenges c, users u WHERE ${LIVE}`;
  return queryChallenge(cookieHeader, { name: "mfa_challenge_find", text, values: [] });
}

/** The same, with one more attempt counted against it before anything is verified. Throws `unauthorized` without one. */
export async function attemptChallenge(cookieHeader: string | null, kind: ChallengeKind): Promise<Challenge> {
  const text = `
    UPDATE mfa_challenges c SET attempts = attempts + 1 FROM users u
     WHERE ${LIVE} AND c.attempts < ${VERIFICATIONS_PER_HOUR} RETURNING ${COLUMNS}`;
  const challenge = await queryChallenge(cookieHeader, { name: "mfa_challenge_attempt", text, values: [] });
  if (challenge?.kind !== kind) throw challengeExpired();
  return challenge;
}

/** Uses a challenge up. Throws `unauthorized` (challenge_expired) when another request was first. */
export async function consumeChallenge(tx: Prisma.TransactionClient, id: string): Promise<void> {
  const { count } = await tx.mfaChallenge.updateMany({
    where: { id, consumedAt: null, expiresAt: { gt: now() } },
    data: { consumedAt: now() },
  });
  if (count !== 1) throw challengeExpired();
}

/** A `Set-Cookie` value that removes the challenge's cookie. */
export function blankChallengeCookie(): string {
  return blankCookie(COOKIE);
}

/** What a browser without a live challenge is told: back to the sign-in. */
export function challengeExpired(): AppError {
  return new AppError("unauthorized", TEXT_CHALLENGE_EXPIRED, { reason: "challenge_expired" });
}

async function queryChallenge(cookieHeader: string | null, statement: Statement): Promise<Challenge | null> {
  const token = readTokenCookie(COOKIE, cookieHeader);
  if (token === null) return null;
  const [id = "", secret = ""] = token.split(".");
  const { rows } = await pool().query<Challenge>({ ...statement, values: [id, sha256(secret), now()] });
  return rows[0] ?? null;
}
