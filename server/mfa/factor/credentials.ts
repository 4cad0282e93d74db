// The TOTP secret of a person: pending until its first code, then confirmed. It lies in an envelope that opens for its
// owner's row alone; every step is accepted once, decided by one conditional statement.

import { fromNow, now } from "../../platform/clock";
import { currentKeyId, open, seal } from "../../platform/crypto";
import { db } from "../../platform/db";
import { newId } from "../../platform/ids";
import type { Prisma } from "../../platform/prisma/client";
import { ENROLMENT_VALID_MINUTES } from "../terms";
import { newTotpSecret } from "./totp";

export interface TotpState {
  userId: string;
  secret: string;
  failedCount: number;
  lockedUntil: Date | null;
  needsCaptcha: boolean;
}

export interface PendingEnrolment {
  enrolmentId: string;
  secret: string;
}

const MINUTE_MS = 60_000;
const RESEAL_BATCH = 200;

/** The confirmed secret of a person, or null while two-factor authentication is off. */
export async function findConfirmed(userId: string): Promise<TotpState | null> {
  const row = await db().totpCredential.findUnique({ where: { userId } });
  if (!row?.confirmedAt) return null;
  const { failedCount, lockedUntil, needsCaptcha } = row;
  return { userId, secret: opened(userId, row.secret), failedCount, lockedUntil, needsCaptcha };
}

/** Begins an enrolment in place of an unconfirmed one; null when the second factor is on already. */
export async function beginEnrolment(
  tx: Prisma.TransactionClient,
  person: { userId: string; startedBy: string },
): Promise<PendingEnrolment | null> {
  const { userId, startedBy } = person;
  const [enrolmentId, secret] = [newId(), newTotpSecret()];
  const { envelope, keyId } = sealed(userId, secret);
  const count = await tx.$executeRaw`
    INSERT INTO totp_credentials AS t (user_id, enrolment_id, secret, key_id, started_by, started_at)
    VALUES (${userId}::uuid, ${enrolmentId}::uuid, ${envelope}, ${keyId}, ${startedBy}, ${now()})
    ON CONFLICT (user_id) DO UPDATE SET enrolment_id = excluded.enrolment_id, secret = excluded.secret,
      key_id = excluded.key_id, started_by = excluded.started_by, started_at = excluded.started_at
    WHERE t.confirmed_at IS NULL`;
  return count === 1 ? { enrolmentId, secret } : null;
}

/** The enrolment that this session or challenge began and may still finish, or null. */
export async function findPending(person: {
  userId: string;
  startedBy: string;
}): Promise<PendingEnrolment | null> {
  const row = await db().totpCredential.findFirst({
    where: { ...person, confirmedAt: null, startedAt: { gt: fromNow(-ENROLMENT_VALID_MINUTES * MINUTE_MS) } },
  });
  return row && { enrolmentId: row.enrolmentId, secret: opened(row.userId, row.secret) };
}

/** Turns a pending secret into the second factor; false when it is no longer the one that was shown. */
export async function confirmEnrolment(
  tx: Prisma.TransactionClient,
  pending: { userId: string; enrolmentId: string; step: number },
): Promise<boolean> {
  const { userId, enrolmentId, step } = pending;
  const { count } = await tx.totpCredential.updateMany({
    where: { userId, enrolmentId, confirmedAt: null },
    data: { confirmedAt: now(), lastStep: step },
  });
  return count === 1;
}

/** Accepts a step unless it or a later one was accepted before: of any number of parallel uses exactly one is true. */
export async function consumeStep(
  tx: Prisma.TransactionClient,
  userId: string,
  step: number,
): Promise<boolean> {
  const { count } = await tx.totpCredential.updateMany({
    where: { userId, confirmedAt: { not: null }, lastStep: { lt: step } },
    data: { lastStep: step },
  });
  return count === 1;
}

/** Takes the secret away; false when there was none that counted. */
export async function removeCredential(tx: Prisma.TransactionClient, userId: string): Promise<boolean> {
  const { count } = await tx.totpCredential.deleteMany({ where: { userId, confirmedAt: { not: null } } });
  return count === 1;
}

/** Seals what lies under older keys again under the current one; answers how many. Safe beside other runners. */
export async function resealSecrets(): Promise<number> {
  const keyId = currentKeyId("encryptionKeys");
  const rows = await db().totpCredential.findMany({
    where: { keyId: { not: keyId } },
    select: { userId: true, secret: true },
    take: RESEAL_BATCH,
  });
  let count = 0;
  for (const { userId, secret } of rows) {
    const { envelope } = sealed(userId, opened(userId, secret));
    // A secret that was replaced meanwhile stays as it is.
    const resealed = await db().totpCredential.updateMany({
      where: { userId, secret },
      data: { secret: envelope, keyId },
    });
    count += resealed.count;
  }
  return rows.length === RESEAL_BATCH ? count + (await resealSecrets()) : count;
}

function sealed(userId: string, secret: string): { envelope: Uint8Array<ArrayBuffer>; keyId: string } {
  const envelope = new Uint8Array(seal("encryptionKeys", context(userId), Buffer.from(secret)));
  return { envelope, keyId: currentKeyId("encryptionKeys") };
}

function opened(userId: string, envelope: Uint8Array): string {
  return open("encryptionKeys", context(userId), envelope).toString();
}

// The key id is added to what is authenticated by `seal`.
function context(userId: string): string {
  return `totp_credentials|secret|${userId}`;
}
