import { type RefObject, useEffect, useRef, useState } from "react";

/** The room that an element has, once the browser says; before that the usual. */
export function useWidth<Element extends HTMLElement>(
  usual: number,
): { element: RefObject<Element>; width: number } {
  const element = useRef<Element>(null);
  const [width, setWidth] = useState(usual);
  useEffect(() => {
    const box = element.current;
    if (box === null || typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(() => {
      const { paddingLeft, paddingRight } = getComputedStyle(box);
      setWidth(
        Math.max(200, box.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight)),
      );
    });
    observer.observe(box);
    return () => observer.disconnect();
  }, []);
  return { element, width };
}
