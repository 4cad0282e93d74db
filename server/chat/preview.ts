// One line of a message, as lists show it.

import { PREVIEW_LENGTH_MAX } from "./terms";

// White space folds to less than it was; four times the length is enough to fill the line.
const SOURCE_LENGTH_MAX = PREVIEW_LENGTH_MAX * 4;

/** The beginning of a text with white space folded, cut between characters. */
export function previewOf(text: string): string {
  const start = text.slice(0, SOURCE_LENGTH_MAX).replace(/\s+/g, " ").trim();
  return start.slice(0, PREVIEW_LENGTH_MAX).replace(/[\uD800-\uDBFF]$/, "");
}
