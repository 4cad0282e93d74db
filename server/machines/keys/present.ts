// Keys that stored signing keys and refresh tokens need must be there before anybody is served.

import { now } from "../../platform/clock";
import { ConfigError } from "../../platform/config";
import { keyIdsOf } from "../../platform/crypto";
import { db, platformDb } from "../../platform/db";

/** Throws ConfigError naming each key id that the database uses and its ring does not have. */
export async function assertMachineKeysPresent(): Promise<void> {
  const keys = await db().signingKey.findMany({ distinct: ["keyId"], select: { keyId: true } });
  // As the platform role: tokens of every tenant.
  const tokens = await platformDb().serviceAccountToken.findMany({
    where: { usedAt: null, revokedAt: null, expiresAt: { gt: now() } },
    distinct: ["pepperKeyId"],
    select: { pepperKeyId: true },
  });
  const isMissing = (ring: "encryptionKeys" | "refreshTokenPeppers", id: string) =>
    !keyIdsOf(ring).includes(id);
  const faults = [
    ...keys
      .filter(({ keyId }) => isMissing("encryptionKeys", keyId))
      .map(({ keyId }) => `ENCRYPTION_KEYS.${keyId}: is missing; signing keys need it`),
    ...tokens
      .filter(({ pepperKeyId }) => isMissing("refreshTokenPeppers", pepperKeyId))
      .map(
        ({ pepperKeyId }) => `AUTH_REFRESH_TOKEN_PEPPERS.${pepperKeyId}: is missing; refresh tokens need it`,
      ),
  ];
  if (faults.length > 0) throw new ConfigError(faults);
}
