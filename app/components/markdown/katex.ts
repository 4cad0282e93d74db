// The only module that imports KaTeX; loaded on demand. It builds DOM nodes (no markup strings), so the page's content
// security policy holds, and TeX from a model can neither run commands nor grow without bound.

import katex from "katex";
import "katex/dist/katex.min.css";

/** Draws TeX into the element, or leaves it empty when the TeX is faulty. */
export function drawMath(element: HTMLElement, tex: string, isDisplay: boolean): void {
  try {
    katex.render(tex, element, {
      displayMode: isDisplay,
      throwOnError: true,
      strict: "ignore",
      trust: false,
      maxSize: 20,
      maxExpand: 500,
    });
  } catch {
    element.replaceChildren();
  }
}
