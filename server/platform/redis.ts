// Connections to Redis, one per purpose and URL. Redis is never the only home of anything: every user of a connection
// goes on when it is away.

import { once } from "node:events";
import { Redis } from "ioredis";
import { logger } from "./logger";

const log = logger("redis");

const RETRY_DELAY_MS_MAX = 2_000;
const COMMAND_TIMEOUT_MS = 1_000;

const FIRST_CONNECT_TIMEOUT_MS = 3_000;

const open = new Set<Redis>();
const settled = new WeakSet<Redis>();

/** A connection that reconnects for ever and refuses commands at once while it is down. */
export function connectRedis(url: string, purpose: string): Redis {
  const redis = new Redis(url, {
    connectionName: `parley-${purpose}`,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
    retryStrategy: (attempt) => Math.min(attempt * 50, RETRY_DELAY_MS_MAX),
  });
  let isDown = false;
  redis.on("error", (error: Error) => {
    if (!isDown) log.warn({ event: "redis.down", purpose, err: error }, "redis is away");
    isDown = true;
  });
  redis.on("ready", () => {
    if (isDown) log.info({ event: "redis.up", purpose }, "redis is back");
    isDown = false;
  });
  redis.on("end", () => open.delete(redis));
  open.add(redis);
  return redis;
}

/**
 * Resolves when a connection that was just made is there, or has failed for the first time, or after three seconds. One that
 * is lost later is not waited for: its commands are refused at once.
 */
export async function untilConnected(redis: Redis): Promise<void> {
  if (redis.status === "ready" || settled.has(redis)) return;
  const timeout = AbortSignal.timeout(FIRST_CONNECT_TIMEOUT_MS);
  await once(redis, "ready", { signal: timeout }).catch(() => {});
  settled.add(redis);
}

/** Closes every connection at once. */
export function closeRedis(): void {
  for (const redis of open) redis.disconnect();
  open.clear();
}
