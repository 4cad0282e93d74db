// Messages between instances, by channel. Subscribers in this process get a message at once, in the caller's turn, and
// as the very object that was published: nobody changes it. Other instances get it as JSON through Redis, or through
// PostgreSQL's NOTIFY. Nothing is kept: whoever subscribes late, or while the connection was down, reads the database.
// Order is kept per channel and instance.

import { config } from "./config";
import type { DriverEvents, EventsDriver } from "./events-driver";
import { postgresEvents } from "./events-postgres";
import { redisEvents } from "./events-redis";
import { logger } from "./logger";

/** Anything that JSON can say. */
export type Message = unknown;
export type Listener = (message: Message) => void;

/** NOTIFY takes less than 8,000 bytes, several messages together included. */
const MESSAGE_BYTES_MAX = 7_000;

const log = logger("events");
const listeners = new Map<string, Set<Listener>>();
const reconnectListeners = new Set<() => void>();
let driver: EventsDriver | undefined;

/**
 * Tells everyone who listens on this channel. Messages are short (ids and deltas); of one above 7,000 bytes of JSON other
 * instances get only the `brief` form, if there is one, and read the rest in the database.
 */
export function publish<Sent extends Message>(
  channel: string,
  message: Sent,
  brief?: (message: Sent) => Message,
): void {
  deliver(channel, message);
  const away = openDriver();
  if (!away.hasListeners()) return;
  const text = JSON.stringify(message);
  if (Buffer.byteLength(text) <= MESSAGE_BYTES_MAX) away.publish(channel, text);
  else if (brief) away.publish(channel, JSON.stringify(brief(message)));
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
  const events: DriverEvents = {
    onMessage: (channel, text) => deliver(channel, JSON.parse(text)),
    onReconnect: announceReconnect,
  };
  driver ??= url === null ? postgresEvents(config().databaseUrl, events) : redisEvents(url, events);
  return driver;
}

function deliver(channel: string, message: Message): void {
  const known = listeners.get(channel);
  if (known === undefined) return;
  for (const listener of [...known]) callSafely(listener, message);
}

function announceReconnect(): void {
  for (const listener of [...reconnectListeners]) callSafely(listener, undefined);
}

function callSafely(listener: Listener, message: Message): void {
  try {
    listener(message);
  } catch (error) {
    log.error({ event: "events.listener_failed", err: error }, "a listener failed");
  }
}
