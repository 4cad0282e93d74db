// What the counters of rate limits have in common, wherever they are kept.

import { rateLimitViolationsTotal } from "./metrics";

export interface Limit {
  /** Which rule this is; part of the counter's key. */
  name: string;
  /** Whose counter: an address, a user id, a tenant id. */
  key: string;
  points: number;
  windowSeconds: number;
  /** How many hits this call counts for; 1 unless told. */
  weight?: number;
}

export interface LimitState {
  name: string;
  allowed: boolean;
  limit: number;
  remaining: number;
  /** Epoch seconds at which the window ends. */
  resetAt: number;
  retryAfterSeconds: number;
}

export interface CountedWindow {
  /** Hits so far in this window, this one included. */
  hits: number;
  endsAtMs: number;
}

export interface LimitStore {
  /** Counts each limit's weight, in order; one answer per limit. Throws when the store is away. */
  hit(limits: Limit[]): Promise<CountedWindow[]>;
}

/** The name under which a limit is counted in every store. */
export function counterKey(limit: Limit): string {
  return `${limit.name}:${limit.windowSeconds}:${limit.key}`;
}

/** Counts a request that this limit refused. Its endpoint is the limit's name without whose counter it was. */
export function countViolation(limitName: string): void {
  rateLimitViolationsTotal.inc({ endpoint: limitName.split(".")[0] ?? "" });
}
