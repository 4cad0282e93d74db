// Where a link's secret waits while its page is open: moved out of the address at the first visit, so that neither history
// nor a referrer keeps it.

import { parseCookie, stringifySetCookie } from "cookie";
import { config } from "../platform/config";

const KEPT_SECONDS = 900;
const TOKEN = /^[\w-]{1,200}$/;

/** A `Set-Cookie` value that keeps a reset link's secret for a quarter of an hour. */
export function resetLinkCookie(token: string): string {
  return format(TOKEN.test(token) ? token : "invalid", KEPT_SECONDS);
}

/** A `Set-Cookie` value that removes it. */
export function blankResetLinkCookie(): string {
  return format("", 0);
}

/** The secret in a `Cookie` header, or null. */
export function readResetLink(cookieHeader: string | null): string | null {
  const token = parseCookie(cookieHeader ?? "")[cookieName()];
  return token !== undefined && TOKEN.test(token) ? token : null;
}

function format(value: string, maxAge: number): string {
  const cookie = { name: cookieName(), value, httpOnly: true, secure: isHttps(), path: "/", maxAge };
  return stringifySetCookie({ ...cookie, sameSite: "lax" });
}

function cookieName(): string {
  return isHttps() ? "__Host-reset" : "reset";
}

function isHttps(): boolean {
  return config().appUrl.protocol === "https:";
}
