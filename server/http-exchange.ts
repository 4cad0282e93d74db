// One request and its answer. Every door answers through `send`, so that the security headers, cookies, limits and the
// request id come out alike, in one `writeHead`.

import type { IncomingMessage, ServerResponse } from "node:http";
import { dataHeaders } from "./platform/http-headers";
import type { LimitState } from "./platform/rate-limit-store";
import type { RequestInfo } from "./request";

export interface Exchange {
  req: IncomingMessage;
  res: ServerResponse;
  info: RequestInfo;
  method: string;
  path: string;
  /** What stands behind the question mark, without it. */
  query: string;
  /** What metrics call this request: a closed list of names. */
  label: string;
  /** Aborts what works for this request, as if its client had gone away. */
  leave(): void;
}

/** A refusal before any door: its status, and what is said about it. */
export interface DoorRefusal {
  status: number;
  code: string;
  message: string;
  reason?: string;
  retryAfterSeconds?: number;
}

// JSON-RPC's number for a request that cannot be served as it is; clients read `data.code`.
const INVALID_REQUEST = -32_600;

export const JSON_TYPE = ["Content-Type", "application/json; charset=utf-8"];

/** Answers with a whole body. Nothing may be cached unless the headers say so. */
export function send(exchange: Exchange, status: number, headers: string[], body: string | Buffer): void {
  const { res } = exchange;
  if (res.headersSent || res.destroyed) return;
  const length = typeof body === "string" ? Buffer.byteLength(body) : body.length;
  const all = [...dataHeaders(), ...replyHeaders(exchange.info), ...headers];
  if (!headers.includes("Cache-Control")) all.push("Cache-Control", "no-store");
  all.push("Content-Length", String(length));
  res.writeHead(status, all);
  res.end(exchange.method === "HEAD" ? undefined : body);
}

/** The headers that belong to the request rather than to the door: its id, its cookies, its tightest limit. */
export function replyHeaders(info: RequestInfo): string[] {
  const headers = ["X-Request-ID", info.id];
  for (const cookie of info.reply.cookies) headers.push("Set-Cookie", cookie);
  if (info.reply.deviceCookie !== undefined) headers.push("Set-Cookie", info.reply.deviceCookie);
  if (info.reply.warning !== undefined) headers.push("X-Parley-Warning", info.reply.warning);
  if (info.reply.limit !== null) headers.push(...limitHeaders(info.reply.limit));
  return headers;
}

/** Refuses in the form the asker reads: the error shape of tRPC, or a line of text. */
export function refuse(exchange: Exchange, refusal: DoorRefusal): void {
  const headers = exchange.req.complete ? [] : ["Connection", "close"];
  if (refusal.retryAfterSeconds !== undefined) headers.push("Retry-After", String(refusal.retryAfterSeconds));
  if (exchange.path.startsWith("/trpc/")) {
    const { status: httpStatus, message, ...details } = refusal;
    const data = { ...details, httpStatus, requestId: exchange.info.id };
    const body = JSON.stringify({ error: { message, code: INVALID_REQUEST, data } });
    send(exchange, httpStatus, [...JSON_TYPE, ...headers], body);
    return;
  }
  const text = `${refusal.message}\n\nRequest ${exchange.info.id}\n`;
  send(exchange, refusal.status, ["Content-Type", "text/plain; charset=utf-8", ...headers], text);
}

function limitHeaders(limit: LimitState): string[] {
  return [
    "X-RateLimit-Limit",
    String(limit.limit),
    "X-RateLimit-Remaining",
    String(limit.remaining),
    "X-RateLimit-Reset",
    String(limit.resetAt),
  ];
}
