// The cookie by which a browser is known again: a random secret that lasts a year and signs nobody in. The database
// holds its hash only, made together with the person's id.

import { parseCookie, stringifySetCookie } from "cookie";
import { config } from "../../platform/config";
import { sha256 } from "../../platform/crypto";
import { randomToken } from "../../platform/ids";
import type { RequestInfo } from "../../request";

const TOKEN = /^[A-Za-z0-9_-]{43}$/;
const YEAR_SECONDS = 31_536_000;

/** The browser's secret; a browser without one gets one with the answer. */
export function deviceToken(request: RequestInfo): string {
  const known = readDeviceToken(request.cookie);
  const token = known ?? randomToken();
  // Written at every sign-in, so that the year begins anew.
  request.reply.deviceCookie = formatCookie(token);
  return token;
}

/** What a person's row of this browser is found by. */
export function deviceHash(userId: string, token: string): Buffer {
  return sha256(`device|${userId}|${token}`);
}

function readDeviceToken(cookieHeader: string | null): string | null {
  const token = cookieHeader === null ? undefined : parseCookie(cookieHeader)[cookieName()];
  return token !== undefined && TOKEN.test(token) ? token : null;
}

function formatCookie(value: string): string {
  return stringifySetCookie({
    name: cookieName(),
    value,
    httpOnly: true,
    secure: isHttps(),
    sameSite: "lax",
    path: "/",
    maxAge: YEAR_SECONDS,
  });
}

function cookieName(): string {
  return isHttps() ? "__Host-dev" : "dev";
}

function isHttps(): boolean {
  return config().appUrl.protocol === "https:";
}
