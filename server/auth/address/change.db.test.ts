import { afterEach, expect, test } from "vitest";
import { callAs } from "../../../tests/factories/callers";
import { mailsTo, tokenMailedTo } from "../../../tests/factories/mails";
import { makeUser, signIn } from "../../../tests/factories/users";
import { travel } from "../../platform/clock";
import { db } from "../../platform/db";
import { TEXT_EMAIL_CANCELLED, TEXT_EMAIL_CHANGE, TEXT_EMAIL_CONFIRMED } from "../terms";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

afterEach(() => travel(0));

let lastAddress = 0;
const newAddress = () => {
  lastAddress += 1;
  return `moved-${lastAddress}@elsewhere${lastAddress}.example`;
};
const confirm = (token: string, cookie?: string) =>
  callAs(cookie ? { cookie } : {}).api.email.confirmChange({ token });
const cancel = (token: string) => callAs().api.email.cancelChange({ token });
const reasonOf = (work: Promise<unknown>) =>
  work.then(
    () => "ok",
    (error: { cause: { details: { reason: string } } }) => error.cause.details.reason,
  );
const addressOf = async (id: string) => (await db().user.findUnique({ where: { id } }))?.email;

async function moving() {
  const user = await makeUser();
  const { cookie } = await signIn(user);
  const to = newAddress();
  expect(await callAs({ cookie }).api.account.changeEmail({ email: to })).toEqual({
    message: TEXT_EMAIL_CHANGE,
  });
  const confirmToken = await tokenMailedTo(to, "email_change");
  const cancelToken = await tokenMailedTo(user.email, "email_change_notice");
  return { user, cookie, to, confirmToken, cancelToken };
}

test("the link to the new address changes it; other sessions end, this one gets a new id", async () => {
  const { user, cookie, to, confirmToken } = await moving();
  const elsewhere = await signIn(user);
  expect(await addressOf(user.id)).toBe(user.email);
  const { api, info } = callAs({ cookie });
  expect(await api.email.confirmChange({ token: confirmToken })).toEqual({ message: TEXT_EMAIL_CONFIRMED });
  expect(await addressOf(user.id)).toBe(to);
  const renewed = info.reply.cookies.find((value) => value.startsWith("sid="))?.split(";")[0] ?? "";
  for (const old of [cookie, elsewhere.cookie]) {
    await expect(callAs({ cookie: old }).api.auth.me()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  }
  await expect(callAs({ cookie: renewed }).api.auth.me()).resolves.toMatchObject({ user: { email: to } });
  expect(await reasonOf(confirm(confirmToken))).toBe("token_used");
});

test("without a sign-in of the last ten minutes a step-up comes first", async () => {
  const { cookie } = await signIn(await makeUser());
  travel(11 * MINUTE_MS);
  const late = callAs({ cookie }).api.account.changeEmail({ email: newAddress() });
  expect(await reasonOf(late)).toBe("step_up_required");
});

test("the old address undoes a change before and after it is confirmed, for seven days", async () => {
  const before = await moving();
  expect(await cancel(before.cancelToken)).toEqual({ message: TEXT_EMAIL_CANCELLED });
  expect(await reasonOf(confirm(before.confirmToken))).toBe("token_used");
  const after = await moving();
  await confirm(after.confirmToken);
  travel(6 * DAY_MS);
  await cancel(after.cancelToken);
  expect(await addressOf(after.user.id)).toBe(after.user.email);
  expect(await reasonOf(cancel(after.cancelToken))).toBe("token_used");
  travel(0);
  const late = await moving();
  travel(8 * DAY_MS);
  expect(await reasonOf(cancel(late.cancelToken))).toBe("token_expired");
});

test("undoing a change takes away what a later one sent to another address", async () => {
  const { user, to, confirmToken, cancelToken } = await moving();
  await confirm(confirmToken);
  const thief = await signIn({ ...user, email: to });
  await callAs({ cookie: thief.cookie }).api.account.changeEmail({ email: newAddress() });
  const thiefsUndo = await tokenMailedTo(to, "email_change_notice");
  await cancel(cancelToken);
  await expect(callAs({ cookie: thief.cookie }).api.auth.me()).rejects.toMatchObject({
    code: "UNAUTHORIZED",
  });
  expect(await reasonOf(cancel(thiefsUndo))).toBe("token_used");
  expect(await addressOf(user.id)).toBe(user.email);
});

test("undoing a change that was never confirmed ends the sessions, and a later one that was", async () => {
  const { user, cookie, cancelToken } = await moving();
  const later = newAddress();
  await callAs({ cookie }).api.account.changeEmail({ email: later });
  await confirm(await tokenMailedTo(later, "email_change"));
  const thief = await signIn({ ...user, email: later });
  await cancel(cancelToken);
  expect(await addressOf(user.id)).toBe(user.email);
  const lone = await moving();
  await cancel(lone.cancelToken);
  for (const ended of [thief.cookie, lone.cookie]) {
    await expect(callAs({ cookie: ended }).api.auth.me()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  }
});

test("a taken address is answered alike, and its owner reads why nothing happens", async () => {
  const owner = await makeUser();
  const { cookie } = await signIn(await makeUser());
  expect(await callAs({ cookie }).api.account.changeEmail({ email: owner.email })).toEqual({
    message: TEXT_EMAIL_CHANGE,
  });
  expect((await mailsTo(owner.email)).map(({ template }) => template)).toEqual(["email_change_taken"]);
});

test("an address that was registered meanwhile leaves the link invalid, and everything as it was", async () => {
  const { user, to, confirmToken } = await moving();
  await makeUser({ email: to });
  expect(await reasonOf(confirm(confirmToken))).toBe("token_invalid");
  expect(await addressOf(user.id)).toBe(user.email);
});

test("of thirty parallel confirmations, and of thirty undoings, exactly one acts", async () => {
  const { confirmToken, cancelToken } = await moving();
  for (const act of [() => confirm(confirmToken), () => cancel(cancelToken)]) {
    const outcomes = await Promise.all(Array.from({ length: 30 }, () => reasonOf(act())));
    expect(outcomes.filter((outcome) => outcome === "ok")).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === "token_used")).toHaveLength(29);
  }
});

test("a link to confirm lives for a day, and a newer change ends it", async () => {
  const { cookie, confirmToken } = await moving();
  await callAs({ cookie }).api.account.changeEmail({ email: newAddress() });
  expect(await reasonOf(confirm(confirmToken))).toBe("token_invalid");
  const other = await moving();
  travel(DAY_MS + MINUTE_MS);
  expect(await reasonOf(confirm(other.confirmToken))).toBe("token_expired");
});
