// The brake on floods: every request of an address is counted here, in memory, and the sums are exchanged with the
// shared counter about once a second. Approximate by at most one second's hits of the other instances, and free of
// round trips; what must be exact is counted by name with `consumeLimits`.

import { GENERAL_LIMIT } from "./limit-table";
import { scaleLimit, sharedStore, stateOf } from "./rate-limit";
import type { Limit, LimitState } from "./rate-limit-store";

const EXCHANGE_INTERVAL_MS = 1_000;
const KEYS_MAX = 20_000;

interface Tally {
  hits: number;
  unshared: number;
  endsAtMs: number;
}

const tallies = new Map<string, Tally>();
let isExchangeDue = false;

/** Counts one request of this address. Never waits and never throws. */
export function countRequest(ip: string): LimitState {
  const limit = scaleLimit({ ...GENERAL_LIMIT, key: ip });
  const tally = tallyOf(limit);
  tally.hits += 1;
  tally.unshared += 1;
  if (!isExchangeDue) setTimeout(exchange, EXCHANGE_INTERVAL_MS).unref();
  isExchangeDue = true;
  return stateOf(limit, tally);
}

function tallyOf(limit: Limit): Tally {
  const nowMs = Date.now();
  const known = tallies.get(limit.key);
  if (known !== undefined && known.endsAtMs > nowMs) return known;
  if (tallies.size >= KEYS_MAX) makeRoom(nowMs);
  const tally = { hits: 0, unshared: 0, endsAtMs: nowMs + limit.windowSeconds * 1_000 };
  tallies.set(limit.key, tally);
  return tally;
}

function makeRoom(nowMs: number): void {
  for (const [key, tally] of tallies) if (tally.endsAtMs <= nowMs) tallies.delete(key);
  for (const key of tallies.keys()) {
    if (tallies.size < KEYS_MAX) break;
    tallies.delete(key);
  }
}

// A store that is away changes nothing: this process goes on with its own sums.
async function exchange(): Promise<void> {
  isExchangeDue = false;
  const due = [...tallies].filter(([, tally]) => tally.unshared > 0);
  const sent = due.map(([key, tally]) => ({ ...GENERAL_LIMIT, key, weight: tally.unshared }));
  if (sent.length === 0) return;
  for (const [, tally] of due) tally.unshared = 0;
  const windows = await sharedStore()
    .hit(sent)
    .catch(() => []);
  windows.forEach((window, index) => {
    const tally = due[index]?.[1];
    if (tally === undefined) return;
    tally.hits = window.hits + tally.unshared;
    tally.endsAtMs = window.endsAtMs;
  });
}
