// Where a link's secret waits while its page is open: moved out of the address at the first visit, so that neither history
// nor a referrer keeps it.

import { parseCookie, stringifySetCookie } from "cookie";
import { config } from "../platform/config";

const KEPT_SECONDS = 900;
const TOKEN = /^[\w-]{1,200}$/;

/** Which link waits: one for a new password, or one into a workspace. */
type Link = "reset" | "invite";

/** A `Set-Cookie` value that keeps a reset link's secret for a quarter of an hour. */
export function resetLinkCookie(token: string): string {
  return keeping("reset", token);
}

/** A `Set-Cookie` value that removes it. */
export function blankResetLinkCookie(): string {
  return format("reset", "", 0);
}

/** The secret in a `Cookie` header, or null. */
export function readResetLink(cookieHeader: string | null): string | null {
  return read("reset", cookieHeader);
}

/** The same for a link into a workspace, which waits while its person signs in. */
export function inviteLinkCookie(token: string): string {
  return keeping("invite", token);
}

export function blankInviteLinkCookie(): string {
  return format("invite", "", 0);
}

export function readInviteLink(cookieHeader: string | null): string | null {
  return read("invite", cookieHeader);
}

function keeping(link: Link, token: string): string {
  return format(link, TOKEN.test(token) ? token : "invalid", KEPT_SECONDS);
}

function read(link: Link, cookieHeader: string | null): string | null {
  const token = parseCookie(cookieHeader ?? "")[nameOf(link)];
  return token !== undefined && TOKEN.test(token) ? token : null;
}

function format(link: Link, value: string, maxAge: number): string {
  const cookie = { name: nameOf(link), value, httpOnly: true, secure: isHttps(), path: "/", maxAge };
  return stringifySetCookie({ ...cookie, sameSite: "lax" });
}

function nameOf(link: Link): string {
  return isHttps() ? `__Host-${link}` : link;
}

function isHttps(): boolean {
  return config().appUrl.protocol === "https:";
}
