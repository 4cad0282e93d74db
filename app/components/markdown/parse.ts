// Markdown text -> blocks. While an answer streams, settled blocks are kept and only the tail is parsed again, so the
// cost of a delta does not grow with the answer. A parse from scratch and a parse in steps end in the same blocks.

import { Marked, type Token } from "marked";
import { BoundedLexer } from "./bounded-lexer";
import { mathBlock, mathInline } from "./math-syntax";
import { closeUnfinished } from "./unfinished";

export interface Block {
  raw: string;
  token: Token;
}

export interface Parsed {
  text: string;
  blocks: readonly Block[];
  /** Link definitions found so far: a block that shows a reference depends on them. */
  definitions: string;
}

/** A block that still grows can swallow the one before it (a list after a blank line), never the one before that. */
const UNSETTLED_BLOCKS = 2;

const marked = new Marked({ gfm: true, breaks: true, extensions: [mathBlock, mathInline] });

/** Parses a finished text. */
export function parse(text: string): Parsed {
  return withDefinitions(text, blocksOf(text));
}

/** Parses a text that still grows; `previous` is the last result for the same answer. */
export function parseGrowing(text: string, previous: Parsed | null): Parsed {
  const settled = previous === null ? [] : settledBlocks(previous.blocks);
  const settledText = settled.map((block) => block.raw).join("");
  // The parser's `raw` differs from the text in rare places (an empty list item); then nothing counts as settled.
  if (!text.startsWith(settledText)) return withDefinitions(text, growingBlocks(text));
  return withDefinitions(text, [...settled, ...growingBlocks(text.slice(settledText.length))]);
}

/** The blocks' `raw` stays what was received: what is closed for display must not count as settled text. */
function growingBlocks(tail: string): Block[] {
  const blocks = blocksOf(tail);
  const last = blocks.at(-1);
  if (last === undefined) return blocks;
  const closed = closeUnfinished(last.raw);
  const shown = closed === last.raw ? undefined : blocksOf(closed)[0];
  return shown === undefined ? blocks : [...blocks.slice(0, -1), { raw: last.raw, token: shown.token }];
}

function settledBlocks(blocks: readonly Block[]): readonly Block[] {
  let unsettled = 0;
  let end = blocks.length;
  while (end > 0 && unsettled < UNSETTLED_BLOCKS) {
    end -= 1;
    if (blocks[end]?.token.type !== "space") unsettled += 1;
  }
  return blocks.slice(0, end);
}

/** Nesting beyond the parser's stack is shown as it was written. */
function blocksOf(text: string): Block[] {
  try {
    return new BoundedLexer(marked.defaults).lex(text).map((token) => ({ raw: token.raw, token }));
  } catch {
    return [{ raw: text, token: { type: "text", raw: text, text } }];
  }
}

function withDefinitions(text: string, blocks: readonly Block[]): Parsed {
  const definitions = blocks.filter((block) => block.token.type === "def").map((block) => block.raw);
  return { text, blocks, definitions: definitions.join("") };
}
