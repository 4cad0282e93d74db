// One line of a message, as lists show it.

import { PREVIEW_LENGTH_MAX } from "./terms";

// White space and marks fold to less than they were; eight times the length is enough to fill the line.
const SOURCE_LENGTH_MAX = PREVIEW_LENGTH_MAX * 8;

/** The beginning of a text with white space folded, cut between characters. */
export function previewOf(text: string): string {
  const start = text.slice(0, SOURCE_LENGTH_MAX).replace(/\s+/g, " ").trim();
  return start.slice(0, PREVIEW_LENGTH_MAX).replace(/[\uD800-\uDBFF]$/, "");
}

/** The beginning of an answer, which is Markdown, as a reader would say it. */
export function previewOfMarkdown(text: string): string {
  return previewOf(withoutMarkdown(text.slice(0, SOURCE_LENGTH_MAX)));
}

// Each step takes marks away and keeps the words. Spans are bounded, so that a text full of marks costs no more than any
// other; what is no mark where it stands (2 * 3, snake_case) stays.
const MARKS: [RegExp, string][] = [
  [/^ {0,3}(?:`{3,}|~{3,})[^\n]*$/gm, ""],
  [/^(?=[^\n]*\|)[ \t|:-]{3,}$/gm, ""],
  [/^ {0,3}(?:[-*_][ \t]*){3,}$/gm, ""],
  [/^(?: {0,3}>[ \t]?)+/gm, ""],
  [/^ {0,3}#{1,6}[ \t]+/gm, ""],
  [/^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?/gm, ""],
  [/\|(?<=^[ \t]*\|.{0,500}\|)|^[ \t]*\|/gm, " "],
  [/!?\[([^\]\n]{0,300})\]\([^)\n]{0,500}\)/g, "$1"],
  [/(\*\*|__|~~)(?=\S)([^\n]{1,300}?)(?<=\S)\1/g, "$2"],
  [/(?<![\w*\\])([*_])(?=[^\s*_])([^*_\n]{1,300}?)(?<=\S)\1(?![\w*])/g, "$2"],
  [/`{1,2}([^`\n]{1,300})`{1,2}/g, "$1"],
  [/\\([\\`*_{}[\]()#+.!|>~-])/g, "$1"],
];

/** A text without the marks of Markdown. */
export function withoutMarkdown(text: string): string {
  return MARKS.reduce((plain, [mark, words]) => plain.replace(mark, words), text);
}
