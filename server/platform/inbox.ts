// The live messages of a channel, kept until their reader gets to them.

import { type Message, onReconnect, subscribe } from "./events";

/** Messages kept for a slow reader; beyond them it reads from the database. */
const MESSAGES_MAX = 1_000;

export interface Inbox<Item> {
  /** The next live message; undefined after a silence, an interruption, or when messages had to be dropped. */
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
  const messages: Item[] = [];
  let mustRead = false;
  let hand: ((message: Item | undefined) => void) | undefined;
  // Whoever waits is handed the message itself: it takes no turn in the queue, and one promise is all it costs.
  const give = (message: Item | undefined): boolean => {
    const waiting = hand;
    hand = undefined;
    waiting?.(message);
    return waiting !== undefined;
  };
  const readAgain = () => {
    mustRead = !give(undefined);
  };
  const endSubscription = await subscribe(channel, (message) => {
    if (give(message as Item)) return;
    if (messages.length >= MESSAGES_MAX) {
      messages.length = 0;
      mustRead = true;
    }
    messages.push(message as Item);
  });
  const endReconnect = onReconnect(readAgain);
  signal.addEventListener("abort", readAgain, { once: true });
  // One timer for all waits: it is wound up again for each.
  const silence = setTimeout(() => give(undefined), silenceMs);
  return {
    next() {
      if (mustRead) {
        mustRead = false;
        return Promise.resolve(undefined);
      }
      if (messages.length > 0) return Promise.resolve(messages.shift());
      silence.refresh();
      return new Promise((resolve) => {
        hand = resolve;
      });
    },
    close() {
      clearTimeout(silence);
      endSubscription();
      endReconnect();
      signal.removeEventListener("abort", readAgain);
    },
  };
}
