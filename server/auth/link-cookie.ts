// Where a link's secret waits while its page is open: moved out of the address at the first visit, so that neither history
// nor a referrer keeps it, nor anything that a page loads from elsewhere reads it there.

import { parseCookie, stringifySetCookie } from "cookie";
import { config } from "../platform/config";

const KEPT_SECONDS = 900;
const TOKEN = /^[\w-]{1,200}$/;

/** What the waiting link is for; each kind has a cookie of its own. */
export type WaitingLink =
  | "reset"
  | "invite"
  | "verify"
  | "signup"
  | "confirm-email"
  | "undo-email"
  | "keep-account";

/** A `Set-Cookie` value that keeps a link's secret for a quarter of an hour. */
export function linkCookie(link: WaitingLink, token: string): string {
  return format(link, TOKEN.test(token) ? token : "invalid", KEPT_SECONDS);
}

/** A `Set-Cookie` value that removes it. */
export function blankLinkCookie(link: WaitingLink): string {
  return format(link, "", 0);
}

/** The secret in a `Cookie` header, or null. */
export function readLink(link: WaitingLink, cookieHeader: string | null): string | null {
  const token = parseCookie(cookieHeader ?? "")[nameOf(link)];
  return token !== undefined && TOKEN.test(token) ? token : null;
}

function format(link: WaitingLink, value: string, maxAge: number): string {
  const cookie = { name: nameOf(link), value, httpOnly: true, secure: isHttps(), path: "/", maxAge };
  return stringifySetCookie({ ...cookie, sameSite: "lax" });
}

function nameOf(link: WaitingLink): string {
  return isHttps() ? `__Host-${link}` : link;
}

function isHttps(): boolean {
  return config().appUrl.protocol === "https:";
}
