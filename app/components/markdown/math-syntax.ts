// TeX inside Markdown: `$..$`, `$$..$$`, `\(..\)`, `\[..\]`. A dollar sign is money until it proves to be math: pandoc's
// rule (no space inside, no letter or digit after), and what begins with a digit must hold an operator.

import type { TokenizerExtension, Tokens } from "marked";

export interface MathToken extends Tokens.Generic {
  type: "math";
  tex: string;
  isDisplay: boolean;
}

const CLOSED_BY: Record<string, string> = { $$: "$$", "\\[": "\\]", "\\(": "\\)" };
const DISPLAY_OPEN = /^ {0,3}(\$\$|\\\[)/;
const END_OF_LINE = /[ \t]*(?:\n+|$)/y;
const DISPLAY_START = /^ {0,3}(\$\$|\\\[)/gm;
const DISPLAY_INLINE = /^\$\$([^$]+)\$\$/;
const DOLLARS = /^\$(?![\s$])((?:\\[^\n]|[^\\$\n])*?[^\s\\$])\$(?![0-9A-Za-z$])/;
const INLINE_START = /\$|\\\(|\\\[/;

export const mathBlock: TokenizerExtension = {
  name: "math",
  level: "block",
  start: displayStart,
  tokenizer: displayBlock,
};

export const mathInline: TokenizerExtension = {
  name: "math",
  level: "inline",
  start: (source) => INLINE_START.exec(source)?.index,
  tokenizer(source) {
    if (source.startsWith("\\")) return bracketed(source);
    const display = DISPLAY_INLINE.exec(source);
    if (display !== null) return tokenOf(display[0], display[1], true);
    const inline = DOLLARS.exec(source);
    return inline !== null && isMath(inline[1] ?? "") ? tokenOf(inline[0], inline[1], false) : undefined;
  },
};

// A paragraph ends only where a formula really begins: what looks like one would cut it into a paragraph for each line.
function displayStart(source: string): number | undefined {
  for (const { index, 1: open = "" } of source.matchAll(DISPLAY_START)) {
    if (source.lastIndexOf(CLOSED_BY[open] ?? open) <= index + open.length) continue;
    if (displayBlock(source.slice(index)) !== undefined) return index;
  }
  return undefined;
}

// What closes a formula is looked up, not matched: an answer may be full of formulas that nothing closes.
function displayBlock(source: string): MathToken | undefined {
  const [opening, open = ""] = DISPLAY_OPEN.exec(source) ?? [];
  if (opening === undefined) return undefined;
  const close = CLOSED_BY[open] ?? open;
  const from = opening.length;
  for (let at = source.indexOf(close, from + 1); at !== -1; at = source.indexOf(close, at + 1)) {
    END_OF_LINE.lastIndex = at + close.length;
    if (END_OF_LINE.test(source))
      return tokenOf(source.slice(0, END_OF_LINE.lastIndex), source.slice(from, at), true);
  }
  return undefined;
}

function bracketed(source: string): MathToken | undefined {
  const open = source.slice(0, 2);
  const close = CLOSED_BY[open];
  const at = close === undefined ? -1 : source.indexOf(close, 3);
  return at === -1 ? undefined : tokenOf(source.slice(0, at + 2), source.slice(2, at), open === "\\[");
}

function isMath(tex: string): boolean {
  return !/^[\d.,]/.test(tex) || /^\d+$/.test(tex) || /[\\^_={}+<>*]/.test(tex);
}

function tokenOf(raw: string, inside: string | undefined, isDisplay: boolean): MathToken | undefined {
  const tex = (inside ?? "").trim();
  return tex === "" ? undefined : { type: "math", raw, tex, isDisplay };
}
