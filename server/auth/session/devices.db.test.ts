import { afterEach, expect, test } from "vitest";
import { mailsTo } from "../../../tests/factories/mails";
import { GOOD_PASSWORD, makeUser, type TestUser } from "../../../tests/factories/users";
import { login } from "../../mfa/sign-in";
import { travel } from "../../platform/clock";
import { db, platformPool } from "../../platform/db";
import { internalRequest } from "../../request";
import { validateSession } from "../sessions";
import { completeSession } from "./opened";

const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const HOUR_MS = 3_600_000;

afterEach(() => travel(0));

/** Signs in from a browser with this cookie header; answers the session and the browser's device cookie. */
async function signInFrom(user: TestUser, cookie: string | null = null) {
  const request = internalRequest({ cookie, userAgent: FIREFOX, ip: "203.0.113.9" });
  const credentials = { email: user.email, password: GOOD_PASSWORD, remember: true };
  const { session: opened } = await login(credentials, { request, session: null });
  const { sessionId, token } = opened ?? { token: "", sessionId: "" };
  const device = request.reply.deviceCookie?.split(";")[0] ?? "";
  return { sessionId, token, device };
}

async function runOpenedJobs(): Promise<number> {
  const { rows } = await platformPool().query(`
    DELETE FROM graphile_worker._private_jobs j USING graphile_worker._private_tasks t
     WHERE t.id = j.task_id AND t.identifier = 'auth.session-opened' RETURNING j.payload`);
  for (const { payload } of rows) await completeSession(payload);
  return rows.length;
}

const newDeviceMails = async (user: TestUser) =>
  (await mailsTo(user.email)).filter(({ template }) => template === "new_device");

test("a browser that was not seen before is announced by mail, the first one of an account is not", async () => {
  const user = await makeUser();
  const first = await signInFrom(user);
  await signInFrom(user, first.device);
  await runOpenedJobs();
  expect(await newDeviceMails(user)).toEqual([]);
  await signInFrom(user);
  await runOpenedJobs();
  const [mail, ...others] = await newDeviceMails(user);
  expect(others).toEqual([]);
  expect(mail).toMatchObject({ subject: "New sign-in detected.", status: "queued" });
  expect(mail?.text).toContain("Firefox on Linux");
  expect(mail?.links).toEqual(["http://localhost:3000/account/sessions"]);
});

test("a known browser keeps its cookie and its row, and sessions name it", async () => {
  const user = await makeUser();
  const first = await signInFrom(user);
  const second = await signInFrom(user, `theme=dark; ${first.device}`);
  expect(second.device).toBe(first.device);
  const devices = await db().device.findMany({ where: { userId: user.id } });
  expect(devices).toHaveLength(1);
  const sessions = await db().session.findMany({ where: { userId: user.id } });
  expect(new Set(sessions.map(({ deviceId }) => deviceId))).toEqual(new Set([devices[0]?.id]));
  const secret = first.device.slice("dev=".length);
  expect(Buffer.from(devices[0]?.secretHash ?? []).includes(Buffer.from(secret))).toBe(false);
});

test("two people of one browser have rows that cannot be matched", async () => {
  const [ada, bob] = [await makeUser(), await makeUser()];
  const { device } = await signInFrom(ada);
  await signInFrom(bob, device);
  const rows = await db().device.findMany({ where: { userId: { in: [ada.id, bob.id] } } });
  expect(new Set(rows.map(({ secretHash }) => Buffer.from(secretHash).toString("hex"))).size).toBe(2);
});

test("browsers that look alike are announced once an hour", async () => {
  const user = await makeUser();
  for (let n = 0; n < 4; n += 1) await signInFrom(user);
  expect(await runOpenedJobs()).toBe(1);
  travel(1.1 * HOUR_MS);
  await signInFrom(user);
  expect(await runOpenedJobs()).toBe(1);
});

test("a sign-in that is rolled back announces nothing, and a repeated job sends no second mail", async () => {
  const user = await makeUser();
  await signInFrom(user);
  const wrong = login(
    { email: user.email, password: "wrong-horse-93-kite", remember: true },
    { request: internalRequest({ userAgent: FIREFOX }), session: null },
  );
  await expect(wrong).rejects.toThrow();
  expect(await runOpenedJobs()).toBe(0);
  const { sessionId } = await signInFrom(user);
  await Promise.all([1, 2, 3].map(() => completeSession({ sessionId, isNewDevice: true })));
  expect(await newDeviceMails(user)).toHaveLength(1);
});

test("a session that replaces another one inherits its browser and announces nothing", async () => {
  const user = await makeUser();
  await signInFrom(user);
  await runOpenedJobs();
  const there = await signInFrom(user);
  await runOpenedJobs();
  const request = internalRequest({ userAgent: FIREFOX, ip: "203.0.113.9" });
  const session = await validateSession(there.token, request);
  const credentials = { email: user.email, password: GOOD_PASSWORD, remember: true };
  await login(credentials, { request: internalRequest({ userAgent: "curl/8", ip: "203.0.114.1" }), session });
  expect(await runOpenedJobs()).toBe(0);
});
