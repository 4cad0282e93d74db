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
  let messages: Item[] = [];
  let wake: () => void = () => {};
  let mustRead = false;
  const readAgain = () => {
    mustRead = true;
    wake();
  };
  const endSubscription = await subscribe(channel, (message) => {
    if (messages.length >= MESSAGES_MAX) {
      messages = [];
      mustRead = true;
    }
    messages.push(message as Item);
    wake();
  });
  const endReconnect = onReconnect(readAgain);
  signal.addEventListener("abort", readAgain, { once: true });
  // One timer for all waits: it is wound up again for each.
  const silence = setTimeout(() => wake(), silenceMs);
  const wait = () =>
    new Promise<void>((resolve) => {
      silence.refresh();
      wake = resolve;
    });
  return {
    async next() {
      if (messages.length === 0 && !mustRead) await wait();
      if (!mustRead) return messages.shift();
      mustRead = false;
      return undefined;
    },
    close() {
      clearTimeout(silence);
      endSubscription();
      endReconnect();
      signal.removeEventListener("abort", readAgain);
    },
  };
}
