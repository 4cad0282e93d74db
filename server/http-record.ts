// One line in the log and one entry in the metrics per request, when it is over.

import type { ServerResponse } from "node:http";
import type { Exchange } from "./http-exchange";
import { logger } from "./platform/logger";
import { httpRequestDurationSeconds, httpRequestsTotal } from "./platform/metrics";

const NOT_SERVED = "not-served";
const NOT_SERVED_STATUSES = new Set([400, 404, 405, 413, 415]);

const log = logger("http");

/** Notes when the request began, and writes it down when its answer has left or its client has gone. */
export function record(exchange: Exchange): void {
  const startedAtMs = performance.now();
  const { res, info, method } = exchange;
  res.once("close", () => {
    const durationMs = performance.now() - startedAtMs;
    const status = String(res.statusCode);
    const path = exchange.label || labelOfRest(exchange.path, res);
    httpRequestsTotal.inc({ method, path, status });
    httpRequestDurationSeconds.observe({ method, path, status }, durationMs / 1_000);
    const facts = { method, path, status: res.statusCode, durationMs: Math.round(durationMs * 10) / 10 };
    log.info({ event: "http.request", correlation_id: info.id, ...facts }, "request");
  });
}

/** What a page that answered with this status is called; one that was not there or could not be read has no name. */
export function pageLabel(pattern: string, status: number): string {
  return NOT_SERVED_STATUSES.has(status) ? NOT_SERVED : pattern;
}

// Neither a procedure nor a page answered: it was a file, or nobody did.
function labelOfRest(path: string, { headersSent, statusCode }: ServerResponse): string {
  if (!headersSent || statusCode >= 400) return NOT_SERVED;
  return path.startsWith("/assets/") ? "/assets" : "/files";
}
