// Whether somebody may go on reading, asked again and again while a long answer lasts: on a timer, and at once when a
// message says that something about the person has changed. The database decides; a message only wakes.

import { sleep } from "../../platform/clock";
import { publish, subscribe } from "../../platform/events";
import { isOutage } from "../../platform/outage";

const ASK_INTERVAL_MS = 4_000;
/** A message may overtake the transaction it tells of, so the question is repeated for a while after one. */
const EAGER_MS = 1_500;
const EAGER_INTERVAL_MS = 150;

/** Says to all instances that a person's sessions or rights have changed or are about to; open streams ask again. */
export function announceStanding(userId: string): void {
  publish(channelOf(userId), "changed");
}

export interface Standing {
  /** What the first refusal threw, or null. */
  refusal(): unknown;
}

/** Calls `ask` until `ending` aborts; the first refusal aborts it. An outage of the database refuses nobody. */
export function keepStanding(userId: string, ending: AbortController, ask: () => Promise<void>): Standing {
  let refusal: unknown = null;
  const alarm = new Alarm(userId, ending.signal);
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

interface StandingStream<Item> {
  userId: string;
  signal: AbortSignal | undefined;
  /** Throws once the person may no longer read. */
  ask: () => Promise<void>;
  open: (signal: AbortSignal) => AsyncIterable<Item>;
  /** Gives back what the stream held; called once, however it ends. */
  release: () => Promise<void>;
}

/** What `open` answers, wrapped, for as long as the person may read it: then the iteration throws the refusal. */
export async function* whileStanding<Item, Envelope>(
  { userId, signal, ask, open, release }: StandingStream<Item>,
  wrap: (item: Item) => Envelope,
): AsyncGenerator<Envelope, void, void> {
  const ending = new AbortController();
  const end = () => ending.abort();
  signal?.addEventListener("abort", end, { once: true });
  if (signal?.aborted) end();
  const standing = keepStanding(userId, ending, ask);
  try {
    for await (const item of open(ending.signal)) yield wrap(item);
    const refusal = standing.refusal();
    if (refusal !== null) throw refusal;
  } finally {
    end();
    signal?.removeEventListener("abort", end);
    await release();
  }
}

/** Sleeps between two questions; messages about the person cut the sleep short. */
class Alarm {
  private eagerUntilMs = 0;
  private nap = new AbortController();

  constructor(
    userId: string,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener("abort", () => this.nap.abort(), { once: true });
    // Until messages are heard, and where they cannot be, the timer does.
    this.listen(userId).catch(() => {});
  }

  async rest(): Promise<void> {
    this.nap = new AbortController();
    if (this.signal.aborted) return;
    await sleep(Date.now() < this.eagerUntilMs ? EAGER_INTERVAL_MS : ASK_INTERVAL_MS, this.nap.signal);
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
