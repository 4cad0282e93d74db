// The live messages of a channel, kept until their reader gets to them.

import { type Message, onReconnect, subscribe } from "./events";

/** Messages kept for a slow reader; beyond them it reads from the database. */
const MESSAGES_MAX = 1_000;

export interface Inbox<Item> {
  /**
   * Hands messages to `take`, each in the turn in which it arrives, until it answers false: then it resolves with true, and
   * messages wait. Resolves with false after a silence, an interruption, or when messages had to be dropped. Rejects with
   * what `take` throws.
   */
  follow(take: (message: Item) => boolean): Promise<boolean>;
  /** The next live message; undefined where `follow` resolves with false. */
  next(): Promise<Item | undefined>;
  close(): void;
}

interface InboxTerms {
  signal: AbortSignal;
  /** Silence after which the reader is sent to the database, in case something was missed. */
  silenceMs: number;
}

/** Listens to a channel until it is closed. */
export async function openInbox<Item extends Message>(
  channel: string,
  { signal, silenceMs }: InboxTerms,
): Promise<Inbox<Item>> {
  const inbox = new LiveInbox<Item>(silenceMs);
  const endSubscription = await subscribe(channel, (message) => inbox.receive(message as Item));
  const endReconnect = onReconnect(inbox.interrupt);
  signal.addEventListener("abort", inbox.interrupt, { once: true });
  inbox.onClose = () => {
    endSubscription();
    endReconnect();
    signal.removeEventListener("abort", inbox.interrupt);
  };
  return inbox;
}

interface Follower<Item> {
  take(message: Item): boolean;
  resolve(isTaken: boolean): void;
  reject(error: unknown): void;
}

class LiveInbox<Item> implements Inbox<Item> {
  /** Ends what feeds it. */
  onClose = () => {};
  private readonly messages: Item[] = [];
  private mustRead = false;
  private follower: Follower<Item> | undefined;
  /** One timer for all waits: it is wound up again for each message. */
  private readonly silence: NodeJS.Timeout;

  constructor(silenceMs: number) {
    this.silence = setTimeout(() => this.letGo(false), silenceMs);
  }

  follow(take: (message: Item) => boolean): Promise<boolean> {
    return new Promise((resolve, reject) => {
      if (this.mustRead) {
        this.mustRead = false;
        resolve(false);
        return;
      }
      this.follower = { take, resolve, reject };
      this.silence.refresh();
      while (this.follower && this.messages.length > 0)
        this.give(this.follower, this.messages.shift() as Item);
    });
  }

  async next(): Promise<Item | undefined> {
    let next: Item | undefined;
    await this.follow((message) => {
      next = message;
      return false;
    });
    return next;
  }

  receive(message: Item): void {
    if (this.follower) {
      this.silence.refresh();
      this.give(this.follower, message);
      return;
    }
    if (this.messages.length >= MESSAGES_MAX) {
      this.messages.length = 0;
      this.mustRead = true;
    }
    this.messages.push(message);
  }

  /** Something may have been missed: whoever follows, or is the next to, reads the database. */
  readonly interrupt = () => {
    this.mustRead = !this.letGo(false);
  };

  close(): void {
    clearTimeout(this.silence);
    this.onClose();
  }

  private give(follower: Follower<Item>, message: Item): void {
    try {
      if (!follower.take(message)) this.letGo(true);
    } catch (error) {
      this.follower = undefined;
      follower.reject(error);
    }
  }

  private letGo(isTaken: boolean): boolean {
    const { follower } = this;
    this.follower = undefined;
    follower?.resolve(isTaken);
    return follower !== undefined;
  }
}
