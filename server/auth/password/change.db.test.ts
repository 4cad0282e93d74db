import { expect, test } from "vitest";
import { callAs } from "../../../tests/factories/callers";
import { mailsTo, tokenMailedTo } from "../../../tests/factories/mails";
import { GOOD_PASSWORD, makeUser, signIn } from "../../../tests/factories/users";
import { db, platformDb } from "../../platform/db";
import { TEXT_PASSWORD_CHANGED, TEXT_WRONG_PASSWORD } from "../terms";

const NEW = (n: number) => `copper-meadow-${n}-violin-41`;

const sidOf = (cookies: string[]) => cookies.find((cookie) => cookie.startsWith("sid="))?.split(";")[0] ?? "";

test("a change ends the other sessions, gives this one a new id and tells the owner", async () => {
  const user = await makeUser();
  const here = await signIn(user);
  const elsewhere = await signIn(user);
  const { api, info } = callAs({ cookie: here.cookie });
  const input = { currentPassword: GOOD_PASSWORD, newPassword: NEW(1) };
  expect(await api.account.changePassword(input)).toEqual({ message: TEXT_PASSWORD_CHANGED });
  const renewed = sidOf(info.reply.cookies);
  expect(renewed).not.toBe(here.cookie);
  for (const { cookie } of [here, elsewhere]) {
    await expect(callAs({ cookie }).api.auth.me()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  }
  await expect(callAs({ cookie: renewed }).api.auth.me()).resolves.toBeDefined();
  expect((await mailsTo(user.email)).at(-1)).toMatchObject({
    template: "password_changed",
    status: "queued",
  });
  const audit = await platformDb().auditLog.findFirst({
    where: { action: "account.change_password", actorId: user.id },
  });
  expect(audit).toMatchObject({ metadata: { endedSessions: 1 } });
});

test("a wrong present password is refused at its field, a bad new one at its own", async () => {
  const { cookie } = await signIn(await makeUser());
  const change = (currentPassword: string, newPassword: string) =>
    callAs({ cookie }).api.account.changePassword({ currentPassword, newPassword });
  await expect(change("not-the-password", NEW(1))).rejects.toMatchObject({
    code: "UNAUTHORIZED",
    cause: { details: { fields: { currentPassword: TEXT_WRONG_PASSWORD } } },
  });
  await expect(change(GOOD_PASSWORD, "too short")).rejects.toMatchObject({
    cause: { details: { reason: "password_policy", fields: { newPassword: expect.any(String) } } },
  });
});

test("none of the last five passwords comes back, an older one may", async () => {
  const user = await makeUser();
  let { cookie } = await signIn(user);
  const change = async (from: string, to: string) => {
    const { api, info } = callAs({ cookie });
    await api.account.changePassword({ currentPassword: from, newPassword: to });
    cookie = sidOf(info.reply.cookies);
  };
  await change(GOOD_PASSWORD, NEW(1));
  for (let n = 1; n < 5; n += 1) {
    await expect(change(NEW(n), GOOD_PASSWORD)).rejects.toMatchObject({
      cause: { details: { reason: "password_policy" } },
    });
    await expect(change(NEW(n), NEW(n))).rejects.toMatchObject({
      cause: { details: { reason: "password_policy" } },
    });
    await change(NEW(n), NEW(n + 1));
  }
  await change(NEW(5), GOOD_PASSWORD);
  expect(await db().passwordHistory.count({ where: { userId: user.id } })).toBe(4);
});

test("a change ends every open link of the person", async () => {
  const user = await makeUser();
  const { cookie } = await signIn(user);
  await callAs().api.auth.forgotPassword({ email: user.email });
  const token = await tokenMailedTo(user.email, "password_reset");
  await callAs({ cookie }).api.account.changePassword({
    currentPassword: GOOD_PASSWORD,
    newPassword: NEW(1),
  });
  await expect(callAs().api.auth.resetPassword({ token, password: NEW(2) })).rejects.toMatchObject({
    cause: { details: { reason: "token_invalid" } },
  });
});

test("of parallel changes exactly one wins", async () => {
  const user = await makeUser();
  const { cookie } = await signIn(user);
  const outcomes = await Promise.all(
    [1, 2, 3, 4].map((n) =>
      callAs({ cookie })
        .api.account.changePassword({ currentPassword: GOOD_PASSWORD, newPassword: NEW(n) })
        .then(
          () => "changed",
          (error: { code: string }) => error.code,
        ),
    ),
  );
  expect(outcomes.filter((outcome) => outcome === "changed")).toHaveLength(1);
  expect(await db().passwordHistory.count({ where: { userId: user.id } })).toBe(1);
});
