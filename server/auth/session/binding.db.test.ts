import { afterEach, beforeEach, expect, test } from "vitest";
import { GOOD_PASSWORD, makeUser } from "../../../tests/factories/users";
import { login } from "../../mfa/sign-in";
import { resetConfig } from "../../platform/config";
import { db, platformDb } from "../../platform/db";
import { internalRequest } from "../../request";
import { validateSession } from "../sessions";

const CHROME =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36";
const NEWER_CHROME = CHROME.replace("140", "141");
const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const HOME = "203.0.113.9";
const NEXT_DOOR = "203.0.113.200";
const AWAY = "198.51.100.7";

function bindBy(policy: string): void {
  process.env["SESSION_BINDING"] = policy;
  resetConfig();
}

beforeEach(() => bindBy("step_up"));
afterEach(() => bindBy("off"));

async function open(place: { ip?: string; userAgent?: string } = {}) {
  const user = await makeUser();
  const request = internalRequest({ ip: HOME, userAgent: CHROME, ...place });
  const credentials = { email: user.email, password: GOOD_PASSWORD, remember: true };
  const { session: opened } = await login(credentials, { request, session: null });
  const { token, sessionId } = opened ?? { token: "", sessionId: "" };
  const use = async (from: { ip?: string; userAgent?: string }) =>
    (await validateSession(token, internalRequest({ ip: HOME, userAgent: CHROME, ...from }))) !== null;
  const row = () => db().session.findUniqueOrThrow({ where: { id: sessionId } });
  const audits = async () =>
    (await platformDb().auditLog.findMany({ where: { targetId: sessionId }, orderBy: { seq: "asc" } })).map(
      ({ action }) => action,
    );
  return { user, use, row, audits };
}

test("moving inside the network prefix, and a newer version of the browser, are nothing", async () => {
  for (const policy of ["strict", "step_up"]) {
    bindBy(policy);
    const { use, row, audits } = await open();
    const before = await row();
    expect(await use({ ip: NEXT_DOOR, userAgent: NEWER_CHROME })).toBe(true);
    expect(await audits()).toEqual([]);
    expect((await row()).authenticatedAt).toEqual(before.authenticatedAt);
  }
});

test("IPv6 addresses of one /64 are one place", async () => {
  bindBy("strict");
  const { use } = await open({ ip: "2001:db8:1:2::1" });
  expect(await use({ ip: "2001:db8:1:2:ffff::9" })).toBe(true);
  expect(await use({ ip: "2001:db8:1:3::1" })).toBe(false);
});

test("step_up: another network takes the mark of a recent authentication, once, however many requests come", async () => {
  const { use, row, audits } = await open();
  const uses = await Promise.all(Array.from({ length: 20 }, () => use({ ip: AWAY })));
  expect(uses.every(Boolean)).toBe(true);
  expect(await audits()).toEqual(["session.binding_moved"]);
  expect(await row()).toMatchObject({ authenticatedAt: new Date(0), stepUpAt: null, revokedAt: null });
  expect([await use({}), await use({ ip: AWAY })]).toEqual([true, true]);
  expect(await audits()).toEqual(["session.binding_moved"]);
});

test("step_up: another browser family ends the session, and is audited once", async () => {
  const { use, row, audits } = await open();
  const uses = await Promise.all(Array.from({ length: 20 }, () => use({ userAgent: FIREFOX })));
  expect(uses.some(Boolean)).toBe(false);
  expect(await use({})).toBe(false);
  expect(await row()).toMatchObject({ revokedReason: "binding_browser" });
  expect(await audits()).toEqual(["session.binding_ended"]);
});

test("strict: another network ends the session", async () => {
  bindBy("strict");
  const { use, row, audits } = await open();
  expect([await use({ ip: AWAY }), await use({})]).toEqual([false, false]);
  expect(await row()).toMatchObject({ revokedReason: "binding_network" });
  expect(await audits()).toEqual(["session.binding_ended"]);
});

test("off: neither matters", async () => {
  bindBy("off");
  const { use, audits } = await open();
  expect(await use({ ip: AWAY, userAgent: FIREFOX })).toBe(true);
  expect(await audits()).toEqual([]);
});

test("a client that names no browser is bound to its network alone", async () => {
  const { use } = await open({ userAgent: "parley-script" });
  expect(await use({ userAgent: FIREFOX })).toBe(true);
  const { use: useNamed } = await open();
  expect(await useNamed({ userAgent: "" })).toBe(false);
});

test("only so many networks are remembered", async () => {
  const { use, row } = await open();
  for (let n = 0; n < 25; n += 1) await use({ ip: `198.51.${n}.7` });
  expect((await row()).knownPrefixHashes.length).toBe(20);
});
