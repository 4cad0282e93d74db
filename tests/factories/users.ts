// People for tests, made through the nouns that make real ones.
import { randomUUID } from "node:crypto";
import { hash } from "@node-rs/argon2";
import type { StoredPassword } from "../../server/auth/password/hash";
import { type SessionState, validateSession } from "../../server/auth/sessions";
import { createUser, newUserId } from "../../server/auth/users";
import { login } from "../../server/mfa/sign-in";
import { currentKeyId, seal } from "../../server/platform/crypto";
import { db } from "../../server/platform/db";
import type { PlatformRole } from "../../server/platform/prisma/enums";
import { internalRequest } from "../../server/request";

export interface TestUser {
  id: string;
  email: string;
  displayName: string;
  password: string;
}

interface UserTraits {
  email?: string;
  displayName?: string;
  isVerified?: boolean;
  platformRole?: PlatformRole;
}

/** A password that fits the policy for everybody. */
export const GOOD_PASSWORD = "violet-harbor-93-kite";

/** A person with a verified address, unless told. */
export async function makeUser(traits: UserTraits = {}): Promise<TestUser> {
  const { isVerified = true, platformRole = "user", displayName = "Robin Reed" } = traits;
  const id = newUserId();
  const email = traits.email ?? `person-${randomUUID()}@${randomUUID().slice(0, 8)}.example`;
  const password = await cheapPassword(id);
  await db().$transaction((tx) =>
    createUser(tx, { id, email, displayName, password, isVerified, platformRole }),
  );
  return { id, email, displayName, password: GOOD_PASSWORD };
}

let phc: Promise<string> | undefined;

// Stored as a real one is, under parameters that cost a millisecond: most people in tests never sign in.
async function cheapPassword(userId: string): Promise<StoredPassword> {
  phc ??= hash(GOOD_PASSWORD, { memoryCost: 1024, timeCost: 1, parallelism: 1 });
  const context = `password_credentials|envelope|${userId}`;
  const envelope = new Uint8Array(seal("passwordPeppers", context, Buffer.from(await phc)));
  return { envelope, pepperKeyId: currentKeyId("passwordPeppers"), paramsVersion: 1 };
}

export interface SignedIn {
  token: string;
  session: SessionState;
  /** A `Cookie` header of this person's browser. */
  cookie: string;
}

/** Signs a person without a second factor in from a fresh browser; for operators see `operators.ts`. */
export async function signIn(user: TestUser): Promise<SignedIn> {
  const request = internalRequest();
  const credentials = { email: user.email, password: user.password, remember: true };
  const { status, session: opened } = await login(credentials, { request, session: null });
  const session = opened && (await validateSession(opened.token, request));
  if (!session) throw new Error(`the sign-in did not lead to a session: ${status}`);
  return { token: opened.token, session, cookie: opened.cookie.split(";")[0] ?? "" };
}
