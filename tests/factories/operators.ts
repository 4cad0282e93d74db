// Operators for tests, signed in with a second factor: a session of assurance level 2, as a finished sign-in leaves it.
import { createSession, type SessionState, validateSession } from "../../server/auth/sessions";
import type { PlatformRole } from "../../server/auth/terms";
import { db, pool } from "../../server/platform/db";
import { runPipeline, type Statement } from "../../server/platform/pipeline";
import { internalRequest } from "../../server/request";
import { makeUser, type SignedIn, type TestUser } from "./users";

export interface Operator extends SignedIn {
  user: TestUser;
}

/** A platform admin unless told, in a fresh browser. */
export async function makeOperator(platformRole: PlatformRole = "admin"): Promise<Operator> {
  const user = await makeUser({ platformRole, displayName: "Olga Operator" });
  return { user, ...(await signInOperator({ id: user.id, platformRole })) };
}

/** A session of a person as if a second factor had been shown. */
export async function signInOperator(person: { id: string; platformRole: PlatformRole }): Promise<SignedIn> {
  const request = internalRequest();
  const { sessionEpoch } = await db().user.findUniqueOrThrow({ where: { id: person.id } });
  const batch: Statement[] = [];
  const options = { isPersistent: true, request, replaces: null, aal: 2 as const };
  const { token, cookie } = await createSession(batch, { ...person, sessionEpoch }, options);
  await runPipeline(pool(), batch);
  const session: SessionState | null = await validateSession(token, request);
  if (!session) throw new Error("the new session is not valid");
  return { token, session, cookie: cookie.split(";")[0] ?? "" };
}
