// Where the reader is in the thread. The box is laid out from its end (column-reverse): it opens at the newest message
// without JavaScript, follows a growing answer while the reader is at the end, and older pages come in above without a
// jump. What remains is the reader who has scrolled up while the end grows, or does not want to be taken along: then the
// first visible message is held.

import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { isSwitchedOn } from "~/components/shell/device-switch";

/** Closer to the end than this counts as at the end. */
const END_PX = 48;

export interface ThreadScroll {
  box: RefObject<HTMLDivElement>;
  content: RefObject<HTMLDivElement>;
  isAtEnd: boolean;
  toEnd: (behavior?: ScrollBehavior) => void;
  /** Brings a message into view and marks it for a moment; the answer ends that. */
  show: (messageId: string) => () => void;
}

export function useThreadScroll(): ThreadScroll {
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  useEffect(() => {
    if (box.current === null || content.current === null) return undefined;
    return hold(box.current, content.current, setAtEnd);
  }, []);
  const toEnd = useCallback((behavior: ScrollBehavior = "auto") => {
    box.current?.scrollTo({ top: 0, behavior: prefersStillness() ? "auto" : behavior });
  }, []);
  const show = useCallback((messageId: string) => showIn(content.current, messageId), []);
  return { box, content, isAtEnd, toEnd, show };
}

function hold(box: HTMLElement, content: HTMLElement, onEnd: (isAtEnd: boolean) => void): () => void {
  let anchor: { element: Element; top: number } | null = null;
  /** Where our own last step left the box; a reader who moves it on makes that nothing. */
  let own: number | null = null;
  const movedBy = () =>
    anchor?.element.isConnected ? anchor.element.getBoundingClientRect().top - anchor.top : null;
  const remember = () => {
    const isAtEnd = Math.abs(box.scrollTop) < END_PX;
    // Told of our own step, the page may have grown again: the message stays where it was held, and that is made good next.
    const isOwn = own !== null && Math.abs(box.scrollTop - own) < 1;
    if (!isOwn) own = null;
    if (isAtEnd && isSwitchedOn("following")) anchor = null;
    else if (!isOwn || !anchor?.element.isConnected) anchor = firstVisible(box, content);
    onEnd(isAtEnd);
  };
  const restore = () => {
    const moved = movedBy();
    if (moved === null) remember();
    else if (Math.abs(moved) >= 1) {
      box.scrollTop += moved;
      own = box.scrollTop;
    }
  };
  const resized = new ResizeObserver(restore);
  resized.observe(content);
  // A composer that grows takes its height from the box.
  resized.observe(box);
  box.addEventListener("scroll", remember, { passive: true });
  return () => {
    resized.disconnect();
    box.removeEventListener("scroll", remember);
  };
}

// Messages that were never on screen have an assumed height: the first step lays them out, the next ones correct it.
const SETTLING_FRAMES = 3;
const MARKED_MS = 2_600;

function showIn(content: HTMLElement | null, messageId: string): () => void {
  const element = content?.querySelector<HTMLElement>(`[data-message="${CSS.escape(messageId)}"]`);
  if (!element) return () => undefined;
  let frame = 0;
  const settle = (left: number) => {
    element.scrollIntoView({ block: element.offsetHeight > window.innerHeight / 2 ? "start" : "center" });
    if (left > 0) frame = requestAnimationFrame(() => settle(left - 1));
  };
  settle(SETTLING_FRAMES);
  element.focus({ preventScroll: true });
  element.dataset["found"] = "";
  const timer = setTimeout(() => delete element.dataset["found"], MARKED_MS);
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    delete element.dataset["found"];
  };
}

function firstVisible(box: HTMLElement, content: HTMLElement): { element: Element; top: number } | null {
  const edge = box.getBoundingClientRect().top;
  for (const element of content.querySelectorAll("[data-message]")) {
    const { top, bottom } = element.getBoundingClientRect();
    if (bottom > edge) return { element, top };
  }
  return null;
}

function prefersStillness(): boolean {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}
