import { afterEach, expect, test } from "vitest";
import { callAs } from "../../tests/factories/callers";
import { mailsTo } from "../../tests/factories/mails";
import { codeOf, cookiesOf, makeEnrolled, passPassword } from "../../tests/factories/second-factor";
import { signIn } from "../../tests/factories/users";
import { textLocked } from "../auth/terms";
import { travel } from "../platform/clock";
import { db, platformDb } from "../platform/db";
import { TEXT_INVALID_CODE } from "./terms";

const MINUTE_MS = 60_000;
const STEP_MS = 30_000;
const HOUR_MS = 60 * MINUTE_MS;

afterEach(() => travel(0));

const verify = (cookie: string, code: string) =>
  callAs({ cookie })
    .api.mfa.verify({ code })
    .then(
      ({ status }) => status,
      (error: Error) => error.message,
    );

const wins = (answers: unknown[]) => answers.filter((answer) => answer === "ok").length;

test("password and code lead to a session of level 2, and the challenge's cookie goes", async () => {
  const { user, secret } = await makeEnrolled();
  const { status, cookie } = await passPassword(user);
  expect(status).toBe("totp_required");
  await expect(callAs({ cookie }).api.auth.me()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  const { api, info } = callAs({ cookie });
  expect(await api.mfa.verify({ code: codeOf(secret, 1) })).toEqual({ status: "ok" });
  expect(info.reply.cookies.at(-1)).toMatch(/^2fa=;.*Max-Age=0/);
  const row = await db().session.findFirstOrThrow({
    where: { userId: user.id },
    orderBy: { createdAt: "desc" },
  });
  expect(row).toMatchObject({ aal: 2, isPersistent: true });
  await expect(callAs({ cookie: cookiesOf(info) }).api.auth.me()).resolves.toBeDefined();
});

test("codes of one step before and after are accepted, farther ones are not", async () => {
  for (const [steps, expected] of [
    [-2, TEXT_INVALID_CODE],
    [2, TEXT_INVALID_CODE],
    [-1, "ok"],
  ] as const) {
    const { user, secret } = await makeEnrolled();
    const { cookie } = await passPassword(user);
    // The beginning of a step, so that it does not end between making a code and sending it.
    travel(MINUTE_MS + STEP_MS - (Date.now() % STEP_MS));
    expect(await verify(cookie, codeOf(secret, steps))).toBe(expected);
    travel(0);
  }
});

test("a code works once, also the one that turned it on, and an older one not after it", async () => {
  const { user, secret } = await makeEnrolled();
  const enrolling = codeOf(secret);
  expect(await verify((await passPassword(user)).cookie, enrolling)).toBe(TEXT_INVALID_CODE);
  travel(5 * MINUTE_MS);
  const [code, older] = [codeOf(secret), codeOf(secret, -1)];
  expect(await verify((await passPassword(user)).cookie, code)).toBe("ok");
  expect(await verify((await passPassword(user)).cookie, code)).toBe(TEXT_INVALID_CODE);
  expect(await verify((await passPassword(user)).cookie, older)).toBe(TEXT_INVALID_CODE);
});

test("of thirty parallel uses of one code in many sign-ins one wins", async () => {
  const { user, secret } = await makeEnrolled();
  const cookies = await Promise.all(Array.from({ length: 4 }, () => passPassword(user)));
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, n) => verify(cookies[n % 4]?.cookie ?? "", codeOf(secret, 1))),
  );
  expect(wins(answers)).toBe(1);
});

test("a challenge is met once: of parallel codes and recovery codes in it one wins", async () => {
  const { user, secret, recoveryCodes } = await makeEnrolled();
  const { cookie } = await passPassword(user);
  const recover = (code: string) =>
    callAs({ cookie })
      .api.auth.recoveryLogin({ code })
      .then(
        ({ status }) => status,
        () => "refused",
      );
  const answers = await Promise.all([
    verify(cookie, codeOf(secret, 1)),
    verify(cookie, codeOf(secret, 1)),
    ...recoveryCodes.slice(0, 2).map(recover),
  ]);
  expect(wins(answers)).toBe(1);
  expect(await verify(cookie, codeOf(secret, 1))).not.toBe("ok");
});

test("of thirty parallel uses of one recovery code one wins; nine are left, and the owner is told", async () => {
  const { user, recoveryCodes } = await makeEnrolled();
  const [code = ""] = recoveryCodes;
  const challenges = await Promise.all(Array.from({ length: 4 }, () => passPassword(user)));
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, n) =>
      callAs({ cookie: challenges[n % 4]?.cookie ?? "" })
        .api.auth.recoveryLogin({ code: code.toLowerCase().replaceAll("-", " ") })
        .then(
          ({ status }) => status,
          () => "refused",
        ),
    ),
  );
  expect(wins(answers)).toBe(1);
  expect(await db().recoveryCode.count({ where: { userId: user.id, usedAt: null } })).toBe(9);
  const mail = (await mailsTo(user.email)).filter(({ template }) => template === "recovery_code_used");
  expect(mail.map(({ text }) => text.includes("9 recovery codes are left"))).toEqual([true]);
  const where = { action: "mfa.recovery_code_used", actorId: user.id };
  expect(await platformDb().auditLog.count({ where })).toBe(1);
});

test("five wrong codes lock for five minutes, also for the right one, and send a mail", async () => {
  const { user, secret } = await makeEnrolled();
  const { cookie } = await passPassword(user);
  for (let wrong = 0; wrong < 5; wrong += 1) expect(await verify(cookie, "000000")).toBe(TEXT_INVALID_CODE);
  expect(await verify(cookie, codeOf(secret, 1))).toBe(textLocked(5));
  const recovery = callAs({ cookie }).api.auth.recoveryLogin({ code: "AAAA-BBBB-CCCC-DDDD" });
  await expect(recovery).rejects.toMatchObject({ code: "TOO_MANY_REQUESTS" });
  const mails = (await mailsTo(user.email)).filter(({ template }) => template === "two_factor_locked");
  expect(mails).toHaveLength(1);
  const row = await db().totpCredential.findUniqueOrThrow({ where: { userId: user.id } });
  expect(row.needsCaptcha).toBe(true);
});

test("thirty parallel wrong codes are looked at five times", async () => {
  const { user } = await makeEnrolled();
  const { cookie } = await passPassword(user);
  const answers = await Promise.all(Array.from({ length: 30 }, () => verify(cookie, "000000")));
  expect(answers.filter((answer) => answer === TEXT_INVALID_CODE)).toHaveLength(5);
});

test("ten looks in an hour are all, right or wrong", async () => {
  const { user, secret } = await makeEnrolled();
  for (let look = 1; look <= 9; look += 1) {
    travel(look * MINUTE_MS);
    expect(await verify((await passPassword(user)).cookie, codeOf(secret))).toBe("ok");
  }
  travel(11 * MINUTE_MS);
  expect(await verify((await passPassword(user)).cookie, codeOf(secret))).toMatch(/^Too many security codes/);
});

test("a challenge ends after five minutes, and with the person's sessions", async () => {
  const { user, secret, cookie: signedIn } = await makeEnrolled();
  const late = await passPassword(user);
  travel(5 * MINUTE_MS + 1_000);
  expect(await verify(late.cookie, codeOf(secret))).toMatch(/took too long/);
  const ended = await passPassword(user);
  await callAs({ cookie: signedIn }).api.auth.logoutAll();
  expect(await verify(ended.cookie, codeOf(secret))).toMatch(/took too long/);
});

test("a challenge without its cookie, with another secret, or of another kind is none", async () => {
  const [one, other] = [await makeEnrolled(), await makeEnrolled()];
  const mine = (await passPassword(one.user)).cookie;
  const theirs = (await passPassword(other.user)).cookie;
  const forged = `${mine.split(".")[0]}.${theirs.split(".")[1]}`;
  for (const cookie of ["", forged, `${mine}; ${theirs}`, "2fa=\u0000.x", "2fa=' OR 1=1"]) {
    expect(await verify(cookie, codeOf(one.secret, 1))).toMatch(/took too long/);
  }
  const enrolling = callAs({ cookie: mine }).api.mfa.enableInit();
  await expect(enrolling).rejects.toMatchObject({ code: "UNAUTHORIZED" });
});

test("hostile codes are refused, never an error of ours", async () => {
  const { user } = await makeEnrolled();
  const { cookie } = await passPassword(user);
  for (const code of ["\u0000", "\ud800", "٣٣٣٣٣٣", "1e5000"]) {
    expect(await verify(cookie, code)).toBe(TEXT_INVALID_CODE);
  }
});

test("the password alone signs nobody in who has a second factor", async () => {
  const { user } = await makeEnrolled();
  travel(HOUR_MS);
  await expect(signIn(user)).rejects.toThrow("totp_required");
});
