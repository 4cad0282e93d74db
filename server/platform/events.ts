// Messages between instances, by channel. Subscribers in this process get a message at once, in the caller's turn;
// other instances get it through Redis, or through PostgreSQL's NOTIFY. Nothing is kept: whoever subscribes late, or
// while the connection was down, reads the database. Order is kept per channel and instance.

import { config } from "./config";
import type { DriverEvents, EventsDriver } from "./events-driver";
import { postgresEvents } from "./events-postgres";
import { redisEvents } from "./events-redis";
import { logger } from "./logger";

export type Listener = (message: string) => void;

const log = logger("events");
const listeners = new Map<string, Set<Listener>>();
const reconnectListeners = new Set<() => void>();
let driver: EventsDriver | undefined;

/**
 * Tells everyone who listens on this channel. Messages are short (ids and deltas, under 7,000 bytes on PostgreSQL;
 * longer ones reach this process only, and the others read the database).
 */
export function publish(channel: string, message: string): void {
  deliver(channel, message);
  openDriver().publish(channel, message);
}

/** Calls `listener` with every message from now on; the answer ends it. Listeners must not throw and not block. */
export async function subscribe(channel: string, listener: Listener): Promise<() => void> {
  const known = listeners.get(channel) ?? new Set();
  listeners.set(channel, known);
  known.add(listener);
  if (known.size === 1) await openDriver().subscribe(channel);
  return () => {
    known.delete(listener);
    if (known.size > 0 || listeners.get(channel) !== known) return;
    listeners.delete(channel);
    driver?.unsubscribe(channel);
  };
}

/** Calls `listener` after an interruption, when messages may have been missed; the answer ends it. */
export function onReconnect(listener: () => void): () => void {
  reconnectListeners.add(listener);
  return () => {
    reconnectListeners.delete(listener);
  };
}

/** Ends the connections; the next use opens new ones. */
export async function closeEvents(): Promise<void> {
  const open = driver;
  driver = undefined;
  listeners.clear();
  reconnectListeners.clear();
  await open?.close();
}

function openDriver(): EventsDriver {
  const url = config().streamRedisUrl;
  const events: DriverEvents = { onMessage: deliver, onReconnect: announceReconnect };
  driver ??= url === null ? postgresEvents(config().databaseUrl, events) : redisEvents(url, events);
  return driver;
}

function deliver(channel: string, message: string): void {
  const known = listeners.get(channel);
  if (known === undefined) return;
  for (const listener of [...known]) callSafely(() => listener(message));
}

function announceReconnect(): void {
  for (const listener of [...reconnectListeners]) callSafely(listener);
}

function callSafely(call: () => void): void {
  try {
    call();
  } catch (error) {
    log.error({ event: "events.listener_failed", err: error }, "a listener failed");
  }
}
