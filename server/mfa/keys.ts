// A key that stored secrets need must be there before anybody is served: a ring that lost one fails the start, not the
// people whose secrets it held.

import { storedPepperIds } from "../auth/users";
import { ConfigError } from "../platform/config";
import { keyIdsOf } from "../platform/crypto";
import { db } from "../platform/db";

/** Throws ConfigError naming each key id that the database uses and its ring does not have. */
export async function assertKeysPresent(): Promise<void> {
  const used = async (rows: Promise<{ keyId: string }[]>) => (await rows).map(({ keyId }) => keyId);
  const encryption = await used(
    db().totpCredential.findMany({ distinct: ["keyId"], select: { keyId: true } }),
  );
  const codes = await used(db().recoveryCode.findMany({ distinct: ["keyId"], select: { keyId: true } }));
  const peppers = [...codes, ...(await storedPepperIds())];
  const faults = [
    ...missing("encryptionKeys", encryption).map(
      (id) => `ENCRYPTION_KEYS.${id}: is missing; secrets need it`,
    ),
    ...missing("passwordPeppers", peppers).map((id) => `PASSWORD_PEPPERS.${id}: is missing; secrets need it`),
  ];
  if (faults.length > 0) throw new ConfigError(faults);
}

function missing(ring: "encryptionKeys" | "passwordPeppers", usedIds: string[]): string[] {
  const known = new Set(keyIdsOf(ring));
  return [...new Set(usedIds)].filter((id) => !known.has(id));
}
