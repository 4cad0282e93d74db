// Every procedure refuses a body that is too large, whatever else is wrong with the call; those of identity have the
// smaller size, and which they are is asked of the rooms and the contracts.
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  accountRouter,
  authRouter,
  emailChangeRouter,
  emailRouter,
  sessionsRouter,
} from "../../server/auth/router";
import { meRouter } from "../../server/catalogue/router";
import { ownDataRouter } from "../../server/lifecycle/router";
import { serviceAccountsRouter } from "../../server/machines/router";
import { mfaRouter, signInRouter } from "../../server/mfa/router";
import { appRouter } from "../../server/router";
import { registerRouter, signupRouter } from "../../server/signup/router";
import { FROM_OWN_PAGE, startTestServer, type TestServer } from "../factories/http";
import { fieldsOf } from "./fields";
import { PROCEDURES } from "./ground";

// Limits are swept elsewhere; here they would answer in front of procedures.
process.env["RATE_LIMIT_SCALE"] = "100000";

const KB = 1024;
const SECRET = /^(password|.+Password|token|.+Token|code)$/;
const ROUTERS_OF_IDENTITY = [
  ...[accountRouter, authRouter, emailChangeRouter, emailRouter, sessionsRouter],
  ...[serviceAccountsRouter, mfaRouter, signInRouter, registerRouter, signupRouter],
  // A person's own copy of their data and the end of their account; who the caller is.
  ...[ownDataRouter, meRouter],
];

const proceduresOf = (router: { _def: { procedures: object } }) => Object.entries(router._def.procedures);
const ofIdentity = new Set(
  ROUTERS_OF_IDENTITY.flatMap((router) => proceduresOf(router).map(([, found]) => found)),
);

/** One of theirs, or one that takes a secret by which somebody is known or let in. */
const identity = proceduresOf(appRouter).flatMap(([path, procedure]) => {
  const takesSecret = fieldsOf(path).some(({ path: [name] }) => SECRET.test(String(name)));
  return ofIdentity.has(procedure) || takesSecret ? [path] : [];
});
const others = [...PROCEDURES.keys()].filter((path) => !identity.includes(path));

let web: TestServer;

beforeAll(async () => {
  web = await startTestServer();
});

afterAll(async () => {
  await web.close();
});

/** Sends JSON of this length; answers the status and tRPC's name for it. */
async function send(path: string, length: number): Promise<[number, unknown]> {
  const body = JSON.stringify({ text: "a".repeat(length - '{"text":""}'.length) });
  const answer = await web.ask(`/trpc/${path}`, { method: "POST", headers: FROM_OWN_PAGE, body });
  const { error } = answer.json() as { error: { data: { code: string } } };
  return [answer.status, error.data.code];
}

test("both sizes have their procedures", () => {
  expect(identity).toEqual(expect.arrayContaining(["auth.login", "mfa.verify", "members.signUp"]));
  expect(identity.length).toBeGreaterThan(40);
  expect(others.length).toBeGreaterThan(80);
});

test.each([...PROCEDURES.keys()])("%s refuses more than 256 KB", async (path) => {
  expect(await send(path, 256 * KB + 1)).toEqual([413, "PAYLOAD_TOO_LARGE"]);
});

test.each(identity)("%s, which is about identity, refuses more than 16 KB", async (path) => {
  expect(await send(path, 16 * KB + 1)).toEqual([413, "PAYLOAD_TOO_LARGE"]);
  expect((await send(path, 16 * KB))[0]).not.toBe(413);
});

test.each(others)("%s takes more than 16 KB", async (path) => {
  expect((await send(path, 16 * KB + 1))[0]).not.toBe(413);
  expect((await send(path, 256 * KB))[0]).not.toBe(413);
});
