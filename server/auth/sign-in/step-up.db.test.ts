import { afterEach, expect, test } from "vitest";
import { callAs } from "../../../tests/factories/callers";
import { GOOD_PASSWORD, makeUser, signIn } from "../../../tests/factories/users";
import { now, travel } from "../../platform/clock";
import { platformDb, pool } from "../../platform/db";
import { runPipeline, type Statement } from "../../platform/pipeline";
import { internalRequest } from "../../request";
import { rotateSession, validateSession } from "../sessions";
import { requireRecentAuthentication } from "./step-up";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

afterEach(() => travel(0));

async function isRecent(cookie: string): Promise<boolean> {
  const session = await validateSession(cookie.split("=")[1] ?? "", internalRequest());
  if (!session) throw new Error("signed out");
  try {
    requireRecentAuthentication(session);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: "forbidden", details: { reason: "step_up_required" } });
    return false;
  }
}

async function confirm(cookie: string): Promise<string> {
  const { api, info } = callAs({ cookie });
  await api.auth.stepUp({ password: GOOD_PASSWORD });
  return info.reply.cookies.at(-1)?.split(";")[0] ?? "";
}

test("a sign-in is recent for ten minutes, and a step-up makes it recent again", async () => {
  const { cookie } = await signIn(await makeUser());
  expect(await isRecent(cookie)).toBe(true);
  travel(10 * MINUTE_MS + 1_000);
  expect(await isRecent(cookie)).toBe(false);
  const confirmed = await confirm(cookie);
  expect(await isRecent(confirmed)).toBe(true);
  travel(21 * MINUTE_MS);
  expect(await isRecent(confirmed)).toBe(false);
});

test("a step-up changes the session id, and the old token signs nobody in", async () => {
  const user = await makeUser();
  const { cookie } = await signIn(user);
  const confirmed = await confirm(cookie);
  expect(confirmed).not.toBe(cookie);
  await expect(callAs({ cookie }).api.auth.me()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  await expect(callAs({ cookie: confirmed }).api.auth.me()).resolves.toBeDefined();
  const where = { action: "auth.step_up", actorId: user.id };
  expect(await platformDb().auditLog.count({ where })).toBe(1);
});

test("a step-up prolongs no session beyond thirty days after the sign-in", async () => {
  const { cookie } = await signIn(await makeUser());
  travel(13 * DAY_MS);
  const confirmed = await confirm(cookie);
  travel(26 * DAY_MS);
  const again = await confirm(confirmed);
  travel(30 * DAY_MS + 1_000);
  await expect(callAs({ cookie: again }).api.auth.me()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
});

test("a wrong password steps nobody up", async () => {
  const { cookie } = await signIn(await makeUser());
  const { api, info } = callAs({ cookie });
  const refused = api.auth.stepUp({ password: "another one altogether" });
  await expect(refused).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  expect(info.reply.cookies).toEqual([]);
});

test("a session that ends everywhere while its step-up is under way stays ended", async () => {
  const { cookie, session } = await signIn(await makeUser());
  await callAs({ cookie }).api.auth.logoutAll();
  const effect: Statement[] = [];
  const renewed = await rotateSession(effect, session, { request: internalRequest(), stepUpAt: now() });
  await runPipeline(pool(), effect);
  expect(await validateSession(renewed.token, internalRequest())).toBeNull();
});
