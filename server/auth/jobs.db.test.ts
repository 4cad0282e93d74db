import { afterEach, expect, test } from "vitest";
import { makeUser, signIn } from "../../tests/factories/users";
import { travel } from "../platform/clock";
import { db } from "../platform/db";
import { issueVerification } from "./address/verification";
import { sweepIdentity } from "./jobs";
import { reserveAttempt } from "./sign-in/login-attempts";

const DAY_MS = 86_400_000;

afterEach(() => travel(0));

test("what nothing reads any more is deleted; what is live or lately ended stays", async () => {
  const user = await makeUser();
  const { session } = await signIn(user);
  await db().$transaction((tx) => issueVerification(tx, user));
  await reserveAttempt("somebody@nowhere.example");
  const kept = async () => ({
    sessions: await db().session.count({ where: { id: session.sessionId } }),
    links: await db().emailVerification.count(),
    failures: await db().loginFailure.count(),
  });
  await sweepIdentity();
  expect(await kept()).toEqual({ sessions: 1, links: 1, failures: 1 });
  travel(31.5 * DAY_MS);
  await sweepIdentity();
  expect(await kept()).toEqual({ sessions: 1, links: 0, failures: 0 });
  travel(61 * DAY_MS);
  await sweepIdentity();
  expect(await kept()).toEqual({ sessions: 0, links: 0, failures: 0 });
});
