// What stands in a composer, and what was sent from it and not yet taken: kept per conversation on this device, so that a
// reload, another chat or a closed tab loses nothing.

import { useCallback, useEffect, useRef, useState } from "react";

const SAVE_AFTER_MS = 300;
const PREFIX = "parley:draft:";

export function readDraft(key: string): string {
  try {
    return localStorage.getItem(PREFIX + key) ?? "";
  } catch {
    return "";
  }
}

export function writeDraft(key: string, text: string): void {
  try {
    if (text === "") localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, text);
  } catch {
    // Storage may be full or forbidden; the text is still in the composer.
  }
}

export interface Draft {
  text: string;
  change: (text: string) => void;
  /** Empties the composer; what is refused stands before what was typed meanwhile. One text is on its way at a time. */
  send: (deliver: (text: string) => Promise<boolean>) => Promise<void>;
}

/** The composer's text. What was typed before the page came alive is taken over; what is sent is kept until it is taken. */
export function useDraft(key: string, initial: string, typed: () => string): Draft {
  const [text, change] = useState(initial);
  const sending = useRef("");
  const latest = useRef(text);
  latest.current = text;
  const isRead = useRef(false);
  const save = useCallback(() => writeDraft(key, joined(sending.current, latest.current)), [key]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: read once per conversation
  useEffect(() => {
    change(typed() || readDraft(key));
    isRead.current = true;
  }, [key]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: saved when the text has changed
  useEffect(() => {
    if (!isRead.current) return undefined;
    const timer = setTimeout(save, SAVE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [save, text]);
  // Leaving before the pause is over saves, too.
  useEffect(
    () => () => {
      if (isRead.current) save();
    },
    [save],
  );
  const send = async (deliver: (text: string) => Promise<boolean>) => {
    if (sending.current !== "") return;
    sending.current = text;
    latest.current = "";
    save();
    change("");
    const isTaken = await deliver(text);
    sending.current = "";
    if (isTaken) save();
    else change((meanwhile) => joined(text, meanwhile));
  };
  return { text, change, send };
}

function joined(first: string, second: string): string {
  return [first, second].filter((text) => text !== "").join("\n\n");
}
