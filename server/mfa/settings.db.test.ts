import { afterEach, expect, test } from "vitest";
import { callAs } from "../../tests/factories/callers";
import { mailsTo } from "../../tests/factories/mails";
import { makeOperator } from "../../tests/factories/operators";
import { codeOf, cookiesOf, makeEnrolled, passPassword } from "../../tests/factories/second-factor";
import { GOOD_PASSWORD, makeUser, signIn } from "../../tests/factories/users";
import { travel } from "../platform/clock";
import { resetConfig } from "../platform/config";
import { db, platformDb } from "../platform/db";
import { internalRequest } from "../request";
import { sweepSecondFactor } from "./jobs";
import { resetTwoFactorOf } from "./settings";
import { TEXT_INVALID_CODE, TEXT_OPERATORS_KEEP_IT } from "./terms";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const password = GOOD_PASSWORD;

afterEach(() => {
  travel(0);
  useCaptcha("none");
});

test("turning it off needs password and code, deletes secret and codes, rotates the session and sends a mail", async () => {
  const { user, secret, cookie } = await makeEnrolled();
  const code = () => codeOf(secret, 1);
  const disable = (input: { password: string; code: string }) => callAs({ cookie }).api.mfa.disable(input);
  await expect(disable({ password: "another one", code: code() })).rejects.toMatchObject({
    code: "UNAUTHORIZED",
  });
  await expect(disable({ password, code: "000000" })).rejects.toThrow(TEXT_INVALID_CODE);
  const { api, info } = callAs({ cookie });
  await api.mfa.disable({ password, code: code() });
  await expect(callAs({ cookie }).api.auth.me()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  const renewed = cookiesOf(info);
  expect(await callAs({ cookie: renewed }).api.mfa.status()).toMatchObject({
    isEnabled: false,
    recoveryCodesLeft: 0,
  });
  expect(await db().totpCredential.count({ where: { userId: user.id } })).toBe(0);
  expect((await mailsTo(user.email)).at(-1)).toMatchObject({ template: "two_factor_off" });
  expect(await platformDb().auditLog.count({ where: { action: "mfa.disable", actorId: user.id } })).toBe(1);
  await expect(signIn(user)).resolves.toBeDefined();
});

test("an operator keeps it on", async () => {
  const { cookie } = await makeOperator("support");
  const off = callAs({ cookie }).api.mfa.disable({ password, code: "000000" });
  await expect(off).rejects.toThrow(TEXT_OPERATORS_KEEP_IT);
});

test("new recovery codes replace all ten, of which none is good any more", async () => {
  const { user, secret, cookie, recoveryCodes } = await makeEnrolled();
  const made = await callAs({ cookie }).api.mfa.regenerateCodes({ password, code: codeOf(secret, 1) });
  expect(made.recoveryCodes).toHaveLength(10);
  const recover = async (code = "") => {
    const challenge = await passPassword(user);
    return callAs({ cookie: challenge.cookie }).api.auth.recoveryLogin({ code });
  };
  await expect(recover(recoveryCodes[0])).rejects.toThrow(TEXT_INVALID_CODE);
  await expect(recover(made.recoveryCodes[0])).resolves.toEqual({ status: "ok" });
  expect(await callAs({ cookie }).api.mfa.status()).toMatchObject({ recoveryCodesLeft: 9 });
});

test("stepping up asks for the code as well where it is on, and uses it up", async () => {
  const { secret, cookie } = await makeEnrolled();
  const missing = callAs({ cookie }).api.auth.stepUp({ password });
  await expect(missing).rejects.toMatchObject({
    code: "BAD_REQUEST",
    cause: { details: { reason: "totp_required" } },
  });
  await expect(callAs({ cookie }).api.auth.stepUp({ password, code: "000000" })).rejects.toThrow(
    TEXT_INVALID_CODE,
  );
  const code = codeOf(secret, 1);
  const { api, info } = callAs({ cookie });
  await api.auth.stepUp({ password, code });
  const renewed = cookiesOf(info);
  await expect(callAs({ cookie: renewed }).api.auth.stepUp({ password, code })).rejects.toThrow(
    TEXT_INVALID_CODE,
  );
});

test("an operator's reset takes it away, ends the person's sessions, and is told and audited", async () => {
  const operator = await makeOperator();
  const { user, cookie } = await makeEnrolled();
  const caller = { session: operator.session, request: internalRequest() };
  await resetTwoFactorOf(caller, user.id, "lost the phone");
  await expect(callAs({ cookie }).api.auth.me()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  expect((await passPassword(user)).status).toBe("ok");
  expect((await mailsTo(user.email)).at(-1)).toMatchObject({ template: "two_factor_off" });
  const row = await platformDb().auditLog.findFirstOrThrow({
    where: { action: "admin_reset_2fa", targetId: user.id },
  });
  expect(row).toMatchObject({ actorId: operator.user.id, metadata: { reason: "lost the phone" } });
  await expect(resetTwoFactorOf(caller, user.id, "again")).rejects.toMatchObject({ code: "conflict" });
});

function useCaptcha(provider: string): void {
  process.env["CAPTCHA_PROVIDER"] = provider;
  resetConfig();
}

test("after a lock the next try needs a captcha, also when it is right", async () => {
  const { user, secret, cookie } = await makeEnrolled();
  const wrong = { password, code: "000000" };
  for (let n = 0; n < 5; n += 1) {
    await expect(callAs({ cookie }).api.mfa.disable(wrong)).rejects.toThrow(TEXT_INVALID_CODE);
  }
  useCaptcha("simulated");
  travel(6 * MINUTE_MS);
  const challenge = await passPassword(user);
  const verify = (captchaToken?: string) =>
    callAs({ cookie: challenge.cookie }).api.mfa.verify({ code: codeOf(secret), captchaToken });
  await expect(verify()).rejects.toThrow("Captcha required.");
  const asked = await callAs().api.auth.captcha({ action: "two_factor" });
  if (asked.provider !== "simulated") throw new Error("the captcha is not simulated");
  await expect(verify(asked.token)).resolves.toEqual({ status: "ok" });
});

test("the sweep deletes what nobody finishes, and keeps what is on", async () => {
  const enrolled = await makeEnrolled();
  await passPassword(enrolled.user);
  const beginner = await makeUser();
  const { cookie } = await signIn(beginner);
  await callAs({ cookie }).api.mfa.enableInit({ password });
  travel(2 * DAY_MS);
  await sweepSecondFactor();
  expect(await db().mfaChallenge.count({ where: { userId: enrolled.user.id } })).toBe(0);
  expect(await db().totpCredential.count({ where: { userId: beginner.id } })).toBe(0);
  expect(await db().totpCredential.count({ where: { userId: enrolled.user.id } })).toBe(1);
});
