// The counter of one process: the fallback of the shared ones, and their contract in its simplest form.

import { type CountedWindow, counterKey, type Limit, type LimitStore } from "./rate-limit-store";

const KEYS_MAX = 50_000;

export class MemoryLimitStore implements LimitStore {
  private readonly windows = new Map<string, CountedWindow>();

  async hit(limits: Limit[]): Promise<CountedWindow[]> {
    return this.hitNow(limits);
  }

  hitNow(limits: Limit[]): CountedWindow[] {
    const nowMs = Date.now();
    return limits.map((limit) => {
      const key = counterKey(limit);
      const open = this.windows.get(key);
      if (open !== undefined && open.endsAtMs > nowMs) {
        open.hits += limit.weight ?? 1;
        return { ...open };
      }
      const window = { hits: limit.weight ?? 1, endsAtMs: nowMs + limit.windowSeconds * 1_000 };
      this.makeRoom(nowMs);
      this.windows.set(key, window);
      return { ...window };
    });
  }

  clear(): void {
    this.windows.clear();
  }

  // Ended windows go first; under a flood of addresses the oldest go too, so that memory stays bounded.
  private makeRoom(nowMs: number): void {
    if (this.windows.size < KEYS_MAX) return;
    for (const [key, window] of this.windows) if (window.endsAtMs <= nowMs) this.windows.delete(key);
    for (const key of this.windows.keys()) {
      if (this.windows.size < KEYS_MAX) break;
      this.windows.delete(key);
    }
  }
}
