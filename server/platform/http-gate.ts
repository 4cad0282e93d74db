// Which requests come in at all: to a host that is ours, and, when they change something, from a page that is ours.

import type { IncomingMessage } from "node:http";

const HOST_FORM = /^[a-z0-9.-]+(:\d{1,5})?$|^\[[0-9a-f:]+\](:\d{1,5})?$/;
const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;
const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/** The host this request asks for, lower case; the forwarded one only when the peer is a trusted proxy. */
export function requestedHost(req: IncomingMessage, isPeerTrusted: boolean): string | null {
  const forwarded = isPeerTrusted ? req.headers["x-forwarded-host"] : undefined;
  const host = (forwarded === undefined ? req.headers.host : String(forwarded))?.toLowerCase() ?? "";
  return HOST_FORM.test(host) ? host : null;
}

/**
 * True for a host on the list. The machine's own probes may also say localhost with the listening port: links are made
 * from APP_URL alone, so nothing can be led astray by it.
 */
export function isAllowedHost(host: string, allowed: string[], req: IncomingMessage): boolean {
  if (allowed.includes(host) || allowed.includes("*")) return true;
  const isLocalPeer = /^(::ffff:)?127\.|^::1$/.test(req.socket.remoteAddress ?? "");
  return isLocalPeer && LOOPBACK_HOST.test(host) && host.endsWith(`:${req.socket.localPort}`);
}

/**
 * The gate against forged requests (OWASP CSRF cheat sheet, "Fetch Metadata" and "Verifying Origin"). A request that
 * changes something must say that it comes from our own page; one that only reads must not say that it does not.
 */
export function isOwnPage(req: IncomingMessage, ownOrigins: string[]): boolean {
  const { origin, referer, authorization, cookie } = req.headers;
  const site = req.headers["sec-fetch-site"];
  if (SAFE_METHODS.has(req.method ?? "")) {
    const isNavigation = req.headers["sec-fetch-mode"] === "navigate";
    if (site === "cross-site" || site === "same-site") return isNavigation;
    return origin === undefined || site === "same-origin" || ownOrigins.includes(origin);
  }
  if (authorization?.startsWith("Bearer ") && cookie === undefined) return true;
  if (site !== undefined) return site === "same-origin";
  if (origin !== undefined) return ownOrigins.includes(origin);
  return referer !== undefined && URL.canParse(referer) && ownOrigins.includes(new URL(referer).origin);
}
