import { afterEach, expect, test } from "vitest";
import { callAs } from "../../tests/factories/callers";
import { takeFaults } from "../../tests/factories/faults";
import { mailsTo } from "../../tests/factories/mails";
import { codeOf, cookiesOf, makeEnrolled, passPassword } from "../../tests/factories/second-factor";
import { GOOD_PASSWORD, makeUser, signIn } from "../../tests/factories/users";
import { TEXT_UNVERIFIED } from "../auth/terms";
import { travel } from "../platform/clock";
import { db, platformDb } from "../platform/db";
import { TEXT_ALREADY_ON, TEXT_INVALID_CODE } from "./terms";

const MINUTE_MS = 60_000;

afterEach(() => travel(0));

test("turning it on gives ten codes, a new session of level 2, an end to the others, a mail and an audit row", async () => {
  const user = await makeUser();
  const elsewhere = await signIn(user);
  const { cookie } = await signIn(user);
  const begun = await callAs({ cookie }).api.mfa.enableInit({ password: GOOD_PASSWORD });
  expect(begun.otpauthUrl).toContain(`secret=${begun.secret}`);
  expect(begun.qrSvg).toMatch(/^<svg [^>]*><rect [^>]*fill="#fff"\/><path /);
  const { api, info } = callAs({ cookie });
  const { recoveryCodes } = await api.mfa.enableComplete({ code: codeOf(begun.secret) });
  expect(new Set(recoveryCodes).size).toBe(10);
  for (const code of recoveryCodes) expect(code).toMatch(/^[A-Z2-7]{4}(-[A-Z2-7]{4}){3}$/);
  const renewed = cookiesOf(info);
  for (const ended of [cookie, elsewhere.cookie]) {
    await expect(callAs({ cookie: ended }).api.auth.me()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  }
  await expect(callAs({ cookie: renewed }).api.mfa.status()).resolves.toMatchObject({
    isEnabled: true,
    recoveryCodesLeft: 10,
  });
  const live = await db().session.findMany({ where: { userId: user.id, revokedAt: null } });
  expect(live.map(({ aal }) => aal)).toEqual([2]);
  expect((await mailsTo(user.email)).map(({ template }) => template)).toContain("two_factor_on");
  expect(await platformDb().auditLog.count({ where: { action: "mfa.enable", actorId: user.id } })).toBe(1);
});

test("somebody whose address is unconfirmed sets nothing up", async () => {
  const { cookie } = await signIn(await makeUser({ isVerified: false }));
  const { mfa } = callAs({ cookie }).api;
  for (const call of [
    () => mfa.enableInit({ password: GOOD_PASSWORD }),
    () => mfa.setup(),
    () => mfa.enableComplete({ code: "123456" }),
  ]) {
    await expect(call()).rejects.toMatchObject({ code: "FORBIDDEN", message: TEXT_UNVERIFIED });
  }
});

test("neither secret nor recovery codes lie in the database as they are", async () => {
  const { user, secret, recoveryCodes } = await makeEnrolled();
  const row = await db().totpCredential.findUniqueOrThrow({ where: { userId: user.id } });
  const codes = await db().recoveryCode.findMany({ where: { userId: user.id } });
  const stored = Buffer.concat([
    Buffer.from(row.secret),
    ...codes.map(({ codeHash }) => Buffer.from(codeHash)),
  ]);
  expect(stored.includes(secret)).toBe(false);
  for (const code of recoveryCodes) expect(stored.includes(code.replaceAll("-", ""))).toBe(false);
  expect(row.keyId).toMatch(/\w/);
});

test("a secret moved to another person's row does not open there", async () => {
  const [one, other] = [await makeEnrolled(), await makeEnrolled()];
  const { secret } = await db().totpCredential.findUniqueOrThrow({ where: { userId: one.user.id } });
  await db().totpCredential.update({ where: { userId: other.user.id }, data: { secret } });
  const { cookie } = await passPassword(other.user);
  const call = callAs({ cookie }).api.mfa.verify({ code: codeOf(one.secret, 1) });
  await expect(call).rejects.toMatchObject({ code: "INTERNAL_SERVER_ERROR" });
  expect(takeFaults()).toEqual([expect.stringContaining("request.failed mfa.verify")]);
});

test("a wrong password or a wrong code turns nothing on", async () => {
  const { cookie } = await signIn(await makeUser());
  const { api } = callAs({ cookie });
  await expect(api.mfa.enableInit({ password: "another one" })).rejects.toMatchObject({
    code: "UNAUTHORIZED",
  });
  await expect(callAs({ cookie }).api.mfa.enableInit()).rejects.toMatchObject({ code: "BAD_REQUEST" });
  const { secret } = await callAs({ cookie }).api.mfa.enableInit({ password: GOOD_PASSWORD });
  for (const code of ["000000", "abc", codeOf(secret, 5), codeOf(secret, -5)]) {
    await expect(callAs({ cookie }).api.mfa.enableComplete({ code })).rejects.toThrow(TEXT_INVALID_CODE);
  }
  expect(await callAs({ cookie }).api.mfa.status()).toMatchObject({ isEnabled: false });
});

test("an enrolment is finished by the browser that began it, and within a quarter of an hour", async () => {
  const user = await makeUser();
  const { cookie } = await signIn(user);
  const elsewhere = await signIn(user);
  const { secret } = await callAs({ cookie }).api.mfa.enableInit({ password: GOOD_PASSWORD });
  expect(await callAs({ cookie: elsewhere.cookie }).api.mfa.setup()).toBeNull();
  expect(await callAs({ cookie }).api.mfa.setup()).toMatchObject({ secret });
  const foreign = callAs({ cookie: elsewhere.cookie }).api.mfa.enableComplete({ code: codeOf(secret) });
  await expect(foreign).rejects.toMatchObject({ code: "BAD_REQUEST" });
  travel(16 * MINUTE_MS);
  const late = callAs({ cookie }).api.mfa.enableComplete({ code: codeOf(secret) });
  await expect(late).rejects.toMatchObject({ code: "BAD_REQUEST" });
});

test("what is on cannot be turned on again, and nobody sees its secret any more", async () => {
  const { cookie } = await makeEnrolled();
  const again = callAs({ cookie }).api.mfa.enableInit({ password: GOOD_PASSWORD });
  await expect(again).rejects.toThrow(TEXT_ALREADY_ON);
  expect(await callAs({ cookie }).api.mfa.setup()).toBeNull();
});

test("of thirty parallel first codes one turns it on, with one set of codes", async () => {
  const user = await makeUser();
  const { cookie } = await signIn(user);
  const { secret } = await callAs({ cookie }).api.mfa.enableInit({ password: GOOD_PASSWORD });
  const answers = await Promise.allSettled(
    Array.from({ length: 30 }, () => callAs({ cookie }).api.mfa.enableComplete({ code: codeOf(secret) })),
  );
  expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(await db().recoveryCode.count({ where: { userId: user.id } })).toBe(10);
});

test("an operator without a second factor sets it up before there is a session, which is then of level 2", async () => {
  const user = await makeUser({ platformRole: "admin" });
  const { status, cookie } = await passPassword(user);
  expect(status).toBe("totp_setup_required");
  await expect(callAs({ cookie }).api.auth.me()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  await expect(callAs({ cookie }).api.mfa.verify({ code: "000000" })).rejects.toMatchObject({
    code: "UNAUTHORIZED",
  });
  const { secret } = await callAs({ cookie }).api.mfa.enableInit();
  const { api, info } = callAs({ cookie });
  expect((await api.mfa.enableComplete({ code: codeOf(secret) })).recoveryCodes).toHaveLength(10);
  const signedIn = cookiesOf(info);
  await expect(callAs({ cookie: signedIn }).api.admin.users.list({})).resolves.toBeDefined();
  await expect(callAs({ cookie }).api.mfa.enableInit()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  expect((await passPassword(user)).status).toBe("totp_required");
});
