import { afterEach, expect, test } from "vitest";
import { makeOperator, signInOperator } from "../../tests/factories/operators";
import { GOOD_PASSWORD, makeUser, signIn } from "../../tests/factories/users";
import { login } from "../mfa/sign-in";
import { travel } from "../platform/clock";
import { sha256 } from "../platform/crypto";
import { db, platformDb } from "../platform/db";
import { internalRequest } from "../request";
import { validateSession } from "./sessions";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const request = internalRequest();

afterEach(() => travel(0));

const isLive = async (token: string) => (await validateSession(token, request)) !== null;

async function loginAgain(token: string, email: string): Promise<string> {
  const session = await validateSession(token, request);
  const credentials = { email, password: GOOD_PASSWORD, remember: true };
  return (await login(credentials, { request, session })).session?.token ?? "";
}

test("the database holds the hash of the secret, and of the address only what is sealed or hashed", async () => {
  const { token, session } = await signIn(await makeUser());
  const row = await db().session.findUniqueOrThrow({ where: { id: session.sessionId } });
  const [id, secret = ""] = token.split(".");
  expect(row.id).toBe(id);
  expect(Buffer.from(row.secretHash)).toEqual(sha256(secret));
  const stored = JSON.stringify({ ...row, ipEnvelope: Buffer.from(row.ipEnvelope ?? []).toString("latin1") });
  expect(stored).not.toContain(secret);
  expect(stored).not.toContain(request.ip);
});

test("neither the id alone nor the id with another secret opens a session", async () => {
  const one = await signIn(await makeUser());
  const other = await signIn(await makeUser());
  const [id] = one.token.split(".");
  const [, foreignSecret] = other.token.split(".");
  for (const forged of [
    `${id}.${foreignSecret}`,
    `${id}.`,
    `${id}`,
    ".",
    "",
    "\u0000.\u0000",
    "' OR 1=1.x",
  ]) {
    const answer = await validateSession(forged, request).catch(() => "error");
    expect(answer === null || answer === "error", forged).toBe(true);
  }
  expect(await isLive(one.token)).toBe(true);
});

test("a session ends fourteen days after its last use, and use moves that", async () => {
  const { token } = await signIn(await makeUser());
  travel(13 * DAY_MS);
  expect(await isLive(token)).toBe(true);
  travel(26 * DAY_MS);
  expect(await isLive(token)).toBe(true);
  const { token: idle } = await signIn(await makeUser());
  travel(26 * DAY_MS + 14 * DAY_MS + 1_000);
  expect(await isLive(idle)).toBe(false);
});

test("no use keeps a session beyond thirty days", async () => {
  const { token } = await signIn(await makeUser());
  for (const day of [10, 20, 29.9]) {
    travel(day * DAY_MS);
    expect(await isLive(token)).toBe(true);
  }
  travel(30 * DAY_MS + 1_000);
  expect(await isLive(token)).toBe(false);
});

test("operators are signed out after an hour without use, and after a day in any case", async () => {
  const { user, token } = await makeOperator();
  for (let half = 1; half <= 47; half += 1) {
    travel(half * 30 * MINUTE_MS);
    expect(await isLive(token)).toBe(true);
  }
  travel(DAY_MS + 1_000);
  expect(await isLive(token)).toBe(false);
  const { token: idle } = await signInOperator({ id: user.id, platformRole: "admin" });
  travel(DAY_MS + 61 * MINUTE_MS + 2_000);
  expect(await isLive(idle)).toBe(false);
});

test("last use is written at most once a minute, and renews a remembered cookie then", async () => {
  const { token, session } = await signIn(await makeUser());
  const lastSeen = async () =>
    (await db().session.findUniqueOrThrow({ where: { id: session.sessionId } })).lastSeenAt.getTime();
  const first = await lastSeen();
  travel(30_000);
  expect((await validateSession(token, request))?.renewedCookie).toBeUndefined();
  expect(await lastSeen()).toBe(first);
  travel(61_000);
  const states = await Promise.all(Array.from({ length: 8 }, () => validateSession(token, request)));
  expect(states.filter((state) => state?.renewedCookie !== undefined)).toHaveLength(1);
  expect(await lastSeen()).toBeGreaterThan(first);
});

test("a replaced token stops at once, and requests under way are no theft", async () => {
  const user = await makeUser();
  const old = await signIn(user);
  const fresh = await loginAgain(old.token, user.email);
  expect(await isLive(old.token)).toBe(false);
  expect(await isLive(fresh)).toBe(true);
});

test("a replaced token that comes back later ends all sessions of the person, audited once", async () => {
  const user = await makeUser();
  const elsewhere = await signIn(user);
  const old = await signIn(user);
  const fresh = await loginAgain(old.token, user.email);
  travel(MINUTE_MS);
  await Promise.all(Array.from({ length: 5 }, () => isLive(old.token)));
  expect(await isLive(fresh)).toBe(false);
  expect(await isLive(elsewhere.token)).toBe(false);
  const where = { action: "session.token_reused", targetId: user.id };
  expect(await platformDb().auditLog.count({ where })).toBe(1);
  const { token: afterwards } = await signIn(user);
  await isLive(old.token);
  expect(await isLive(afterwards)).toBe(true);
});

test("signing in as somebody else ends the first person's session without calling it theft", async () => {
  const [ada, ben] = [await makeUser(), await makeUser()];
  const elsewhere = await signIn(ada);
  const before = await signIn(ada);
  await loginAgain(before.token, ben.email);
  travel(MINUTE_MS);
  expect(await isLive(before.token)).toBe(false);
  expect(await isLive(elsewhere.token)).toBe(true);
});

test("a person whose account is locked or disabled has no session from the next request on", async () => {
  for (const status of ["locked", "disabled"] as const) {
    const user = await makeUser();
    const { token } = await signIn(user);
    await db().user.update({ where: { id: user.id }, data: { status } });
    expect(await isLive(token)).toBe(false);
  }
});
