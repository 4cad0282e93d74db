// TeX inside Markdown: `$..$`, `$$..$$`, `\(..\)`, `\[..\]`. A dollar sign is money until it proves to be math: pandoc's
// rule (no space inside, no letter or digit after), and what begins with a digit must hold an operator.

import type { TokenizerExtension, Tokens } from "marked";

export interface MathToken extends Tokens.Generic {
  type: "math";
  tex: string;
  isDisplay: boolean;
}

const DISPLAY_BLOCK = /^ {0,3}(?:\$\$([\s\S]+?)\$\$|\\\[([\s\S]+?)\\\])[ \t]*(?:\n+|$)/;
const DISPLAY_START = /(?:^|\n) {0,3}(?:\$\$|\\\[)/;
const DISPLAY_INLINE = /^(?:\$\$([^$]+?)\$\$|\\\[([\s\S]+?)\\\])/;
const PARENTHESES = /^\\\(([\s\S]+?)\\\)/;
const DOLLARS = /^\$(?![\s$])((?:\\[^\n]|[^\\$\n])*?[^\s\\$])\$(?![0-9A-Za-z$])/;
const INLINE_START = /\$|\\\(|\\\[/;

export const mathBlock: TokenizerExtension = {
  name: "math",
  level: "block",
  start: (source) => startOf(source, DISPLAY_START),
  tokenizer: (source) => tokenOf(DISPLAY_BLOCK.exec(source), true),
};

export const mathInline: TokenizerExtension = {
  name: "math",
  level: "inline",
  start: (source) => startOf(source, INLINE_START),
  tokenizer(source) {
    const display = tokenOf(DISPLAY_INLINE.exec(source), true);
    if (display !== undefined) return display;
    const inline = PARENTHESES.exec(source) ?? DOLLARS.exec(source);
    if (inline !== null && source.startsWith("$") && !isMath(inline[1] ?? "")) return undefined;
    return tokenOf(inline, false);
  },
};

function isMath(tex: string): boolean {
  return !/^[\d.,]/.test(tex) || /^\d+$/.test(tex) || /[\\^_={}+<>*]/.test(tex);
}

function tokenOf(match: RegExpExecArray | null, isDisplay: boolean): MathToken | undefined {
  if (match === null) return undefined;
  const tex = (match[1] ?? match[2] ?? "").trim();
  return tex === "" ? undefined : { type: "math", raw: match[0], tex, isDisplay };
}

function startOf(source: string, pattern: RegExp): number | undefined {
  return pattern.exec(source)?.index;
}
