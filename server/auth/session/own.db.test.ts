import { afterEach, expect, test } from "vitest";
import { callAs } from "../../../tests/factories/callers";
import { makeTenant } from "../../../tests/factories/tenants";
import { makeUser, signIn } from "../../../tests/factories/users";
import { travel } from "../../platform/clock";
import { db, platformDb } from "../../platform/db";
import { internalRequest } from "../../request";
import { validateSession } from "../sessions";

const DAY_MS = 86_400_000;

afterEach(() => travel(0));

const isLive = async (token: string) => (await validateSession(token, internalRequest())) !== null;

test("signing out ends this session alone, also an expired one, and only with the right secret", async () => {
  const user = await makeUser();
  const [here, there] = [await signIn(user), await signIn(user)];
  const { api, info } = callAs({ cookie: here.cookie });
  await api.auth.logout();
  expect(info.reply.cookies).toEqual([expect.stringMatching(/^sid=; Max-Age=0/)]);
  expect([await isLive(here.token), await isLive(there.token)]).toEqual([false, true]);
  travel(15 * DAY_MS);
  await callAs({ cookie: there.cookie }).api.auth.logout();
  const row = await db().session.findUniqueOrThrow({ where: { id: there.session.sessionId } });
  expect(row.revokedReason).toBe("logout");
  const audits = await platformDb().auditLog.count({ where: { action: "auth.logout", actorId: user.id } });
  expect(audits).toBe(2);
  await callAs({ cookie: there.cookie }).api.auth.logout();
  await callAs().api.auth.logout();
  expect(await platformDb().auditLog.count({ where: { action: "auth.logout", actorId: user.id } })).toBe(2);
});

test("signing out everywhere ends all sessions and says how many", async () => {
  const user = await makeUser();
  const sessions = [await signIn(user), await signIn(user), await signIn(user)];
  const { api, info } = callAs({ cookie: sessions[0]?.cookie ?? "" });
  expect(await api.auth.logoutAll()).toEqual({ count: 3 });
  expect(info.reply.cookies.at(-1)).toMatch(/Max-Age=0/);
  for (const { token } of sessions) expect(await isLive(token)).toBe(false);
});

test("the list shows a person's own live sessions, newest first, and never a token", async () => {
  const user = await makeUser();
  await signIn(await makeUser());
  const first = await signIn(user);
  const second = await signIn(user);
  const answer = await callAs({ cookie: first.cookie }).api.sessions.list();
  expect(answer).toMatchObject({ total: 2, page: 1, pageSize: 50, pages: 1 });
  expect(answer.items.map(({ id, isCurrent }) => [id, isCurrent])).toEqual([
    [second.session.sessionId, false],
    [first.session.sessionId, true],
  ]);
  expect(answer.items[0]).toMatchObject({ ip: "127.0.0.1", userAgent: "parley-internal" });
  for (const { token } of [first, second]) expect(JSON.stringify(answer)).not.toContain(token.split(".")[1]);
  const past = await callAs({ cookie: first.cookie }).api.sessions.list({ page: 9, pageSize: 1 });
  expect(past).toMatchObject({ items: [], total: 2, pages: 2 });
});

test("a person ends an own session; a foreign, unknown or ended one is not found", async () => {
  const user = await makeUser();
  const [here, there, foreign] = [await signIn(user), await signIn(user), await signIn(await makeUser())];
  const revoke = (sessionId: string) => callAs({ cookie: here.cookie }).api.sessions.revoke({ sessionId });
  await revoke(there.session.sessionId);
  expect(await isLive(there.token)).toBe(false);
  for (const sessionId of [there.session.sessionId, foreign.session.sessionId, "unknown"]) {
    await expect(revoke(sessionId)).rejects.toMatchObject({ code: "NOT_FOUND" });
  }
  expect(await isLive(foreign.token)).toBe(true);
});

test("the list can be limited to the workspace a session was used in last", async () => {
  const user = await makeUser();
  const [home, work] = [await makeTenant({ owner: user }), await makeTenant({ owner: user })];
  const [here, there] = [await signIn(user), await signIn(user)];
  await callAs({ cookie: here.cookie, tenantSlug: home.slug }).api.conversations.list({});
  await callAs({ cookie: there.cookie, tenantSlug: home.slug }).api.conversations.list({});
  await callAs({ cookie: there.cookie, tenantSlug: work.slug }).api.conversations.list({});
  const listed = async (tenant: string) =>
    (await callAs({ cookie: here.cookie }).api.sessions.list({ tenant })).items.map(({ id }) => id);
  expect(await listed("current")).toEqual([here.session.sessionId]);
  expect(await listed(work.id)).toEqual([there.session.sessionId]);
  expect(await listed("all")).toHaveLength(2);
  const byUse = await callAs({ cookie: here.cookie }).api.sessions.list({ sort: "lastUsedAt" });
  expect(byUse.total).toBe(2);
});

test("ending the others keeps the current one", async () => {
  const user = await makeUser();
  const [here, there] = [await signIn(user), await signIn(user)];
  expect(await callAs({ cookie: here.cookie }).api.sessions.revokeOthers()).toEqual({ count: 1 });
  expect([await isLive(here.token), await isLive(there.token)]).toEqual([true, false]);
});

test("a profile tells its owner when they last signed in", async () => {
  const user = await makeUser({ displayName: "Ada Lovelace" });
  const { cookie } = await signIn(user);
  const profile = await callAs({ cookie }).api.account.profile();
  expect(profile).toMatchObject({ email: user.email, displayName: "Ada Lovelace" });
  expect(Date.now() - new Date(profile.lastSignInAt ?? 0).getTime()).toBeLessThan(10_000);
});
