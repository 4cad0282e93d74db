// The newest events of each workspace in Redis, so that pages which come back after an interruption do not all ask the
// database: one stream per workspace whose entry ids are the events' own numbers. What is not there is in the database.

import type { Redis } from "ioredis";
import { config } from "../../platform/config";
import { connectRedis, untilConnected } from "../../platform/redis";
import type { TenantId } from "../../platform/tenant-db";
import { REPLAY_EVENTS_MAX, REPLAY_HOURS } from "../terms";
import type { BillingEvent } from "./channel";

const KEPT_SECONDS = REPLAY_HOURS * 3_600;
const PAGE_ENTRIES = 200;
/** An entry with this number or a higher one is there already: Redis 7 refuses to go back. */
const TEXT_THERE = /equal or smaller than the target stream top item/;

let open: { url: string; redis: Redis } | undefined;

/** Keeps these events of one workspace; repeated, it changes nothing. Throws while Redis is away. */
export async function keepEvents(tenantId: TenantId, events: readonly BillingEvent[]): Promise<void> {
  const redis = await connection();
  if (redis === null) return;
  const key = keyOf(tenantId);
  const pipeline = redis.pipeline();
  for (const event of events) {
    const id = `${event.seq}-0`;
    pipeline.xadd(key, "MAXLEN", "~", REPLAY_EVENTS_MAX, id, "event", JSON.stringify(event));
  }
  pipeline.expire(key, KEPT_SECONDS);
  for (const [error] of (await pipeline.exec()) ?? []) {
    if (error && !TEXT_THERE.test(error.message)) throw error;
  }
}

/** The kept events that follow this number without a gap; none when the next one is not kept, or Redis is away. */
export async function keptAfter(tenantId: TenantId, seq: number): Promise<BillingEvent[]> {
  const redis = await connection();
  if (redis === null) return [];
  const entries = await redis
    .xrange(keyOf(tenantId), `${seq + 1}-0`, "+", "COUNT", PAGE_ENTRIES)
    .catch(() => []);
  const events = entries.map(([, [, text]]) => JSON.parse(text ?? "null") as BillingEvent);
  const gap = events.findIndex((event, n) => event.seq !== seq + 1 + n);
  return gap === -1 ? events : events.slice(0, gap);
}

/** Whether streams can be answered: without Redis always, with it while it answers. */
export async function canKeep(): Promise<boolean> {
  const redis = await connection();
  if (redis === null) return true;
  return redis.ping().then(
    () => true,
    () => false,
  );
}

async function connection(): Promise<Redis | null> {
  const url = config().streamRedisUrl;
  if (url === null) return null;
  if (open?.url !== url || open.redis.status === "end") open = { url, redis: connectRedis(url, "billing") };
  await untilConnected(open.redis);
  return open.redis;
}

function keyOf(tenantId: TenantId): string {
  return `parley:billing:${tenantId}`;
}
