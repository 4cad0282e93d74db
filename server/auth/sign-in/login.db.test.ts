import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import { callAs } from "../../../tests/factories/callers";
import { GOOD_PASSWORD, makeUser, signIn } from "../../../tests/factories/users";
import { login } from "../../mfa/sign-in";
import { travel } from "../../platform/clock";
import { db, platformDb } from "../../platform/db";
import { internalRequest } from "../../request";
import { Login } from "../contract";
import { TEXT_INVALID_CREDENTIALS, textLocked } from "../terms";
import { accountKey } from "../users";

const MINUTE_MS = 60_000;
const WRONG = "not-the-password-at-all";

afterEach(() => travel(0));

const attempt = (email: string, password: string, request = internalRequest()) =>
  login({ email, password, remember: false }, { request, session: null }).then(
    () => "ok",
    (error: Error) => error.message,
  );

test("the right password signs in with a cookie that scripts cannot read", async () => {
  const user = await makeUser();
  const { api, info } = callAs();
  expect(await api.auth.login({ email: ` ${user.email.toUpperCase()} `, password: GOOD_PASSWORD })).toEqual({
    status: "ok",
  });
  const [cookie = ""] = info.reply.cookies;
  expect(cookie).toMatch(/^sid=[\w-]{22}\.[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
  const me = await callAs({ cookie: cookie.split(";")[0] ?? "" }).api.auth.me();
  expect(me).toMatchObject({ user: { id: user.id, email: user.email }, emailVerified: true });
});

test("the history of sign-ins names the workspace that a session goes on in, and none where none is known", async () => {
  const user = await makeUser();
  await expect(signIn({ ...user, password: WRONG })).rejects.toThrow();
  const first = await signIn(user);
  const tenantId = randomUUID();
  await db().session.updateMany({ where: { userId: user.id }, data: { activeTenantId: tenantId } });
  await callAs({ cookie: first.cookie }).api.auth.login({ email: user.email, password: GOOD_PASSWORD });
  const events = await db().userLoginEvent.findMany({
    where: { userId: user.id },
    orderBy: { createdAt: "asc" },
  });
  expect(events.map(({ activeTenantId }) => activeTenantId)).toEqual([null, null, tenantId]);
});

test("a remembered sign-in outlives the browser, and no longer than the idle limit", async () => {
  const user = await makeUser();
  const { api, info } = callAs();
  await api.auth.login({ email: user.email, password: GOOD_PASSWORD, remember: true });
  const expires = /Expires=([^;]+)/.exec(info.reply.cookies[0] ?? "")?.[1] ?? "";
  const days = (new Date(expires).getTime() - Date.now()) / 86_400_000;
  expect(days).toBeGreaterThan(13.9);
  expect(days).toBeLessThan(14.1);
});

test("a wrong password and an unknown address are told the same, in the same way", async () => {
  const user = await makeUser();
  const answers = [];
  for (const email of [user.email, "nobody-at-all@nowhere.example"]) {
    const { api, info } = callAs();
    const error = await api.auth.login({ email, password: WRONG }).catch((thrown: unknown) => thrown);
    const { message, code, cause } = error as { message: string; code: string; cause: { details: unknown } };
    const limit = info.reply.limit && { ...info.reply.limit, resetAt: 0, retryAfterSeconds: 0 };
    answers.push({ message, code, details: cause.details, cookies: info.reply.cookies, limit });
  }
  expect(answers[0]).toEqual(answers[1]);
  expect(answers[0]).toMatchObject({ message: TEXT_INVALID_CREDENTIALS, code: "UNAUTHORIZED" });
});

test("known and unknown addresses leave the same traces and cost the same statements", async () => {
  const user = await makeUser();
  const traces = async () => ({
    events: await db().userLoginEvent.count({ where: { result: "failure" } }),
    audits: await platformDb().auditLog.count({ where: { action: "auth.login", result: "failure" } }),
    counted: await db().loginFailure.count(),
  });
  const before = await traces();
  await attempt(user.email, WRONG);
  const afterKnown = await traces();
  await attempt("nobody-there@nowhere.example", WRONG);
  const afterUnknown = await traces();
  const grown = (from: typeof before, to: typeof before) => [
    to.events - from.events,
    to.audits - from.audits,
    to.counted - from.counted,
  ];
  expect(grown(before, afterKnown)).toEqual([1, 1, 1]);
  expect(grown(afterKnown, afterUnknown)).toEqual([1, 1, 1]);
});

describe.each(["known", "unknown"])("the lock of a %s address", (kind) => {
  const address = async () =>
    kind === "known" ? (await makeUser()).email : `${kind}-${Math.random()}@x.example`;

  test("begins after five failures, refuses even the right password, and ends after five minutes", async () => {
    const email = await address();
    for (let failure = 0; failure < 5; failure += 1) {
      expect(await attempt(email, WRONG)).toBe(TEXT_INVALID_CREDENTIALS);
    }
    expect(await attempt(email, GOOD_PASSWORD)).toBe(textLocked(5));
    travel(4 * MINUTE_MS);
    expect(await attempt(email, GOOD_PASSWORD)).toBe(textLocked(1));
    travel(5 * MINUTE_MS + 1_000);
    expect(await attempt(email, GOOD_PASSWORD)).toBe(kind === "known" ? "ok" : TEXT_INVALID_CREDENTIALS);
  });

  test("counts thirty parallel failures exactly: five are looked at, the others find it locked", async () => {
    const email = await address();
    const answers = await Promise.all(Array.from({ length: 30 }, () => attempt(email, WRONG)));
    expect(answers.filter((answer) => answer === TEXT_INVALID_CREDENTIALS)).toHaveLength(5);
    expect(answers.filter((answer) => answer === textLocked(5))).toHaveLength(25);
    const row = await db().loginFailure.findUnique({ where: { accountKey: accountKey(email) } });
    expect(row?.failedCount).toBe(5);
  });
});

test("failures that lie more than fifteen minutes back do not count", async () => {
  const { email } = await makeUser();
  for (let failure = 0; failure < 4; failure += 1) await attempt(email, WRONG);
  travel(16 * MINUTE_MS);
  for (let failure = 0; failure < 4; failure += 1) await attempt(email, WRONG);
  expect(await attempt(email, GOOD_PASSWORD)).toBe("ok");
});

test("a success takes earlier failures away", async () => {
  const { email } = await makeUser();
  for (let round = 0; round < 3; round += 1) {
    for (let failure = 0; failure < 4; failure += 1) await attempt(email, WRONG);
    expect(await attempt(email, GOOD_PASSWORD)).toBe("ok");
  }
});

test("ten attempts from one address are the limit, whoever they are for", async () => {
  const ip = "203.0.113.77";
  for (let round = 0; round < 10; round += 1) {
    const { api, info } = callAs({ ip });
    await api.auth.login({ email: `a${round}@limits.example`, password: WRONG }).catch(() => undefined);
    expect(info.reply.limit).toMatchObject({ limit: 10, remaining: 9 - round });
  }
  const eleventh = callAs({ ip }).api.auth.login({ email: "a11@limits.example", password: WRONG });
  await expect(eleventh).rejects.toMatchObject({ code: "TOO_MANY_REQUESTS" });
});

test("an attempt whose password was never looked at does not count", async () => {
  const { email } = await makeUser();
  const gone = internalRequest();
  gone.signal = AbortSignal.abort();
  for (let round = 0; round < 8; round += 1) {
    await expect(
      login({ email, password: GOOD_PASSWORD, remember: false }, { request: gone, session: null }),
    ).rejects.toMatchObject({ code: "unavailable", details: { retryAfterSeconds: 1 } });
  }
  expect(await attempt(email, GOOD_PASSWORD)).toBe("ok");
});

test("a form's ticked box is remembered, an absent one is not", () => {
  const form = { email: "a@b.example", password: "x" };
  expect(Login.parse({ ...form, remember: "on" }).remember).toBe(true);
  expect(Login.parse(form).remember).toBe(false);
  expect(Login.safeParse({ ...form, remember: "yes" }).success).toBe(false);
});

test("a disabled account is refused like a wrong password", async () => {
  const user = await makeUser();
  await db().user.update({ where: { id: user.id }, data: { status: "disabled" } });
  expect(await attempt(user.email, GOOD_PASSWORD)).toBe(TEXT_INVALID_CREDENTIALS);
});

test("signing in again replaces this browser's session and leaves the others alone", async () => {
  const user = await makeUser();
  const elsewhere = await signIn(user);
  const before = await signIn(user);
  const { api, info } = callAs({ cookie: before.cookie });
  await api.auth.login({ email: user.email, password: GOOD_PASSWORD });
  const after = info.reply.cookies.at(-1)?.split(";")[0] ?? "";
  expect(after).not.toBe(before.cookie);
  await expect(callAs({ cookie: before.cookie }).api.auth.me()).rejects.toMatchObject({
    code: "UNAUTHORIZED",
  });
  await expect(callAs({ cookie: after }).api.auth.me()).resolves.toBeDefined();
  await expect(callAs({ cookie: elsewhere.cookie }).api.auth.me()).resolves.toBeDefined();
});

test("hostile text is refused or harmless, never an error of ours", async () => {
  const strange = [
    "\u0000",
    "a\u0000@b.example",
    "\ud800@b.example",
    "' OR 1=1 --",
    `${"a".repeat(300)}@b.example`,
  ];
  for (const email of strange) {
    const call = callAs().api.auth.login({ email, password: GOOD_PASSWORD });
    await expect(call).rejects.toMatchObject({ code: "BAD_REQUEST" });
  }
  const { email } = await makeUser();
  for (const password of ["\u0000", "\ud800 half", "\u202e reversed", "💥".repeat(200)]) {
    const call = callAs().api.auth.login({ email, password });
    await expect(call).rejects.toMatchObject({ code: expect.stringMatching(/UNAUTHORIZED|TOO_MANY/) });
  }
});
