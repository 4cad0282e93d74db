// Rates of a person and of a tenant, counted where a request is about to cost something. The tightest one goes out with
// the answer as headers, also when it refuses.

import { AppError } from "../platform/errors";
import { LIMITS, type LimitName } from "../platform/limit-table";
import { consumeLimits } from "../platform/rate-limit";
import type { LimitState } from "../platform/rate-limit-store";
import { noteLimit } from "../request";
import type { Scope } from "../tenants/scope";

/** Says in headers and log which limit has refused. */
export function noteBlocked(scope: Scope, state: LimitState): void {
  noteLimit(scope.request.reply, state);
  scope.logger.warn({ event: "rate_limit.block", limit: state.name }, "refused by a rate limit");
}

/** Counts one hit against these limits. Throws `over_limit` with the time to wait when one of them is used up. */
export async function requireRate(scope: Scope, names: LimitName[], message: string): Promise<void> {
  const keyOf = (name: LimitName) => (LIMITS[name].scope === "tenant" ? scope.tenantId : scope.userId);
  const state = await consumeLimits(names.map((name) => ({ name, key: keyOf(name), ...LIMITS[name] })));
  if (state.allowed) return noteLimit(scope.request.reply, state);
  noteBlocked(scope, state);
  throw new AppError("over_limit", message, {
    reason: "rate_limited",
    retryAfterSeconds: state.retryAfterSeconds,
  });
}
