// What a person types into a search box, as the database searches for it: words, "phrases", -unwanted ones, and a last
// word that may still be growing. And the piece of a text that shows why it was found.

import type { SnippetPart } from "./contract";

export interface QueryWords {
  /** Words and phrases that must occur. */
  phrases: string[];
  unwanted: string[];
  /** The start of a word that must occur; '' when the query ends with a finished one. */
  beginning: string;
}

// A phrase in quotation marks (perhaps not closed yet) or a run without white space, either with a minus before it.
const TERM = /(-?)(?:"([^"]*)("?)|(\S+))/gu;
const WORD = /[\p{Alphabetic}\p{Number}\p{Mark}]+/gu;
// One Latin letter begins too many words to be looked for; it is searched as a word.
const TOO_SHORT = /^[a-z0-9]?$/i;
const SNIPPET_BEFORE = 60;
const SNIPPET_LENGTH = 220;

/** Splits a query. Any text is one; what holds no letter and no digit asks for nothing. */
export function readQuery(query: string): QueryWords {
  const words: QueryWords = { phrases: [], unwanted: [], beginning: "" };
  for (const [term, minus, phrase, , run] of query.normalize("NFKC").matchAll(TERM)) {
    const text = phrase ?? run ?? "";
    if (minus !== "") words.unwanted.push(text);
    else if (run !== undefined && query.normalize("NFKC").endsWith(term)) addGrowing(words, run);
    else words.phrases.push(text);
  }
  return words;
}

// "foo-ba" is the word foo followed by one that begins with ba; the database sees them as two words.
function addGrowing(words: QueryWords, run: string): void {
  const parts = run.match(WORD) ?? [];
  const last = parts.at(-1) ?? "";
  if (run.endsWith(last) && !TOO_SHORT.test(last)) words.beginning = parts.pop() ?? "";
  words.phrases.push(...parts);
}

/** A piece of the text around its first match, in parts; the beginning of the text when the match lies deeper. */
export function snippetOf(body: string, words: QueryWords): SnippetPart[] {
  const text = body.normalize("NFKC").replace(/\s+/g, " ").trim();
  const match = matcher(words);
  const first = match === null ? -1 : text.search(match);
  const piece = cut(text, first > SNIPPET_BEFORE ? first - SNIPPET_BEFORE : 0);
  if (match === null) return [{ text: piece, isMatch: false }];
  // The pattern has one group: `split` answers what is between matches and the matches in turn.
  const parts = piece.split(match).map((part, index) => ({ text: part, isMatch: index % 2 === 1 }));
  return parts.filter((part) => part.text !== "");
}

function matcher({ phrases, beginning }: QueryWords): RegExp | null {
  const whole = phrases
    .map((phrase) => (phrase.match(WORD) ?? []).join("[^\\p{Alphabetic}\\p{Number}]+"))
    .filter((pattern) => pattern !== "")
    .map((pattern) => `${pattern}(?![\\p{Alphabetic}\\p{Number}])`);
  const patterns = beginning === "" ? whole : [...whole, `${beginning}[\\p{Alphabetic}\\p{Number}]*`];
  if (patterns.length === 0) return null;
  return new RegExp(`(?<![\\p{Alphabetic}\\p{Number}])(${patterns.join("|")})`, "giu");
}

function cut(text: string, from: number): string {
  const start = from === 0 ? 0 : text.indexOf(" ", from) + 1;
  const piece = text.slice(start, start + SNIPPET_LENGTH).replace(/[\uD800-\uDBFF]$/, "");
  return `${start > 0 ? "… " : ""}${piece}${start + SNIPPET_LENGTH < text.length ? " …" : ""}`;
}
