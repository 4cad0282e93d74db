// Pages: from node:http to Remix's Request and back. Addresses in the Request are made from APP_URL, never from Host.

import type { ServerResponse } from "node:http";
import {
  createRequestHandler,
  type RequestHandler,
  type ServerBuild,
  writeReadableStreamToWritable,
} from "@remix-run/node";
import { MESSAGE_LENGTH_MAX } from "./chat/terms";
import { type Exchange, refuse, replyHeaders } from "./http-exchange";
import { pageLabels } from "./http-page-labels";
import { pageLabel } from "./http-record";
import { config } from "./platform/config";
import { readBody } from "./platform/http-body";
import { pageHeaders } from "./platform/http-headers";

const FORM_LENGTH_MAX = 64 * 1024;
/** A character of three bytes (Chinese, Japanese, Korean ...) is nine long in a form. */
const CHARACTER_LENGTH_MAX = 9;
/** The longest message, and room beyond it: one that is somewhat too long is refused by its form, which keeps the text. */
const MESSAGE_FORM_LENGTH_MAX = MESSAGE_LENGTH_MAX * CHARACTER_LENGTH_MAX + FORM_LENGTH_MAX;
const IDENTITY_FORM_LENGTH_MAX = 16 * 1024;
/** A picture that is too large should be refused by its form, not by a bare 413. */
const PICTURE_FORM_LENGTH_MAX = 2 * 1024 * 1024;
const REPORT_LENGTH_MAX = 8 * 1024;
const WEBHOOK_LENGTH_MAX = 512 * 1024;
const IDENTITY_PAGE = /^\/(login|register|verify-email|forgot-password|reset-password|2fa|account)\b/;
const MESSAGE_FORM = /^\/t\/[^/]+\/chat(\/[^/]+)?(\.data)?$/;
const PICTURE_FORM = /^\/account\/avatar(\.data)?$/;
// What may be kept by caches; everything else is `no-store`, whatever a route says.
const CACHEABLE = new Set(["/.well-known/jwks.json", "/status.rss", "/account/avatar"]);

export interface PageSource {
  /** The built application; asked for each request, so that a dev server may answer a newer one. */
  loadBuild(): Promise<ServerBuild> | ServerBuild;
  isDevServer: boolean;
}

/** Answers page requests with Remix. */
export function pageDoor(source: PageSource): (exchange: Exchange) => Promise<void> {
  let known: { build: ServerBuild; handle: RequestHandler; labelOf: (path: string) => string } | undefined;
  return async (exchange) => {
    const build = await source.loadBuild();
    if (known?.build !== build) {
      known = {
        build,
        handle: createRequestHandler(build, source.isDevServer ? "development" : "production"),
        labelOf: pageLabels(build.routes),
      };
    }
    const request = await requestOf(exchange);
    if (request === null) return;
    const pattern = known.labelOf(exchange.path);
    exchange.label = pattern;
    const response = await known.handle(request, { info: exchange.info });
    exchange.label = pageLabel(pattern, response.status);
    await write(exchange, response, source.isDevServer);
  };
}

async function requestOf(exchange: Exchange): Promise<Request | null> {
  const { req, info, method } = exchange;
  const hasBody = method !== "GET" && method !== "HEAD";
  const body = hasBody ? await readBody(req, bodyLengthMax(exchange.path)) : undefined;
  if (body === null) {
    refuse(exchange, { status: 413, code: "PAYLOAD_TOO_LARGE", message: "The request is too large." });
    return null;
  }
  const headers = new Headers();
  for (let index = 0; index < req.rawHeaders.length; index += 2) {
    const name = req.rawHeaders[index];
    if (name !== undefined && !name.startsWith(":")) headers.append(name, req.rawHeaders[index + 1] ?? "");
  }
  const init: RequestInit = { method, headers };
  if (info.signal) init.signal = info.signal;
  if (body !== undefined && body.length > 0) init.body = new Uint8Array(body);
  return new Request(config().appUrl.origin + info.url, init);
}

async function write(exchange: Exchange, response: Response, isDevServer: boolean): Promise<void> {
  const { res, info, path } = exchange;
  if (res.headersSent || res.destroyed) return;
  const headers = [...pageHeaders(path, info.nonce, isDevServer), ...replyHeaders(info)];
  const isCacheable = CACHEABLE.has(path);
  response.headers.forEach((value, name) => {
    if (name !== "set-cookie" && (name !== "cache-control" || isCacheable)) headers.push(name, value);
  });
  for (const cookie of response.headers.getSetCookie()) headers.push("Set-Cookie", cookie);
  if (!isCacheable) headers.push("Cache-Control", "no-store");
  writeHead(res, response.status, headers);
  if (exchange.method === "HEAD") return void res.end();
  if (info.reply.pipePage) return info.reply.pipePage(res);
  if (response.body === null) return void res.end();
  await writeReadableStreamToWritable(response.body, res).catch((error: unknown) => {
    if (!info.signal?.aborted) throw error;
  });
}

// `compression` decides by headers that were set one by one, so these are set and not handed to writeHead.
function writeHead(res: ServerResponse, status: number, headers: string[]): void {
  res.statusCode = status;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index];
    if (name !== undefined) res.appendHeader(name, headers[index + 1] ?? "");
  }
}

function bodyLengthMax(path: string): number {
  if (path.startsWith("/webhooks/")) return WEBHOOK_LENGTH_MAX;
  if (path === "/csp-report") return REPORT_LENGTH_MAX;
  if (MESSAGE_FORM.test(path)) return MESSAGE_FORM_LENGTH_MAX;
  if (PICTURE_FORM.test(path)) return PICTURE_FORM_LENGTH_MAX;
  return IDENTITY_PAGE.test(path) ? IDENTITY_FORM_LENGTH_MAX : FORM_LENGTH_MAX;
}
