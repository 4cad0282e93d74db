// Recovery codes: ten at a time, each good for one sign-in without the authenticator. Eighty random bits each, stored as
// HMAC-SHA-256 under a versioned pepper; consumed by one conditional update.

import { randomBytes } from "node:crypto";
import { Secret } from "otpauth";
import { now } from "../../platform/clock";
import { currentKeyId, keyIdsOf, pepperedHash } from "../../platform/crypto";
import { db } from "../../platform/db";
import { newId } from "../../platform/ids";
import type { Prisma } from "../../platform/prisma/client";
import { RECOVERY_CODES_COUNT } from "../terms";

const CODE_BYTES = 10;
const BASE32_CODE = /^[A-Z2-7]{16}$/;

/** Makes ten new codes in place of all earlier ones and answers them; they can be read here and never again. */
export async function issueRecoveryCodes(tx: Prisma.TransactionClient, userId: string): Promise<string[]> {
  const codes = Array.from({ length: RECOVERY_CODES_COUNT }, newCode);
  const keyId = currentKeyId("passwordPeppers");
  await removeRecoveryCodes(tx, userId);
  await tx.recoveryCode.createMany({
    data: codes.map((code) => ({
      id: newId(),
      userId,
      codeHash: hashOf(userId, code, keyId),
      keyId,
      createdAt: now(),
    })),
  });
  return codes.map(printed);
}

/** Uses a code up; false when it is none of the person's, or was used. */
export async function consumeRecoveryCode(
  tx: Prisma.TransactionClient,
  userId: string,
  unverifiedCode: string,
): Promise<boolean> {
  const code = unverifiedCode.replace(/[\s-]/g, "").toUpperCase();
  if (!BASE32_CODE.test(code)) return false;
  const hashes = keyIdsOf("passwordPeppers").map((keyId) => hashOf(userId, code, keyId));
  const { count } = await tx.recoveryCode.updateMany({
    where: { userId, codeHash: { in: hashes }, usedAt: null },
    data: { usedAt: now() },
  });
  return count === 1;
}

/** How many codes of a person are unused. */
export async function countRecoveryCodes(
  userId: string,
  database: Prisma.TransactionClient = db(),
): Promise<number> {
  return database.recoveryCode.count({ where: { userId, usedAt: null } });
}

/** Takes all codes of a person away. */
export async function removeRecoveryCodes(tx: Prisma.TransactionClient, userId: string): Promise<void> {
  await tx.recoveryCode.deleteMany({ where: { userId } });
}

function newCode(): string {
  return new Secret({ buffer: new Uint8Array(randomBytes(CODE_BYTES)).buffer }).base32;
}

/** AAAA-BBBB-CCCC-1111. */
function printed(code: string): string {
  return code.match(/.{4}/g)?.join("-") ?? code;
}

function hashOf(userId: string, code: string, keyId: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(pepperedHash("recovery-code", `${userId}|${code}`, keyId));
}
