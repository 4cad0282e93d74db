// Time. Tests may travel: everything that compares instants asks `now()`.

let offsetMs = 0;

/** The current instant. */
export function now(): Date {
  return new Date(Date.now() + offsetMs);
}

/** Moves `now()` by this many milliseconds from real time; tests alone call it. */
export function travel(ms: number): void {
  offsetMs = ms;
}

/** An instant this many milliseconds after now (before, when negative). */
export function fromNow(ms: number): Date {
  return new Date(now().getTime() + ms);
}

/** Waits; resolves early, without an error, when the signal aborts. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done, { once: true });
  });
}
