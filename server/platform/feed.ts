// Items that are handed over in the turn in which they appear. Whoever writes them on is a sink, and no item costs a promise;
// whoever would rather wait for them reads the feed as any iterable, one at a time.

export interface Sink<Item> {
  /** Takes an item; answers whether it takes another one at once. */
  take(item: Item): boolean;
  /** Resolves when it takes items again, at once if it does already by then; rejects when it never will. */
  ready(): Promise<void>;
}

export class Feed<Item> implements AsyncIterable<Item> {
  /** `into` hands over every item, waits for a sink that is full, and resolves after the last one. */
  constructor(readonly into: (sink: Sink<Item>) => Promise<void>) {}

  /** What an iterable yields. */
  static of<Item>(items: AsyncIterable<Item>): Feed<Item> {
    return new Feed(async (sink) => {
      for await (const item of items) await put(sink, item);
    });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void> {
    const hand = new Hand<Item>();
    const fed = this.into(hand).then(hand.end, hand.fail);
    try {
      for (let held = await hand.next(); held; held = await hand.next()) yield held.item;
    } finally {
      hand.leave();
      await fed;
    }
  }
}

/** Hands over one item, and resolves when the sink takes the next one. */
export async function put<Item>(sink: Sink<Item>, item: Item): Promise<void> {
  if (!sink.take(item)) await sink.ready();
}

/** A sink that holds one item at a time and is ready when it is asked for the next one: a reader may leave between two. */
class Hand<Item> implements Sink<Item> {
  private held: { item: Item } | null = null;
  private isAsked = false;
  private hasLeft = false;
  private outcome: { error: unknown } | "done" | null = null;
  private waiting: { resolve(): void; reject(error: Error): void } | undefined;
  private wake = () => {};

  take(item: Item): boolean {
    this.held = { item };
    this.isAsked = false;
    this.wake();
    return false;
  }

  ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.hasLeft) reject(new Error(LEFT));
      else if (this.isAsked) resolve();
      else this.waiting = { resolve, reject };
    });
  }

  /** The next item; null after the last one. Throws what the feed threw. */
  async next(): Promise<{ item: Item } | null> {
    if (!this.held) {
      this.isAsked = true;
      this.waiting?.resolve();
      this.waiting = undefined;
    }
    while (!this.held && !this.outcome) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    const { held, outcome } = this;
    this.held = null;
    if (!held && outcome && outcome !== "done") throw outcome.error;
    return held;
  }

  /** Nobody reads any more: the feed ends where it waits. */
  leave(): void {
    this.hasLeft = true;
    this.waiting?.reject(new Error(LEFT));
  }

  readonly end = () => this.close("done");
  readonly fail = (error: unknown) => this.close({ error });

  private close(outcome: { error: unknown } | "done"): void {
    this.outcome = outcome;
    this.wake();
  }
}

const LEFT = "the reader of a feed left";
