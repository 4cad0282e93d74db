// Subscriptions as server-sent events, in tRPC's format (connected, data with id, ping, serialized-error, return).
// A stream ends with its source, with its client, or with the process; a slow client is waited for, never buffered.

import { once } from "node:events";
import { isTrackedEnvelope } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { type Exchange, JSON_TYPE, replyHeaders, send } from "./http-exchange";
import { Feed } from "./platform/feed";
import { dataHeaders } from "./platform/http-headers";
import { logger } from "./platform/logger";
import { errorShape, logFault, toTrpcError } from "./refusals";

const PING_INTERVAL_MS = 15_000;
const CLIENT_OPTIONS = JSON.stringify({ reconnectAfterInactivityMs: 45_000 });

const STREAM_HEADERS = [
  "Content-Type",
  "text/event-stream; charset=utf-8",
  "Cache-Control",
  "no-cache, no-transform",
  "X-Accel-Buffering",
  "no",
];

const log = logger("streams");

const openStreams = new Set<Exchange>();

/** Calls the subscription and writes its events until it ends. */
export async function openStream(
  exchange: Exchange,
  path: string,
  call: () => Promise<unknown>,
): Promise<void> {
  let source: Feed<unknown>;
  try {
    source = feedOf(await call());
  } catch (thrown) {
    return refuseStream(exchange, path, thrown);
  }
  begin(exchange);
  const ping = setInterval(() => write(exchange, "event: ping\ndata: \n\n\n"), PING_INTERVAL_MS);
  try {
    await relay(exchange, source);
    write(exchange, "event: return\ndata: \n\n\n");
  } catch (thrown) {
    if (!exchange.info.signal?.aborted) {
      logFault(log.child({ correlation_id: exchange.info.id }), thrown, { procedure: path });
      write(exchange, errorEvent(exchange, path, thrown));
    }
  } finally {
    clearInterval(ping);
    openStreams.delete(exchange);
    exchange.res.end();
  }
}

/** Ends every open stream without a word, so that its client comes back, to another instance, with its last event id. */
export function endStreams(): void {
  for (const exchange of openStreams) {
    exchange.res.end();
    exchange.leave();
  }
}

function relay(exchange: Exchange, source: Feed<unknown>): Promise<void> {
  return source.into({
    take: (value) => write(exchange, eventOf(value)),
    ready: () => untilDrained(exchange),
  });
}

// By the time that it is asked, a socket that was full may have told already that it is no longer.
async function untilDrained({ res, info }: Exchange): Promise<void> {
  const out = res.socket ?? res;
  if (out.writableNeedDrain) await once(out, "drain", info.signal ? { signal: info.signal } : {});
}

// An EventSource reads nothing of an answer that is not 200, so it is told inside the stream; others get the status.
function refuseStream(exchange: Exchange, path: string, thrown: unknown): void {
  const error = toTrpcError(thrown);
  const isEventSource = exchange.req.headers.accept?.includes("text/event-stream") ?? false;
  if (!isEventSource) {
    const body = { error: errorShape(error, { path, requestId: exchange.info.id }) };
    send(exchange, getHTTPStatusCodeFromError(error), JSON_TYPE, JSON.stringify(body));
    return;
  }
  begin(exchange);
  openStreams.delete(exchange);
  exchange.res.end(errorEvent(exchange, path, error));
}

function begin(exchange: Exchange): void {
  const { res, info, req } = exchange;
  req.socket.setNoDelay(true);
  openStreams.add(exchange);
  res.writeHead(200, [...dataHeaders(), ...replyHeaders(info), ...STREAM_HEADERS]);
  res.flushHeaders();
  write(exchange, `event: connected\ndata: ${CLIENT_OPTIONS}\n\n\n`);
}

// A chunk of HTTP/1.1 is framed here and written in one piece: `res.write` makes four of it, for twice the cost.
function write(exchange: Exchange, text: string): boolean {
  const { res } = exchange;
  if (res.destroyed || res.writableEnded) return true;
  if (res.socket === null || !res.chunkedEncoding) return res.write(text);
  return res.socket.write(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
}

function eventOf(value: unknown): string {
  if (!isTrackedEnvelope(value)) return `data: ${JSON.stringify(value)}\n\n\n`;
  return `data: ${JSON.stringify(value[1])}\nid: ${value[0]}\n\n\n`;
}

function errorEvent(exchange: Exchange, path: string, thrown: unknown): string {
  const shape = errorShape(toTrpcError(thrown), { path, requestId: exchange.info.id });
  return `event: serialized-error\ndata: ${JSON.stringify(shape)}\n\n\n`;
}

function feedOf(value: unknown): Feed<unknown> {
  if (value instanceof Feed) return value;
  throw new Error("a subscription must answer a feed");
}
