import { beforeAll, expect, test } from "vitest";
import { callAs } from "../../tests/factories/callers";
import { tokenMailedTo } from "../../tests/factories/mails";
import { makeOperator, type Operator } from "../../tests/factories/operators";
import { makeEnrolled } from "../../tests/factories/second-factor";
import { makeUser, signIn, type TestUser } from "../../tests/factories/users";
import { setPlatformRole } from "../auth/account/user-state";
import { reserveAttempt } from "../auth/sign-in/login-attempts";
import { TEXT_INVALID_CREDENTIALS } from "../auth/terms";
import { travel } from "../platform/clock";
import { db, platformDb } from "../platform/db";
import { TEXT_FORBIDDEN } from "../tenants/terms";
import { TEXT_LOCKED_ALREADY, TEXT_OWN_ACCOUNT, TEXT_ROLE_ALREADY, TEXT_UNLOCK_UNVERIFIED } from "./terms";

const reason = "Reported by the customer";
let admin: Operator;
let support: Operator;

beforeAll(async () => {
  admin = await makeOperator("admin");
  support = await makeOperator("support");
});

const as = ({ cookie }: { cookie: string }) => callAs({ cookie }).api;
const stateOf = async ({ id }: TestUser) => {
  const { status, lock, disablement } = await as(admin).admin.users.get({ userId: id });
  return { status, lock: lock?.reason, disablement: disablement?.reason };
};
const auditsOf = (userId: string) =>
  platformDb().$queryRaw<{ action: string; actor_id: string; metadata: object }[]>`
    SELECT action, actor_id, metadata FROM audit_logs WHERE target_id = ${userId} ORDER BY id`;
const outcomeOf = (work: Promise<unknown>) =>
  work.then(
    () => "ok",
    (error: Error) => error.message,
  );

test("a lock ends every session at once, keeps its reason, and is lifted again", async () => {
  const user = await makeUser();
  const browsers = [await signIn(user), await signIn(user)];
  await as(support).admin.users.lock({ userId: user.id, reason });
  for (const browser of browsers)
    await expect(as(browser).auth.me()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  await expect(signIn(user)).rejects.toThrow(TEXT_INVALID_CREDENTIALS);
  expect(await stateOf(user)).toEqual({ status: "locked", lock: reason, disablement: undefined });
  await as(support).admin.users.unlock({ userId: user.id });
  expect(await stateOf(user)).toMatchObject({ status: "active", lock: undefined });
  await expect(signIn(user)).resolves.toBeDefined();
});

test("lock and disablement are separate: lifting one leaves the other, and neither lifts the brute-force lock", async () => {
  const user = await makeUser();
  for (let attempt = 0; attempt < 5; attempt += 1) await reserveAttempt(user.email);
  await as(admin).admin.users.lock({ userId: user.id, reason: "First of the reasons" });
  await as(admin).admin.users.disable({ userId: user.id, reason: "Second of the reasons" });
  expect(await stateOf(user)).toEqual({
    status: "disabled",
    lock: "First of the reasons",
    disablement: "Second of the reasons",
  });
  await as(admin).admin.users.unlock({ userId: user.id });
  expect(await stateOf(user)).toEqual({
    status: "disabled",
    lock: undefined,
    disablement: "Second of the reasons",
  });
  await as(admin).admin.users.enable({ userId: user.id });
  const detail = await as(admin).admin.users.get({ userId: user.id });
  expect(detail).toMatchObject({ status: "active", signInLockedUntil: expect.any(String) });
  await expect(signIn(user)).rejects.toMatchObject({ details: { reason: "account_locked" } });
});

test("an unconfirmed account can be locked, not unlocked", async () => {
  const user = await makeUser({ isVerified: false });
  await as(support).admin.users.lock({ userId: user.id, reason });
  await expect(as(support).admin.users.unlock({ userId: user.id })).rejects.toMatchObject({
    code: "CONFLICT",
    message: TEXT_UNLOCK_UNVERIFIED,
  });
  expect(await stateOf(user)).toMatchObject({ status: "locked" });
});

test("of twenty locks at once exactly one holds, with one audit row", async () => {
  const user = await makeUser();
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, () => outcomeOf(as(admin).admin.users.lock({ userId: user.id, reason }))),
  );
  expect(outcomes.filter((outcome) => outcome === "ok")).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome === TEXT_LOCKED_ALREADY)).toHaveLength(19);
  const audits = await auditsOf(user.id);
  expect(audits).toEqual([
    { action: "user.lock", actor_id: admin.user.id, metadata: { reason, endedSessions: 0 } },
  ]);
});

test("nobody acts on themselves, on their own rank or above, or past their permissions", async () => {
  const peer = await makeOperator("support");
  const otherAdmin = await makeOperator("admin");
  const billing = await makeOperator("billing_admin");
  const user = await makeUser();
  const lock = (operator: Operator, userId: string) =>
    outcomeOf(as(operator).admin.users.lock({ userId, reason }));
  expect(await lock(support, support.user.id)).toBe(TEXT_OWN_ACCOUNT);
  expect(await lock(support, peer.user.id)).toBe(TEXT_FORBIDDEN);
  expect(await lock(support, admin.user.id)).toBe(TEXT_FORBIDDEN);
  expect(await lock(admin, otherAdmin.user.id)).toBe(TEXT_FORBIDDEN);
  expect(await lock(billing, user.id)).toBe(TEXT_FORBIDDEN);
  expect(await lock(admin, peer.user.id)).toBe("ok");
  const grant = as(support).admin.users.setRole({ userId: user.id, role: "support", reason });
  expect(await outcomeOf(grant)).toBe(TEXT_FORBIDDEN);
  const own = as(admin).admin.users.setRole({ userId: admin.user.id, role: "user", reason });
  expect(await outcomeOf(own)).toBe(TEXT_OWN_ACCOUNT);
});

test("a role that is given or taken ends the person's sessions and is audited with both names", async () => {
  const user = await makeUser();
  const browser = await signIn(user);
  await as(admin).admin.users.setRole({ userId: user.id, role: "support", reason });
  await expect(as(browser).auth.me()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  await as(admin).admin.users.setRole({ userId: user.id, role: "user", reason });
  expect((await auditsOf(user.id)).map(({ metadata }) => metadata)).toMatchObject([
    { from: "user", to: "support", endedSessions: 1, reason },
    { from: "support", to: "user", endedSessions: 0, reason },
  ]);
});

test("an admin takes another admin's role, and nothing else of theirs; of two who do it to each other one remains", async () => {
  const [one, other] = [await makeOperator("admin"), await makeOperator("admin")];
  const take = (from: Operator, by: Operator) =>
    outcomeOf(as(by).admin.users.setRole({ userId: from.user.id, role: "user", reason }));
  expect(await outcomeOf(as(one).admin.users.disable({ userId: other.user.id, reason }))).toBe(
    TEXT_FORBIDDEN,
  );
  expect(await take(one, support)).toBe(TEXT_FORBIDDEN);
  const same = as(one).admin.users.setRole({ userId: other.user.id, role: "admin", reason });
  expect(await outcomeOf(same)).toBe(TEXT_ROLE_ALREADY);
  const outcomes = await Promise.all([take(one, other), take(other, one)]);
  expect(outcomes.filter((outcome) => outcome === "ok")).toHaveLength(1);
  const roles = await db().user.findMany({
    where: { id: { in: [one.user.id, other.user.id] } },
    select: { platformRole: true },
  });
  expect(roles.map(({ platformRole }) => platformRole).sort()).toEqual(["admin", "user"]);
});

test("of all admins losing the role at once one is left", async () => {
  await Promise.all(Array.from({ length: 8 }, () => makeOperator("admin")));
  const admins = await db().user.findMany({ where: { platformRole: "admin" } });
  await Promise.allSettled(
    admins.map(({ id }) => db().$transaction((tx) => setPlatformRole(tx, id, "user"), { maxWait: 20_000 })),
  );
  expect(await db().user.count({ where: { platformRole: "admin" } })).toBe(1);
  await db().user.update({ where: { id: admin.user.id }, data: { platformRole: "admin" } });
  admin = await makeOperator("admin");
});

test("a role is changed and an account disabled only soon after signing in", async () => {
  const { id: userId } = await makeUser();
  travel(11 * 60_000);
  for (const work of [
    as(admin).admin.users.setRole({ userId, role: "support", reason }),
    as(admin).admin.users.disable({ userId, reason }),
  ]) {
    await expect(work).rejects.toMatchObject({ cause: { details: { reason: "step_up_required" } } });
  }
  travel(0);
});

test("a password that an operator sets fits policy and history, ends the sessions, and asks for rank", async () => {
  const user = await makeUser();
  const browser = await signIn(user);
  const set = (operator: Operator, userId: string, password: string) =>
    outcomeOf(as(operator).admin.users.resetPassword({ userId, password, reason }));
  expect(await set(support, user.id, "Test123!")).toBe("Use at least 14 characters.");
  expect(await set(support, user.id, user.password)).not.toBe("ok");
  expect(await set(support, admin.user.id, "copper-lantern-58-otter")).toBe(TEXT_FORBIDDEN);
  expect(await set(support, user.id, "copper-lantern-58-otter")).toBe("ok");
  await expect(as(browser).auth.me()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  await expect(signIn({ ...user, password: "copper-lantern-58-otter" })).resolves.toBeDefined();
  expect(await auditsOf(user.id)).toMatchObject([
    { action: "user.reset_password", metadata: { reason, endedSessions: 1 } },
  ]);
});

test("a lost second factor is taken away by an admin alone, with every session, once", async () => {
  const { user, cookie } = await makeEnrolled();
  const reset = (operator: Operator) =>
    outcomeOf(as(operator).admin.users.resetTwoFactor({ userId: user.id, reason }));
  expect((await as(admin).admin.users.list({ search: user.id, hasSecondFactor: true })).total).toBe(1);
  expect(await reset(support)).toBe(TEXT_FORBIDDEN);
  expect(await reset(admin)).toBe("ok");
  expect(await reset(admin)).not.toBe("ok");
  await expect(as({ cookie }).auth.me()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  expect(await as(admin).admin.users.get({ userId: user.id })).toMatchObject({ hasSecondFactor: false });
  expect((await auditsOf(user.id)).filter(({ action }) => action === "admin_reset_2fa")).toHaveLength(1);
});

test("a new link goes to an unconfirmed address alone", async () => {
  const user = await makeUser({ isVerified: false });
  await as(support).admin.users.resendVerification({ userId: user.id });
  await callAs().api.email.verify({ token: await tokenMailedTo(user.email) });
  await expect(as(support).admin.users.resendVerification({ userId: user.id })).rejects.toMatchObject({
    code: "CONFLICT",
  });
});

test("harm needs a reason of ten characters, and an account that exists", async () => {
  const { id: userId } = await makeUser();
  await expect(as(admin).admin.users.lock({ userId, reason: " too short " })).rejects.toMatchObject({
    code: "BAD_REQUEST",
    cause: { details: { fields: { reason: "Say why, in at least 10 characters." } } },
  });
  for (const unknown of ["x", crypto.randomUUID()]) {
    await expect(as(admin).admin.users.lock({ userId: unknown, reason })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  }
});
