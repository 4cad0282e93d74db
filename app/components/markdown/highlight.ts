// The only module that imports the highlighter; loaded with the first code block. It answers a tree, never markup.

import type { ElementContent, RootContent } from "hast";
import { common, createLowlight } from "lowlight";

const lowlight = createLowlight(common);

/** Longer code is shown plain: highlighting would hold up the page. */
const CODE_LENGTH_MAX = 60_000;

export type HighlightNode = RootContent | ElementContent;

/** The coloured tree of a text, or null when the language is unknown. */
export function highlightCode(code: string, language: string): readonly HighlightNode[] | null {
  if (code.length > CODE_LENGTH_MAX || !lowlight.registered(language)) return null;
  return lowlight.highlight(language, code).children;
}
