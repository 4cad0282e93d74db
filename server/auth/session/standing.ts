// Whether somebody may go on reading, asked again and again while a long answer lasts: on a timer, and at once when a
// message says that something about the person has changed. The database decides; a message only wakes. What has signs is
// watched by them, together with all other open streams, and asked in full once a minute and when a sign has changed.

import { sleep } from "../../platform/clock";
import { publish, subscribe } from "../../platform/events";
import { Feed } from "../../platform/feed";
import { isOutage } from "../../platform/outage";
import { type Sign, watchSigns } from "../../platform/signs";

const ASK_INTERVAL_MS = 4_000;
/** For those with signs. No two ask at the same pace, so that what opened together does not ask together. */
const ASK_IN_FULL_MS = { least: 45_000, most: 60_000 };
/** A message may overtake the transaction it tells of, so the question is repeated for a while after one. */
const EAGER_MS = 1_500;
const EAGER_INTERVAL_MS = 150;

/** Says to all instances that a person's sessions or rights have changed or are about to; open streams ask again. */
export function announceStanding(userId: string): void {
  publish(channelOf(userId), "changed");
}

/** How it is found out whether a stream may stay open. */
export interface Recheck {
  /** Asks for everything; throws once the person may no longer read. */
  ask: () => Promise<unknown>;
  /** As long as these are as they were, everything need not be asked; null where it has to be each time. */
  signs: readonly Sign[] | null;
}

export interface Standing {
  /** What the first refusal threw, or null. */
  refusal(): unknown;
}

/** Asks until `ending` aborts; the first refusal aborts it. An outage of the database refuses nobody. */
export function keepStanding(userId: string, ending: AbortController, { ask, signs }: Recheck): Standing {
  let refusal: unknown = null;
  const alarm = new Alarm(userId, ending.signal, signs);
  const watch = async () => {
    while (!ending.signal.aborted) {
      await alarm.rest();
      if (ending.signal.aborted) return;
      try {
        await ask();
      } catch (error) {
        if (isOutage(error)) continue;
        refusal = error;
        ending.abort();
      }
    }
  };
  void watch();
  return { refusal: () => refusal };
}

const openStreams = new Set<Promise<void>>();

/** Resolves when every stream that is open now has given back what it held: they have been told to end. */
export async function untilStreamsEnd(): Promise<void> {
  await Promise.all(openStreams);
}

interface StandingStream<Item> {
  userId: string;
  signal: AbortSignal | undefined;
  recheck: Recheck;
  open: (signal: AbortSignal) => Feed<Item>;
  /** Gives back what the stream held; called once, however it ends. */
  release: () => Promise<void>;
}

/** What `open` answers, wrapped, for as long as the person may read it: then the feed throws the refusal. */
export function whileStanding<Item, Envelope>(
  { userId, signal, recheck, open, release }: StandingStream<Item>,
  wrap: (item: Item) => Envelope,
): Feed<Envelope> {
  return new Feed(async (sink) => {
    const ending = new AbortController();
    const end = () => ending.abort();
    signal?.addEventListener("abort", end, { once: true });
    if (signal?.aborted) end();
    const noteClosed = noteOpen();
    const standing = keepStanding(userId, ending, recheck);
    try {
      await open(ending.signal).into({
        take: (item) => sink.take(wrap(item)),
        ready: () => sink.ready(),
      });
      const refusal = standing.refusal();
      if (refusal !== null) throw refusal;
    } finally {
      end();
      signal?.removeEventListener("abort", end);
      await release().finally(noteClosed);
    }
  });
}

function noteOpen(): () => void {
  let closing = () => {};
  const closed = new Promise<void>((resolve) => {
    closing = resolve;
  });
  openStreams.add(closed);
  return () => {
    openStreams.delete(closed);
    closing();
  };
}

/** Sleeps between two questions; messages about the person and changed signs cut the sleep short. */
class Alarm {
  private eagerUntilMs = 0;
  private nap = new AbortController();
  private readonly intervalMs: number;

  constructor(
    userId: string,
    private readonly signal: AbortSignal,
    signs: readonly Sign[] | null,
  ) {
    const { least, most } = ASK_IN_FULL_MS;
    this.intervalMs = signs === null ? ASK_INTERVAL_MS : least + Math.random() * (most - least);
    const wake = () => this.nap.abort();
    signal.addEventListener("abort", wake, { once: true });
    if (signs !== null && !signal.aborted)
      signal.addEventListener("abort", watchSigns(signs, wake), { once: true });
    // Until messages are heard, and where they cannot be, the timer does.
    this.listen(userId).catch(() => {});
  }

  async rest(): Promise<void> {
    this.nap = new AbortController();
    if (this.signal.aborted) return;
    await sleep(Date.now() < this.eagerUntilMs ? EAGER_INTERVAL_MS : this.intervalMs, this.nap.signal);
  }

  private async listen(userId: string): Promise<void> {
    const forget = await subscribe(channelOf(userId), () => {
      this.eagerUntilMs = Date.now() + EAGER_MS;
      this.nap.abort();
    });
    if (this.signal.aborted) forget();
    else this.signal.addEventListener("abort", forget, { once: true });
  }
}

function channelOf(userId: string): string {
  return `standing:${userId}`;
}
