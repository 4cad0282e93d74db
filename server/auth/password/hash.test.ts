import { randomBytes } from "node:crypto";
import { verify } from "@node-rs/argon2";
import { afterEach, expect, test, vi } from "vitest";
import { resetConfig } from "../../platform/config";
import { open } from "../../platform/crypto";
import { checkPassword, hashPassword } from "./hash";

vi.mock("@node-rs/argon2", async (load) => {
  const argon2 = await load<typeof import("@node-rs/argon2")>();
  // why: the work itself is real; what it was asked to do is counted.
  return { ...argon2, verify: vi.fn(argon2.verify) };
});

const USER = "018f0000-0000-7000-8000-000000000001";
const PASSWORD = "violet-harbor-93-kite";
// Keys come from the whole configuration, which names a database; nothing connects to it here.
process.env["DATABASE_URL"] ??= "postgresql://nobody@127.0.0.1:1/none";
process.env["DATABASE_PLATFORM_URL"] ??= "postgresql://nobody@127.0.0.1:1/none";
const peppers = process.env["PASSWORD_PEPPERS"] ?? "{}";

afterEach(() => {
  process.env["PASSWORD_PEPPERS"] = peppers;
  resetConfig();
});

test("a hash has the required parameters and is stored under the pepper only", async () => {
  const stored = await hashPassword(USER, PASSWORD);
  expect(Buffer.from(stored.envelope).toString("latin1")).not.toContain("argon2");
  const phc = open("passwordPeppers", `password_credentials|envelope|${USER}`, stored.envelope).toString();
  expect(phc).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=2\$[\w+/]{22}\$[\w+/]{43}$/);
});

test("the right password is correct, any other is not", async () => {
  const stored = await hashPassword(USER, PASSWORD);
  expect(await checkPassword({ userId: USER, stored }, PASSWORD)).toEqual({ isCorrect: true });
  expect(await checkPassword({ userId: USER, stored }, `${PASSWORD}!`)).toEqual({ isCorrect: false });
  expect(await checkPassword(null, PASSWORD)).toEqual({ isCorrect: false });
});

test("the same password typed in another Unicode form is the same password", async () => {
  const stored = await hashPassword(USER, "caf\u00e9-au-lait-at-noon");
  const check = await checkPassword({ userId: USER, stored }, "cafe\u0301-au-lait-at-noon");
  expect(check.isCorrect).toBe(true);
});

test("a stored hash moved to another person opens for nobody", async () => {
  const stored = await hashPassword(USER, PASSWORD);
  const thief = { userId: "018f0000-0000-7000-8000-000000000002", stored };
  await expect(checkPassword(thief, PASSWORD)).rejects.toThrow();
});

test("a hash under an older pepper still opens and is renewed under the current one", async () => {
  const stored = await hashPassword(USER, PASSWORD);
  const ring = { ...JSON.parse(peppers), "2": randomBytes(32).toString("base64") };
  process.env["PASSWORD_PEPPERS"] = JSON.stringify(ring);
  resetConfig();
  const { renewed } = await checkPassword({ userId: USER, stored }, PASSWORD);
  expect(renewed?.pepperKeyId).toBe("2");
  if (!renewed) throw new Error("not renewed");
  expect(await checkPassword({ userId: USER, stored: renewed }, PASSWORD)).toEqual({ isCorrect: true });
});

test("a hash of older parameters is made anew at the next right password, not at a wrong one", async () => {
  const stored = { ...(await hashPassword(USER, PASSWORD)), paramsVersion: 0 };
  expect(await checkPassword({ userId: USER, stored }, "another-one-entirely")).toEqual({ isCorrect: false });
  const { renewed } = await checkPassword({ userId: USER, stored }, PASSWORD);
  expect(renewed?.paramsVersion).toBe(1);
});

test("an unknown account costs what a known one costs: one hash of the same parameters", async () => {
  const stored = await hashPassword(USER, PASSWORD);
  await checkPassword(null, "make the decoy");
  const costOf = async (account: Parameters<typeof checkPassword>[0]) => {
    vi.mocked(verify).mockClear();
    await checkPassword(account, "wrong-password-here");
    return vi.mocked(verify).mock.calls.map(([phc, text]) => [parametersOf(phc), text]);
  };
  const known = await costOf({ userId: USER, stored });
  expect(known).toEqual([["$argon2id$v=19$m=65536,t=3,p=2 22 43", "wrong-password-here"]]);
  expect(await costOf(null)).toEqual(known);
});

/** Everything that the work depends on: parameters, and the lengths of salt and hash. */
function parametersOf(phc: unknown): string {
  const parts = String(phc).split("$");
  const [salt = "", hash = ""] = parts.slice(-2);
  return `${parts.slice(0, -2).join("$")} ${salt.length} ${hash.length}`;
}
