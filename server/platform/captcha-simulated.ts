// The captcha of development: a checkbox whose value the server has signed. It stops nobody; it makes every page and
// test go the way they go with a real one.

import { now } from "./clock";
import { hmac, timingSafeEqual } from "./crypto";
import { randomToken } from "./ids";

const VALID_MS = 600_000;

/** A token that passes for this action, once, within ten minutes. */
export function captchaTokenFor(action: string): string {
  const body = `${now().getTime()}.${randomToken(16)}`;
  return `${body}.${signatureOf(action, body)}`;
}

export function isSimulatedToken(token: string, action: string): boolean {
  const [issuedAt = "", nonce = "", signature = ""] = token.split(".");
  const ageMs = now().getTime() - Number(issuedAt);
  const expected = signatureOf(action, `${issuedAt}.${nonce}`);
  return timingSafeEqual(Buffer.from(signature), Buffer.from(expected)) && ageMs >= 0 && ageMs < VALID_MS;
}

function signatureOf(action: string, body: string): string {
  return hmac("captcha", `${action}.${body}`);
}
