import { afterEach, expect, test } from "vitest";
import { callAs } from "../../../tests/factories/callers";
import { mailsTo, tokenMailedTo } from "../../../tests/factories/mails";
import { makeOperator } from "../../../tests/factories/operators";
import { GOOD_PASSWORD, makeUser, signIn } from "../../../tests/factories/users";
import { travel } from "../../platform/clock";
import { resetConfig } from "../../platform/config";
import { db, platformDb } from "../../platform/db";
import { internalRequest } from "../../request";
import { TEXT_PASSWORD_RESET, TEXT_RESET_REQUESTED } from "../terms";
import { resetPasswordOf } from "./reset";

const MINUTE_MS = 60_000;
const NEW = (n: number | string = 0) => `amber-lantern-${n}-orchid-77`;

const { CAPTCHA_PROVIDER } = process.env;

afterEach(() => {
  travel(0);
  process.env["CAPTCHA_PROVIDER"] = CAPTCHA_PROVIDER;
  resetConfig();
});

const forgot = (email: string, ip?: string) =>
  callAs(ip === undefined ? {} : { ip }).api.auth.forgotPassword({ email });
const reset = (token: string, password: string) => callAs().api.auth.resetPassword({ token, password });
const enter = (email: string, password: string) =>
  callAs()
    .api.auth.login({ email, password })
    .then(
      () => "ok",
      () => "refused",
    );

async function forgetful() {
  const user = await makeUser();
  await forgot(user.email);
  return { user, token: await tokenMailedTo(user.email, "password_reset") };
}

test("a link sets a new password once, ends every session and tells the owner", async () => {
  const user = await makeUser();
  const { cookie } = await signIn(user);
  expect(await forgot(user.email)).toEqual({ message: TEXT_RESET_REQUESTED });
  const token = await tokenMailedTo(user.email, "password_reset");
  expect(await reset(token, NEW())).toEqual({ message: TEXT_PASSWORD_RESET });
  await expect(callAs({ cookie }).api.auth.me()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  expect(await enter(user.email, GOOD_PASSWORD)).toBe("refused");
  expect(await enter(user.email, NEW())).toBe("ok");
  expect((await mailsTo(user.email)).map(({ template }) => template)).toContain("password_changed");
  await expect(reset(token, NEW(2))).rejects.toMatchObject({ cause: { details: { reason: "token_used" } } });
});

test("of thirty parallel uses of a link exactly one sets the password", async () => {
  const { user, token } = await forgetful();
  const outcomes = await Promise.all(
    Array.from({ length: 30 }, (_, n) =>
      reset(token, NEW(n)).then(
        () => n,
        () => null,
      ),
    ),
  );
  const winners = outcomes.filter((outcome) => outcome !== null);
  expect(winners).toHaveLength(1);
  expect(await enter(user.email, NEW(winners[0] ?? -1))).toBe("ok");
  expect(await db().passwordHistory.count({ where: { userId: user.id } })).toBe(1);
});

test("known and unknown addresses are answered alike, with the same mails and audit rows", async () => {
  const user = await makeUser();
  const traces = async () => ({
    mails: await db().outgoingMail.count(),
    audits: await platformDb().auditLog.count({ where: { action: "auth.forgot_password" } }),
  });
  const answers = [];
  const grown = [];
  for (const email of [user.email, "nobody-forgot@nowhere.example"]) {
    const before = await traces();
    const { api, info } = callAs();
    const answer = await api.auth.forgotPassword({ email });
    const limit = info.reply.limit && { ...info.reply.limit, resetAt: 0, retryAfterSeconds: 0 };
    answers.push({ answer, limit, cookies: info.reply.cookies });
    const after = await traces();
    grown.push([after.mails - before.mails, after.audits - before.audits]);
  }
  expect(answers[0]).toEqual(answers[1]);
  expect(grown).toEqual([
    [1, 1],
    [1, 1],
  ]);
  expect(await mailsTo("nobody-forgot@nowhere.example")).toMatchObject([{ status: "suppressed" }]);
});

test("a link lives for an hour, and a newer one takes its place", async () => {
  const { user, token } = await forgetful();
  await forgot(user.email);
  await expect(reset(token, NEW())).rejects.toMatchObject({
    cause: { details: { reason: "token_invalid" } },
  });
  const newer = await tokenMailedTo(user.email, "password_reset");
  travel(61 * MINUTE_MS);
  await expect(reset(newer, NEW())).rejects.toMatchObject({
    cause: { details: { reason: "token_expired" } },
  });
  travel(59 * MINUTE_MS);
  await reset(newer, NEW());
});

test("a password that does not fit is refused at its field, and the link still works", async () => {
  const { token } = await forgetful();
  for (const password of ["short", GOOD_PASSWORD, "Test123!", "SecurePassword123", "admin123"]) {
    await expect(reset(token, password)).rejects.toMatchObject({
      cause: { details: { reason: "password_policy", fields: { password: expect.any(String) } } },
    });
  }
  await reset(token, NEW());
});

test("what is no link, or a link of another kind, opens nothing", async () => {
  const { user } = await forgetful();
  const verification = await tokenMailedTo(user.email, "password_reset");
  await expect(callAs().api.email.verify({ token: verification })).rejects.toMatchObject({
    cause: { details: { reason: "token_invalid" } },
  });
  await expect(reset("nothing", NEW())).rejects.toMatchObject({
    cause: { details: { reason: "token_invalid" } },
  });
});

test("the secret is nowhere in the database, and a disabled account gets no link", async () => {
  const { token } = await forgetful();
  const [row] = await db().passwordReset.findMany({ orderBy: { id: "desc" }, take: 1 });
  expect(JSON.stringify(row)).not.toContain(token);
  const disabled = await makeUser();
  await db().user.update({ where: { id: disabled.id }, data: { status: "disabled" } });
  await forgot(disabled.email);
  expect(await mailsTo(disabled.email)).toMatchObject([{ status: "suppressed" }]);
});

test("five mails an hour to an address and twenty requests an hour from one are the limit", async () => {
  for (const email of [(await makeUser()).email, "flooded@nowhere.example"]) {
    for (let round = 0; round < 5; round += 1) await forgot(email);
    await expect(forgot(email)).rejects.toMatchObject({ code: "TOO_MANY_REQUESTS" });
  }
  const ip = "198.51.100.20";
  await Promise.all(Array.from({ length: 20 }, (_, n) => forgot(`flood-${n}@nowhere.example`, ip)));
  await expect(forgot("flood-21@nowhere.example", ip)).rejects.toMatchObject({ code: "TOO_MANY_REQUESTS" });
});

test("a sixth mail that one network asks for in an hour needs a captcha, where there is one to ask for", async () => {
  process.env["CAPTCHA_PROVIDER"] = "simulated";
  resetConfig();
  const ip = "198.51.100.77";
  const ask = (n: number, captchaToken?: string) =>
    callAs({ ip }).api.auth.forgotPassword({ email: `sixth-${n}@nowhere.example`, captchaToken });
  for (let n = 0; n < 5; n += 1) await ask(n);
  await expect(ask(5)).rejects.toMatchObject({ cause: { details: { reason: "captcha_required" } } });
  const challenge = await callAs({ ip }).api.auth.captcha({ action: "forgot_password" });
  const token = challenge.provider === "simulated" ? challenge.token : "";
  expect(await ask(5, token)).toEqual({ message: TEXT_RESET_REQUESTED });
  await expect(ask(6, token)).rejects.toMatchObject({ cause: { details: { reason: "captcha_required" } } });
});

test("a reset lifts the lock of failed sign-ins", async () => {
  const user = await makeUser();
  for (let round = 0; round < 5; round += 1) await enter(user.email, "wrong-password");
  expect(await enter(user.email, GOOD_PASSWORD)).toBe("refused");
  await forgot(user.email);
  await reset(await tokenMailedTo(user.email, "password_reset"), NEW());
  expect(await enter(user.email, NEW())).toBe("ok");
});

test("an operator sets a password under the same policy, with a reason in the audit log", async () => {
  const operator = await makeOperator("support");
  const user = await makeUser();
  const { cookie } = await signIn(user);
  const caller = { session: operator.session, request: internalRequest() };
  const target = { userId: user.id, reason: "Lost phone" };
  await expect(resetPasswordOf(caller, { ...target, password: GOOD_PASSWORD })).rejects.toMatchObject({
    details: { reason: "password_policy" },
  });
  expect(await resetPasswordOf(caller, { ...target, password: NEW() })).toEqual({ endedSessions: 1 });
  await expect(callAs({ cookie }).api.auth.me()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  const audit = await platformDb().auditLog.findFirst({
    where: { action: "user.reset_password", targetId: user.id },
  });
  expect(audit).toMatchObject({
    actorType: "operator",
    metadata: { reason: "Lost phone", endedSessions: 1 },
  });
});
