// The order of every request: id, host, headers, origin gate, limits, then the doors: /trpc, files, pages.
// Body limits stand where bodies are read: in the doors.

import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import compression from "compression";
import { type Exchange, refuse } from "./http-exchange";
import { type PageSource, pageDoor } from "./http-pages";
import { record } from "./http-record";
import { answerTrpc } from "./http-trpc";
import { config } from "./platform/config";
import { ClientGoneError } from "./platform/http-body";
import { isAllowedHost, isOwnPage, requestedHost } from "./platform/http-gate";
import { type Proxies, trustedProxies } from "./platform/http-proxies";
import { staticDoor } from "./platform/http-static";
import { logger } from "./platform/logger";
import { threatsTotal } from "./platform/metrics";
import { countRequest } from "./platform/rate-limit-general";
import { appErrorOf, logFault } from "./refusals";
import { noteLimit, requestInfo } from "./request";

type Middleware = (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void;

export interface HttpOptions extends PageSource {
  /** Folder of the built client; absent when a dev server serves the files. */
  clientFolder?: string;
  /** The dev server's own doors (modules, hot reload). */
  devServer?: Middleware;
}

// Signed by their sender, or reports that browsers send on their own.
const FOREIGN_POSTS = /^\/(webhooks\/|csp-report$)/;
const REQUEST_ID = /^[A-Za-z0-9_-]{8,64}$/;
const HEADERS_TIMEOUT_MS = 20_000;
const REQUEST_TIMEOUT_MS = 60_000;
const KEEP_ALIVE_TIMEOUT_MS = 65_000;

const log = logger("http");

/** The server of this process, not yet listening. */
export function createHttpServer(options: HttpOptions): Server {
  const proxies = trustedProxies(config().trustedProxies);
  const answer = doors(options);
  const server = createServer((req, res) => {
    const exchange = exchangeOf(req, res, proxies);
    record(exchange);
    const refused = admit(exchange, proxies);
    if (refused) return;
    answer(exchange).catch((error: unknown) => fail(exchange, error));
  });
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  return server;
}

function exchangeOf(req: IncomingMessage, res: ServerResponse, proxies: Proxies): Exchange {
  const url = req.url ?? "/";
  const mark = url.indexOf("?");
  const info = requestInfo({
    id: requestId(req, proxies),
    ip: proxies.clientAddress(req),
    userAgent: req.headers["user-agent"] ?? "",
    cookie: req.headers.cookie ?? null,
    url,
  });
  const gone = new AbortController();
  info.signal = gone.signal;
  res.once("close", () => {
    if (!res.writableFinished) gone.abort();
  });
  return {
    req,
    res,
    info,
    method: req.method ?? "GET",
    path: mark === -1 ? url : url.slice(0, mark),
    query: mark === -1 ? "" : url.slice(mark + 1),
    label: "",
    leave: () => gone.abort(),
  };
}

// A proxy of ours may have begun the trail; anyone else's id is not written into our logs.
function requestId(req: IncomingMessage, proxies: Proxies): string {
  const given = req.headers["x-request-id"];
  const isUsable = typeof given === "string" && REQUEST_ID.test(given) && proxies.isTrusted(req);
  return isUsable ? given : randomUUID();
}

/** True when the request was refused at the door. */
function admit(exchange: Exchange, proxies: Proxies): boolean {
  const { req, info, path } = exchange;
  const host = requestedHost(req, proxies.isTrusted(req));
  if (host === null || !isAllowedHost(host, config().allowedHosts, req)) {
    return turnAway(exchange, "host", {
      status: 421,
      code: "BAD_REQUEST",
      message: "This host is not served here.",
    });
  }
  if (!path.startsWith("/") || path.includes("\\") || path.includes("\0")) {
    return turnAway(exchange, "path", {
      status: 400,
      code: "BAD_REQUEST",
      message: "The path cannot be read.",
    });
  }
  if (!FOREIGN_POSTS.test(path) && !isOwnPage(req, config().allowedOrigins)) {
    const message = "This request did not come from one of Parley's own pages.";
    return turnAway(exchange, "origin", { status: 403, code: "FORBIDDEN", message });
  }
  if (path.startsWith("/assets/")) return false;
  const limit = countRequest(info.ip);
  noteLimit(info.reply, limit);
  if (limit.allowed) return false;
  const message = "Too many requests. Please wait a moment.";
  const { retryAfterSeconds } = limit;
  const refusal = {
    status: 429,
    code: "TOO_MANY_REQUESTS",
    message,
    reason: "rate_limited",
    retryAfterSeconds,
  };
  return turnAway(exchange, "flood", refusal);
}

function turnAway(exchange: Exchange, kind: string, refusal: Parameters<typeof refuse>[1]): true {
  threatsTotal.inc({ kind });
  exchange.label = "refused";
  refuse(exchange, refusal);
  return true;
}

function doors(options: HttpOptions): (exchange: Exchange) => Promise<void> {
  const pages = pageDoor(options);
  const compress = compression() as unknown as Middleware;
  const files: Middleware[] = [];
  if (options.devServer) files.push(options.devServer);
  if (options.clientFolder) files.push(staticDoor(options.clientFolder));
  return async (exchange) => {
    if (exchange.path.startsWith("/trpc/")) return answerTrpc(exchange);
    const { req, res } = exchange;
    if (!options.isDevServer) await through(compress, req, res);
    for (const file of files) {
      if (!(await through(file, req, res))) return;
    }
    return pages(exchange);
  };
}

// Answers true when the middleware passed the request on, false when it answered it.
function through(middleware: Middleware, req: IncomingMessage, res: ServerResponse): Promise<boolean> {
  return new Promise((resolve, reject) => {
    res.once("close", () => resolve(false));
    middleware(req, res, (error) => (error ? reject(error) : resolve(true)));
  });
}

function fail(exchange: Exchange, error: unknown): void {
  if (error instanceof ClientGoneError || exchange.info.signal?.aborted) return;
  logFault(log.child({ correlation_id: exchange.info.id }), error, {
    procedure: exchange.label || exchange.path,
  });
  if (exchange.res.headersSent) return void exchange.res.destroy();
  const isOutage = appErrorOf(error)?.code === "unavailable";
  const refusal = isOutage
    ? {
        status: 503,
        code: "SERVICE_UNAVAILABLE",
        message: "Parley is briefly unavailable.",
        retryAfterSeconds: 2,
      }
    : { status: 500, code: "INTERNAL_SERVER_ERROR", message: "Something went wrong on our side." };
  refuse(exchange, refusal);
}
