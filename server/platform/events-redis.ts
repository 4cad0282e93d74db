// Events through Redis pub/sub: one connection that publishes, one that subscribes. A message carries the instance it
// came from, since Redis sends a publisher its own messages too.

import type { DriverEvents, EventsDriver } from "./events-driver";
import { randomToken } from "./ids";
import { connectRedis, untilConnected } from "./redis";

const PREFIX = "parley:events:";
const ORIGIN_BYTES = 6;

/** The driver on this Redis. ioredis subscribes again by itself after an interruption. */
export function redisEvents(url: string, events: DriverEvents): EventsDriver {
  const origin = randomToken(ORIGIN_BYTES);
  const publisher = connectRedis(url, "publish");
  const subscriber = connectRedis(url, "subscribe");
  const wanted = new Set<string>();
  let wasReady = false;

  subscriber.on("message", (name: string, text: string) => {
    if (!text.startsWith(origin))
      events.onMessage(name.slice(PREFIX.length), text.slice(text.indexOf("|") + 1));
  });
  subscriber.on("ready", () => {
    const names = [...wanted].map((channel) => PREFIX + channel);
    const isBack = wasReady;
    wasReady = true;
    if (names.length === 0) return;
    subscriber.subscribe(...names).then(() => isBack && events.onReconnect(), ignore);
  });

  return {
    hasListeners: () => true,
    publish: (channel, message) => {
      publisher.publish(PREFIX + channel, `${origin}|${message}`).catch(ignore);
    },
    subscribe: async (channel) => {
      wanted.add(channel);
      await untilConnected(subscriber);
      await subscriber.subscribe(PREFIX + channel).catch(ignore);
    },
    unsubscribe: (channel) => {
      wanted.delete(channel);
      subscriber.unsubscribe(PREFIX + channel).catch(ignore);
    },
    close: async () => {
      publisher.disconnect();
      subscriber.disconnect();
    },
  };
}

// What is lost while Redis is away is read from the database; the connection itself reports that it is down.
function ignore(): void {}
