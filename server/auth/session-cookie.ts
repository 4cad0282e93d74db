// Cookies that carry a secret: the only place that reads or formats them. Over https they wear the `__Host-` prefix, which
// keeps other hosts of the domain from setting them; over http (local development) browsers refuse that prefix.

import { parseCookie, stringifySetCookie } from "cookie";
import { config } from "../platform/config";

const SESSION = "sid";
const TOKEN = /^[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}$/;
const PAIR_NAME = /(?:^|;)\s*([^=;\s]+)\s*=/g;

/** The session's token in a `Cookie` header; null when there is none, it is malformed, or the name came twice. */
export function readSessionToken(cookieHeader: string | null): string | null {
  return readTokenCookie(SESSION, cookieHeader);
}

/** A `Set-Cookie` value. Not persistent: it ends with the browser, the server's limits hold either way. */
export function sessionCookie(token: string, lifetime: { isPersistent: boolean; expiresAt: Date }): string {
  return tokenCookie(SESSION, token, lifetime.isPersistent ? { expires: lifetime.expiresAt } : {});
}

/** A `Set-Cookie` value that removes the session's cookie. */
export function blankSessionCookie(): string {
  return blankCookie(SESSION);
}

/** Whether a `Set-Cookie` value is the session's. */
export function isSessionCookie(header: string): boolean {
  return header.startsWith(`${fullName(SESSION)}=`);
}

/** An `<id>.<secret>` out of a `Cookie` header, by the cookie's short name; null as for the session's. */
export function readTokenCookie(shortName: string, cookieHeader: string | null): string | null {
  if (cookieHeader === null) return null;
  const name = fullName(shortName);
  const names = [...cookieHeader.matchAll(PAIR_NAME)].map((match) => match[1]);
  // A second cookie of the name was planted by somebody else; which of the two is ours cannot be told.
  if (names.filter((found) => found === name).length !== 1) return null;
  const token = parseCookie(cookieHeader)[name];
  return token !== undefined && TOKEN.test(token) ? token : null;
}

/** A `Set-Cookie` value for a secret that no script reads. */
export function tokenCookie(
  shortName: string,
  value: string,
  lifetime: { expires?: Date; maxAge?: number },
): string {
  return stringifySetCookie({
    name: fullName(shortName),
    value,
    httpOnly: true,
    secure: isHttps(),
    sameSite: "lax",
    path: "/",
    ...lifetime,
  });
}

/** A `Set-Cookie` value that removes such a cookie. */
export function blankCookie(shortName: string): string {
  return tokenCookie(shortName, "", { maxAge: 0 });
}

function fullName(shortName: string): string {
  return isHttps() ? `__Host-${shortName}` : shortName;
}

function isHttps(): boolean {
  return config().appUrl.protocol === "https:";
}
