// What stands in a composer and was not sent: kept per conversation on this device, so that a reload, another chat or a
// closed tab loses nothing.

import { useEffect, useRef, useState } from "react";

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

/** Leaving before the pause is over saves, too. */
function useLastWord(key: string, text: string, isRead: { current: boolean }): void {
  const latest = useRef(text);
  latest.current = text;
  useEffect(
    () => () => {
      if (isRead.current) writeDraft(key, latest.current);
    },
    [key, isRead],
  );
}

/** The composer's text. What was typed before the page came alive is taken over. */
export function useDraft(
  key: string,
  initial: string,
  typed: () => string,
): [string, (text: string) => void] {
  const [text, setText] = useState(initial);
  const isRead = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: read once per conversation
  useEffect(() => {
    setText(typed() || readDraft(key));
    isRead.current = true;
  }, [key]);
  useEffect(() => {
    if (!isRead.current) return undefined;
    const timer = setTimeout(() => writeDraft(key, text), SAVE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [key, text]);
  useLastWord(key, text, isRead);
  const change = (next: string) => {
    setText(next);
    if (next === "") writeDraft(key, "");
  };
  return [text, change];
}
