// Failed sign-ins per address and per network prefix (/24, /64), whoever they are for: what an account's own counter does
// not see when one password is tried on many. Failures alone count, so that an office which signs in at nine is no attack.

import { fromNow, now } from "../../platform/clock";
import { config } from "../../platform/config";
import { hmac } from "../../platform/crypto";
import { pool } from "../../platform/db";
import { AppError } from "../../platform/errors";
import { logger } from "../../platform/logger";
import { authNetworkBlocksTotal } from "../../platform/metrics";
import { addressHash, networkPrefix } from "../session/device";

const log = logger("auth");

// A window or a block that is over counts from one again; a block that holds is not prolonged.
const COUNT = `
  INSERT INTO network_failures AS n (network_key, failed_count, window_start_at)
  SELECT key, 1, $2 FROM unnest($1::text[]) AS key ORDER BY key
  ON CONFLICT (network_key) DO UPDATE SET
    (failed_count, window_start_at, blocked_until) = (
      SELECT CASE WHEN past.is_over THEN 1 ELSE n.failed_count + 1 END,
             CASE WHEN past.is_over THEN $2 ELSE n.window_start_at END,
             CASE WHEN NOT past.is_over AND n.failed_count + 1 >= $5::int THEN $4::timestamptz END
        FROM (SELECT n.blocked_until IS NOT NULL OR n.window_start_at <= $3 AS is_over) past)
    WHERE n.blocked_until IS NULL OR n.blocked_until <= $2
  RETURNING failed_count`;

/** Until when one of the networks in the first placeholder is blocked at the time in the second; null when none is. */
export const blockedUntil = (keys: string, at: string) => `
  SELECT max(blocked_until) FROM network_failures WHERE network_key = ANY(${keys}::text[]) AND blocked_until > ${at}`;

/** The refusal of a sign-in from a network that is blocked until then. */
export function networkBlocked(until: Date): AppError {
  return new AppError("over_limit", "Too many failed sign-ins from your network. Please try again later.", {
    reason: "rate_limited",
    retryAfterSeconds: Math.max(1, Math.ceil((until.getTime() - now().getTime()) / 1_000)),
  });
}

/** Counts one failure. Reaching the limit blocks the address or the prefix, and says so once. */
export async function countNetworkFailure(ip: string): Promise<void> {
  const { ipLockout, rateLimitScale } = config();
  const failuresMax = Math.max(1, Math.round(ipLockout.failuresMax * rateLimitScale));
  const windowStart = fromNow(-ipLockout.windowSeconds * 1_000);
  const values = [networkKeys(ip), now(), windowStart, fromNow(ipLockout.blockSeconds * 1_000), failuresMax];
  const query = { name: "network_count", text: COUNT, values };
  const { rows } = await pool().query<{ failed_count: number }>(query);
  for (const { failed_count } of rows) {
    if (failed_count < failuresMax) continue;
    authNetworkBlocksTotal.inc();
    log.warn(
      { event: "auth.network_blocked", failures: failed_count },
      "a network is blocked from signing in",
    );
  }
}

export function networkKeys(ip: string): string[] {
  return [`ip:${addressHash(ip)}`, `prefix:${hmac("ip-prefix", networkPrefix(ip))}`];
}
