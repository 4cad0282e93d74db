import { afterEach, beforeEach, expect, test } from "vitest";
import { callAs } from "../../tests/factories/callers";
import { GOOD_PASSWORD, makeUser } from "../../tests/factories/users";
import { findAccount } from "../auth/users";
import { travel } from "../platform/clock";
import { resetConfig } from "../platform/config";
import { db } from "../platform/db";
import { internalRequest } from "../request";
import { createInvite } from "./invites";
import { TEXT_INVITE_EXPIRED, TEXT_INVITE_INVALID, TEXT_INVITE_USED } from "./terms";

const DAY_MS = 86_400_000;

beforeEach(() => {
  process.env["SIGNUP_ACCESS_POLICY"] = "invite_only";
  resetConfig();
});
afterEach(() => travel(0));

let lastPerson = 0;
const newEmail = () => {
  lastPerson += 1;
  return `ben${lastPerson}@guild${lastPerson}.example`;
};

const register = (email: string, more: Record<string, string> = {}) =>
  callAs().api.auth.register({ email, password: GOOD_PASSWORD, name: "Ada Lovelace", ...more });

const messageOf = (work: Promise<unknown>) =>
  work.then(
    () => "ok",
    (error: Error) => error.message,
  );

const invite = (email?: string) => createInvite({ email }, { type: "system", id: null }, internalRequest());

test("where an invite is needed, nobody signs up without one", async () => {
  const error = await register(newEmail()).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: "FORBIDDEN",
    cause: { details: { reason: "signup_invite_required" } },
  });
  expect(await callAs().api.signup.policy()).toMatchObject({ needsInvite: true });
});

test("an invite lets one address in, once; only its hash and a hint are stored", async () => {
  const { id, token } = await invite();
  const email = newEmail();
  await register(email, { inviteToken: token });
  const row = await db().signupInvite.findUniqueOrThrow({ where: { id } });
  expect(row).toMatchObject({ hint: token.slice(-4), usedBy: (await findAccount(email))?.id });
  expect(JSON.stringify(row)).not.toContain(token);
  expect(await messageOf(register(newEmail(), { inviteToken: token }))).toBe(TEXT_INVITE_USED);
  expect(await messageOf(register(email, { inviteToken: token }))).toBe("ok");
});

test("ten invites an hour may be tried from an address, and then not even a good one", async () => {
  const ip = "198.51.100.77";
  const tryWith = (inviteToken: string) =>
    callAs({ ip }).api.auth.register({
      ...{ email: newEmail(), password: GOOD_PASSWORD, name: "Ada Lovelace" },
      inviteToken,
    });
  for (let guess = 0; guess < 10; guess += 1) {
    expect(await messageOf(tryWith(`guess-${guess}`))).toBe(TEXT_INVITE_INVALID);
  }
  const { token } = await invite();
  await expect(tryWith(token)).rejects.toMatchObject({
    code: "TOO_MANY_REQUESTS",
    cause: { details: { reason: "rate_limited", retryAfterSeconds: expect.any(Number) } },
  });
  expect(await messageOf(register(newEmail(), { inviteToken: token }))).toBe("ok");
});

test("of ten sign-ups with one invite at once exactly one goes through", async () => {
  const { token } = await invite();
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => messageOf(register(newEmail(), { inviteToken: token }))),
  );
  expect(answers.filter((answer) => answer === "ok")).toHaveLength(1);
  expect(answers.filter((answer) => answer === TEXT_INVITE_USED)).toHaveLength(9);
});

test("an invite that is unknown, revoked, another's, or expired says so", async () => {
  const revoked = await invite();
  await db().signupInvite.update({ where: { id: revoked.id }, data: { revokedAt: new Date() } });
  const personal = await invite("somebody@else.example");
  for (const token of ["x", "\u0000", revoked.token, personal.token]) {
    expect(await messageOf(register(newEmail(), { inviteToken: token }))).toBe(TEXT_INVITE_INVALID);
  }
  const old = await invite();
  travel(7 * DAY_MS + 1_000);
  expect(await messageOf(register(newEmail(), { inviteToken: old.token }))).toBe(TEXT_INVITE_EXPIRED);
});

test("a sign-up that fails does not use the invite up; one that hangs holds it for fifteen minutes", async () => {
  const { id, token } = await invite();
  const confirmed = await makeUser();
  await register(confirmed.email, { inviteToken: token });
  expect((await db().signupInvite.findUniqueOrThrow({ where: { id } })).usedAt).toBeNull();
  const hanging = {
    id: id.replace(/^./, "f"),
    inviteId: id,
    accountKey: "someone",
    expiresAt: new Date(Date.now() + 900_000),
  };
  await db().signupInviteReservation.create({ data: hanging });
  expect(await messageOf(register(newEmail(), { inviteToken: token }))).toBe(TEXT_INVITE_USED);
  travel(900_000 + 1_000);
  expect(await messageOf(register(newEmail(), { inviteToken: token }))).toBe("ok");
});
