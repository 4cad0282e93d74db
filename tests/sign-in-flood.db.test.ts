// More sign-ins at once than the machine can hash: the excess is refused at once and loses nothing, everybody else is
// served. How long `/healthz` takes meanwhile is measured by `npm run bench -- sign-in`.

import { hash } from "@node-rs/argon2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { currentKeyId, seal } from "../server/platform/crypto";
import { db } from "../server/platform/db";
import type { Answer } from "./factories/ask";
import { FROM_OWN_PAGE, startTestServer, type TestServer } from "./factories/http";
import { GOOD_PASSWORD, makeUser } from "./factories/users";

// Limits per address would refuse these calls, which all come from here, before any password is hashed.
process.env["RATE_LIMIT_SCALE"] = "100000";

/** Two are hashed, fifty wait. */
const ADMITTED = 52;
const CALLS = ADMITTED + 18;

let web: TestServer;
let emails: string[];

beforeAll(async () => {
  web = await startTestServer({ healthz: { loader: () => Response.json({ status: "ok" }) } });
  const phc = await hash(GOOD_PASSWORD, { memoryCost: 64 * 1024, timeCost: 3, parallelism: 2 });
  emails = await Promise.all(Array.from({ length: CALLS }, () => makePersonWith(phc)));
}, 60_000);

afterAll(async () => {
  await web.close();
});

// A password at its full cost, hashed once for all of them.
async function makePersonWith(phc: string): Promise<string> {
  const { id, email } = await makeUser();
  const envelope = new Uint8Array(
    seal("passwordPeppers", `password_credentials|envelope|${id}`, Buffer.from(phc)),
  );
  const data = { envelope, pepperKeyId: currentKeyId("passwordPeppers") };
  await db().passwordCredential.update({ where: { userId: id }, data });
  return email;
}

function signIn(email: string): Promise<Answer> {
  const body = JSON.stringify({ email, password: GOOD_PASSWORD });
  return web.ask("/trpc/auth.login", { method: "POST", headers: FROM_OWN_PAGE, body });
}

test("a flood of sign-ins: the excess gets 503 with Retry-After and keeps its attempts, nothing else fails", async () => {
  const flood = Promise.all(emails.map((email) => signIn(email)));
  const health = await Promise.all(Array.from({ length: 20 }, () => web.ask("/healthz")));
  const answers = await flood;
  expect(health.map(({ status }) => status)).toEqual(Array(20).fill(200));

  const refused = answers.filter(({ status }) => status === 503);
  const signedIn = answers.filter(({ status }) => status === 200);
  expect(refused.length + signedIn.length).toBe(CALLS);
  expect(signedIn.length).toBeGreaterThan(0);
  expect(refused.length).toBeGreaterThan(0);
  for (const { headers, json } of refused) {
    expect(headers["retry-after"]).toBe("1");
    expect(json()).toMatchObject({ error: { data: { httpStatus: 503, reason: "overloaded" } } });
    expect(headers["set-cookie"]).toBeUndefined();
  }
  const counted = await db().loginFailure.count({ where: { failedCount: { gt: 0 } } });
  expect(counted).toBe(0);
}, 120_000);
