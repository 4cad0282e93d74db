// Where the reader is in the thread. The box is laid out from its end (column-reverse): it opens at the newest message
// without JavaScript, follows a growing answer while the reader is at the end, and older pages come in above without a
// jump. What remains is the reader who has scrolled up while the end grows: then the first visible message is held.

import { type RefObject, useCallback, useEffect, useRef, useState } from "react";

/** Closer to the end than this counts as at the end. */
const END_PX = 48;

export interface ThreadScroll {
  box: RefObject<HTMLDivElement>;
  content: RefObject<HTMLDivElement>;
  isAtEnd: boolean;
  toEnd: (behavior?: ScrollBehavior) => void;
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
  return { box, content, isAtEnd, toEnd };
}

function hold(box: HTMLElement, content: HTMLElement, onEnd: (isAtEnd: boolean) => void): () => void {
  let anchor: { element: Element; top: number } | null = null;
  const movedBy = () =>
    anchor?.element.isConnected ? anchor.element.getBoundingClientRect().top - anchor.top : null;
  const remember = () => {
    const isAtEnd = Math.abs(box.scrollTop) < END_PX;
    // Our own step moved the page under a held message: measuring it afresh would add up what rounding left.
    const isHeld = Math.abs(movedBy() ?? Number.POSITIVE_INFINITY) < 1;
    if (isAtEnd) anchor = null;
    else if (!isHeld) anchor = firstVisible(box, content);
    onEnd(isAtEnd);
  };
  const restore = () => {
    const moved = movedBy();
    if (moved === null) remember();
    else if (Math.abs(moved) >= 1) box.scrollTop += moved;
  };
  const resized = new ResizeObserver(restore);
  resized.observe(content);
  box.addEventListener("scroll", remember, { passive: true });
  return () => {
    resized.disconnect();
    box.removeEventListener("scroll", remember);
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
