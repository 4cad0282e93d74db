// The live messages of a run, kept until its reader gets to them.

import { onReconnect, subscribe } from "../../platform/events";
import { type RunMessage, runChannel } from "./channel";

/** Silence after which the reader is sent to the database, in case something was missed. */
const SILENCE_MS = 1_000;
/** Messages kept for a slow reader; beyond them it reads from the database. */
const MESSAGES_MAX = 1_000;

export interface Inbox {
  /** The next live message; undefined after a silence, an interruption, or when messages had to be dropped. */
  next(): Promise<RunMessage | undefined>;
  close(): void;
}

/** Listens to a run's channel until it is closed. */
export async function openInbox(runId: string, signal: AbortSignal): Promise<Inbox> {
  let messages: RunMessage[] = [];
  let wake: () => void = () => {};
  let mustRead = false;
  const readAgain = () => {
    mustRead = true;
    wake();
  };
  const endSubscription = await subscribe(runChannel(runId), (message) => {
    if (messages.length >= MESSAGES_MAX) {
      messages = [];
      mustRead = true;
    }
    messages.push(message as RunMessage);
    wake();
  });
  const endReconnect = onReconnect(readAgain);
  signal.addEventListener("abort", readAgain, { once: true });
  // One timer for all waits: it is wound up again for each.
  const silence = setTimeout(() => wake(), SILENCE_MS);
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
