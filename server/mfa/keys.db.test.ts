import { randomBytes } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { callAs } from "../../tests/factories/callers";
import { codeOf, makeEnrolled, passPassword } from "../../tests/factories/second-factor";
import { resetConfig } from "../platform/config";
import { db } from "../platform/db";
import { resealSecrets } from "./factor/credentials";
import { assertKeysPresent } from "./keys";

const rings = ["ENCRYPTION_KEYS", "PASSWORD_PEPPERS"] as const;
const before = Object.fromEntries(rings.map((name) => [name, process.env[name]]));

function setRing(name: (typeof rings)[number], ring: Record<string, unknown>): void {
  process.env[name] = JSON.stringify(ring);
  resetConfig();
}

afterEach(() => {
  Object.assign(process.env, before);
  resetConfig();
});

test("a ring that lost a key the database needs fails the start, by name", async () => {
  await makeEnrolled();
  await expect(assertKeysPresent()).resolves.toBeUndefined();
  const fresh = { other: randomBytes(32).toString("base64") };
  setRing("ENCRYPTION_KEYS", fresh);
  await expect(assertKeysPresent()).rejects.toThrow(/ENCRYPTION_KEYS\.\w+: is missing/);
  Object.assign(process.env, before);
  setRing("PASSWORD_PEPPERS", fresh);
  await expect(assertKeysPresent()).rejects.toThrow(/PASSWORD_PEPPERS\.\w+: is missing/);
});

test("after a rotation secrets move to the new key, and codes go on working", async () => {
  const { user, secret, recoveryCodes } = await makeEnrolled();
  for (const name of rings) {
    const ring = JSON.parse(before[name] ?? "{}") as Record<string, unknown>;
    setRing(name, { ...ring, next: randomBytes(32).toString("base64") });
  }
  expect(await resealSecrets()).toBeGreaterThan(0);
  const row = await db().totpCredential.findUniqueOrThrow({ where: { userId: user.id } });
  expect(row.keyId).toBe("next");
  const verify = async () => {
    const { cookie } = await passPassword(user);
    return callAs({ cookie }).api.mfa.verify({ code: codeOf(secret, 1) });
  };
  expect(await verify()).toEqual({ status: "ok" });
  const { cookie } = await passPassword(user);
  const [code = ""] = recoveryCodes;
  expect(await callAs({ cookie }).api.auth.recoveryLogin({ code })).toEqual({ status: "ok" });
});
