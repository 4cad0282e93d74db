// Follows one run to its end. The stream is the main road: its events are handed over in one batch per frame. When the
// stream is silent or broken, the newest messages are read instead, so that an answer arrives without streams, too. A page
// that stays hidden closes its stream, since a browser has few connections for all of its pages: it looks now and then
// whether the answer has ended, and goes on with the stream when it is shown.

import type { RunEvent } from "./run-fold";

const SILENCE_MS = 4_000;
const POLL_MS = 2_000;
const REOPEN_MS = 10_000;
const HIDDEN_FLUSH_MS = 250;
const HIDDEN_CLOSE_MS = 10_000;
const HIDDEN_POLL_MS = 15_000;

export interface RunSource {
  open(
    lastEventId: string | null,
    listener: { onStarted(): void; onEvent(id: string, event: RunEvent): void; onError(): void },
  ): () => void;
  /** Reads what is stored; true when the run is over. */
  poll(): Promise<boolean>;
}

/** Hands over events in order until the run ends or the answer is called. */
export function watchRun(source: RunSource, onEvents: (events: readonly RunEvent[]) => void): () => void {
  const watch = new RunWatch(source, onEvents);
  watch.open();
  return () => watch.close();
}

class RunWatch {
  private queue: RunEvent[] = [];
  private lastEventId: string | null = null;
  private heardAtMs = Date.now();
  private openedAtMs = 0;
  private seenAtMs = Date.now();
  private polledAtMs = 0;
  private closeStream: (() => void) | null = null;
  private cancelFlush: (() => void) | null = null;
  private isPolling = false;
  private isOver = false;
  private readonly clock = setInterval(() => this.tick(), POLL_MS);

  constructor(
    private readonly source: RunSource,
    private readonly onEvents: (events: readonly RunEvent[]) => void,
  ) {
    document.addEventListener("visibilitychange", this.turned);
  }

  open(): void {
    this.openedAtMs = Date.now();
    this.closeStream = this.source.open(this.lastEventId, {
      onStarted: () => this.heard(),
      onEvent: (id, event) => this.take(id, event),
      onError: () => this.lose(),
    });
  }

  close(): void {
    this.isOver = true;
    clearInterval(this.clock);
    document.removeEventListener("visibilitychange", this.turned);
    this.cancelFlush?.();
    this.closeStream?.();
    this.closeStream = null;
  }

  private take(id: string, event: RunEvent): void {
    if (this.isOver || !isAfter(id, this.lastEventId)) return;
    this.lastEventId = id;
    this.heard();
    this.queue.push(event);
    if (event.type === "final" || event.type === "error") this.flush();
    else this.cancelFlush ??= nextFrame(() => this.flush());
  }

  private flush(): void {
    this.cancelFlush?.();
    this.cancelFlush = null;
    const events = this.queue;
    this.queue = [];
    const isLast = events.some((event) => event.type === "final" || event.type === "error");
    if (isLast) this.close();
    if (events.length > 0) this.onEvents(events);
  }

  private lose(): void {
    this.closeStream?.();
    this.closeStream = null;
    this.heardAtMs = 0;
    this.tick();
  }

  private heard(): void {
    this.heardAtMs = Date.now();
  }

  private readonly turned = (): void => {
    if (document.visibilityState === "hidden") this.seenAtMs = Date.now();
    else if (this.closeStream === null) this.open();
  };

  private tick(): void {
    if (this.isOver) return;
    if (document.visibilityState === "hidden") this.rest();
    else this.follow();
  }

  private follow(): void {
    if (this.closeStream === null && Date.now() - this.openedAtMs > REOPEN_MS) this.open();
    if (Date.now() - this.heardAtMs >= SILENCE_MS) this.poll();
  }

  private rest(): void {
    if (Date.now() - this.seenAtMs < HIDDEN_CLOSE_MS) return;
    this.closeStream?.();
    this.closeStream = null;
    if (Date.now() - this.polledAtMs >= HIDDEN_POLL_MS) this.poll();
  }

  private poll(): void {
    if (this.isPolling) return;
    this.isPolling = true;
    this.polledAtMs = Date.now();
    this.source
      .poll()
      .then((isOver) => {
        if (isOver) this.close();
      })
      .catch(() => undefined)
      .finally(() => {
        this.isPolling = false;
      });
  }
}

/** Event ids are `<fence>-<sequence>`, rising; what came before is a repetition. */
function isAfter(id: string, last: string | null): boolean {
  if (last === null) return true;
  const [fence = 0, sequence = 0] = id.split("-").map(Number);
  const [lastFence = 0, lastSequence = 0] = last.split("-").map(Number);
  return fence > lastFence || (fence === lastFence && sequence > lastSequence);
}

/** A hidden page draws no frames, but its answer still has to arrive. */
function nextFrame(run: () => void): () => void {
  if (document.visibilityState === "hidden") {
    const timer = setTimeout(run, HIDDEN_FLUSH_MS);
    return () => clearTimeout(timer);
  }
  const frame = requestAnimationFrame(run);
  return () => cancelAnimationFrame(frame);
}
