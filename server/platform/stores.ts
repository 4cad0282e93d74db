// What a process holds open elsewhere: PostgreSQL's pools, the channel of events, Redis.

import { closeDatabases } from "./db";
import { closeEvents } from "./events";
import { resetRateLimits } from "./rate-limit";
import { closeRedis } from "./redis";

/** Ends every connection of this process; whatever is used next opens new ones. */
export async function closeStores(): Promise<void> {
  resetRateLimits();
  await closeEvents();
  closeRedis();
  await closeDatabases();
}
