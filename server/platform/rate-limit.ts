// Counting requests against limits. A window is fixed when it opens: later hits neither move its end nor extend it.
// All limits of a call are counted in one step; the answer is the tightest. When the shared counter is away, each
// process counts for itself, with fewer points; "no limit" is never an answer.

import { config } from "./config";
import { logger } from "./logger";
import { rateLimitBlockTotal, rateLimitHitsTotal } from "./metrics";
import { networkList, parseAddress } from "./networks";
import { MemoryLimitStore } from "./rate-limit-memory";
import { postgresLimitStore } from "./rate-limit-postgres";
import { redisLimitStore } from "./rate-limit-redis";
import type { CountedWindow, Limit, LimitState, LimitStore } from "./rate-limit-store";

const FALLBACK_SHARE = 0.5;
const FALLBACK_LOG_INTERVAL_MS = 10_000;

const log = logger("rate-limit");
const fallback = new MemoryLimitStore();
let shared: LimitStore | undefined;
let lastComplaintAtMs = 0;

/** Counts one hit against each limit and answers the state of the tightest one. Does not throw. */
export async function consumeLimits(limits: Limit[]): Promise<LimitState> {
  const scaled = limits.map(scaleLimit);
  const states = await countAll(scaled);
  const tightest = states.reduce((left, right) => (isTighter(right, left) ? right : left));
  for (const limit of limits)
    rateLimitHitsTotal.inc({ quota: limit.name, scope: limit.name.split(".")[1] ?? "" });
  if (!tightest.allowed) rateLimitBlockTotal.inc();
  return tightest;
}

/** Whether an address registers without quotas (SIGNUP_QUOTA_ALLOWLIST). */
export function isQuotaWaived(limitName: string, ip: string): boolean {
  const { signupQuotaAllowlist } = config();
  if (signupQuotaAllowlist.length === 0 || !limitName.startsWith("register.")) return false;
  const address = parseAddress(ip);
  return address !== null && networkList(signupQuotaAllowlist)(address);
}

/** Ends the store's connections; the next call opens new ones. */
export function resetRateLimits(): void {
  shared = undefined;
  fallback.clear();
}

async function countAll(limits: Limit[]): Promise<LimitState[]> {
  try {
    const windows = await sharedStore().hit(limits);
    return limits.map((limit, index) => stateOf(limit, windows[index]));
  } catch (error) {
    complain(error);
    const smaller = limits.map((limit) => ({ ...limit, points: Math.ceil(limit.points * FALLBACK_SHARE) }));
    const windows = fallback.hitNow(smaller);
    return smaller.map((limit, index) => stateOf(limit, windows[index]));
  }
}

/** The counter that all instances share. */
export function sharedStore(): LimitStore {
  const url = config().rateLimitRedisUrl;
  shared ??= url === null ? postgresLimitStore() : redisLimitStore(url);
  return shared;
}

/** What a counted window means for a limit. */
export function stateOf(limit: Limit, window: CountedWindow | undefined): LimitState {
  const nowMs = Date.now();
  const hits = window?.hits ?? 1;
  const endsAtMs = window?.endsAtMs ?? nowMs + limit.windowSeconds * 1_000;
  return {
    name: limit.name,
    allowed: hits <= limit.points,
    limit: limit.points,
    remaining: Math.max(0, limit.points - hits),
    resetAt: Math.ceil(endsAtMs / 1_000),
    retryAfterSeconds: Math.max(1, Math.ceil((endsAtMs - nowMs) / 1_000)),
  };
}

export function scaleLimit(limit: Limit): Limit {
  return { ...limit, points: Math.max(1, Math.round(limit.points * config().rateLimitScale)) };
}

function isTighter(left: LimitState, right: LimitState): boolean {
  if (left.allowed !== right.allowed) return !left.allowed;
  if (!left.allowed) return left.retryAfterSeconds > right.retryAfterSeconds;
  return left.remaining < right.remaining;
}

function complain(error: unknown): void {
  if (Date.now() - lastComplaintAtMs < FALLBACK_LOG_INTERVAL_MS) return;
  lastComplaintAtMs = Date.now();
  log.warn(
    { event: "rate_limit.fallback", err: error },
    "the shared counter is away; counting in this process",
  );
}
