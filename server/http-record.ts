// One line in the log and one entry in the metrics per request, when it is over.

import type { Exchange } from "./http-exchange";
import { logger } from "./platform/logger";
import { httpRequestDurationSeconds, httpRequestsTotal } from "./platform/metrics";

const NOT_SERVED = new Set([400, 404, 405, 413, 415]);
const LABELS_MAX = 200;
const labels = new Set<string>();

const log = logger("http");

/** Notes when the request began, and writes it down when its answer has left or its client has gone. */
export function record(exchange: Exchange): void {
  const startedAtMs = performance.now();
  const { res, info, method } = exchange;
  res.once("close", () => {
    const durationMs = performance.now() - startedAtMs;
    const status = String(res.statusCode);
    const path = exchange.label || pathLabel(exchange.path, res.statusCode);
    httpRequestsTotal.inc({ method, path, status });
    httpRequestDurationSeconds.observe({ method, path, status }, durationMs / 1_000);
    const facts = { method, path, status: res.statusCode, durationMs: Math.round(durationMs * 10) / 10 };
    log.info({ event: "http.request", correlation_id: info.id, ...facts }, "request");
  });
}

// Metrics need a closed list of paths: ids and slugs become names, and what was not found or could not be read is one
// name, since anyone can ask for any path.
function pathLabel(path: string, status: number): string {
  if (NOT_SERVED.has(status)) return "not-served";
  if (path.startsWith("/assets/")) return "/assets";
  const label = path
    .replace(/\.data$/, "")
    .replace(/^\/t\/[^/]+/, "/t/:tenant")
    .replace(/\/[0-9a-f-]{20,}/gi, "/:id");
  if (labels.size >= LABELS_MAX && !labels.has(label)) return "other";
  labels.add(label);
  return label;
}
