// The session's cookie: the only place that reads or formats it. Over https it wears the `__Host-` prefix, which keeps
// other hosts of the domain from setting it; over http (local development) browsers refuse that prefix.

import { parseCookie, stringifySetCookie } from "cookie";
import { config } from "../platform/config";

const TOKEN = /^[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}$/;
const PAIR_NAME = /(?:^|;)\s*([^=;\s]+)\s*=/g;

/** The token in a `Cookie` header; null when there is none, it is malformed, or the name came twice. */
export function readSessionToken(cookieHeader: string | null): string | null {
  if (cookieHeader === null) return null;
  const name = cookieName();
  const names = [...cookieHeader.matchAll(PAIR_NAME)].map((match) => match[1]);
  // A second cookie of the name was planted by somebody else; which of the two is ours cannot be told.
  if (names.filter((found) => found === name).length !== 1) return null;
  const token = parseCookie(cookieHeader)[name];
  return token !== undefined && TOKEN.test(token) ? token : null;
}

/** A `Set-Cookie` value. Not persistent: it ends with the browser, the server's limits hold either way. */
export function sessionCookie(token: string, lifetime: { isPersistent: boolean; expiresAt: Date }): string {
  return format(token, lifetime.isPersistent ? { expires: lifetime.expiresAt } : {});
}

/** A `Set-Cookie` value that removes the session's cookie. */
export function blankSessionCookie(): string {
  return format("", { maxAge: 0 });
}

/** Whether a `Set-Cookie` value is the session's. */
export function isSessionCookie(header: string): boolean {
  return header.startsWith(`${cookieName()}=`);
}

function format(value: string, lifetime: { expires?: Date; maxAge?: number }): string {
  return stringifySetCookie({
    name: cookieName(),
    value,
    httpOnly: true,
    secure: isHttps(),
    sameSite: "lax",
    path: "/",
    ...lifetime,
  });
}

function cookieName(): string {
  return isHttps() ? "__Host-sid" : "sid";
}

function isHttps(): boolean {
  return config().appUrl.protocol === "https:";
}
