// Who may read the metrics: the bearer of METRICS_TOKEN; without a token set, outside production, this machine alone.

import { config } from "./config";
import { sha256, timingSafeEqual } from "./crypto";
import { registry } from "./metrics";

/** The metrics in Prometheus's text form, or null when the asker may not read them. */
export async function readMetrics(asker: {
  authorization: string | null;
  ip: string;
}): Promise<{ text: string; contentType: string } | null> {
  if (!mayRead(asker.authorization ?? "", asker.ip)) return null;
  return { text: await registry.metrics(), contentType: registry.contentType };
}

function mayRead(authorization: string, ip: string): boolean {
  const token = config().metricsToken;
  if (token === null) return !config().isProduction && /^(127\.|::1$)/.test(ip);
  return timingSafeEqual(sha256(authorization), sha256(`Bearer ${token}`));
}
