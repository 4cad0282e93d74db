// People with a second factor, turned on through the procedures as their browser would.
import { TOTP } from "otpauth";
import { now } from "../../server/platform/clock";
import { callAs } from "./callers";
import { GOOD_PASSWORD, makeUser, signIn, type TestUser } from "./users";

export interface Enrolled {
  user: TestUser;
  secret: string;
  recoveryCodes: string[];
  /** Of the browser that turned it on. */
  cookie: string;
}

const STEP_MS = 30_000;

/** The code of a secret now, or this many steps later. A code of one step later is accepted already. */
export function codeOf(secret: string, stepsLater = 0): string {
  return new TOTP({ secret }).generate({ timestamp: now().getTime() + stepsLater * STEP_MS });
}

/** The cookies an answer left in the browser, as a `Cookie` header. */
export function cookiesOf(info: { reply: { cookies: string[] } }): string {
  return info.reply.cookies.map((cookie) => cookie.split(";")[0]).join("; ");
}

/** Turns the second factor on for a new person. */
export async function makeEnrolled(): Promise<Enrolled> {
  const user = await makeUser();
  const { cookie } = await signIn(user);
  const { secret } = await callAs({ cookie }).api.mfa.enableInit({ password: GOOD_PASSWORD });
  const { api, info } = callAs({ cookie });
  const { recoveryCodes } = await api.mfa.enableComplete({ code: codeOf(secret) });
  return { user, secret, recoveryCodes, cookie: cookiesOf(info) };
}

/** The right password; answers what it led to and the cookies of the browser. */
export async function passPassword(user: TestUser): Promise<{ status: string; cookie: string }> {
  const { api, info } = callAs();
  const { status } = await api.auth.login({ email: user.email, password: user.password, remember: true });
  return { status, cookie: cookiesOf(info) };
}
