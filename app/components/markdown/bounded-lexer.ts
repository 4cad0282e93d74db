// The parser with a bound on its work. Marks that never close are looked after up to the end of their paragraph, each of
// them anew: 30,000 characters made of such marks take minutes, on the server too. What goes beyond the bound is shown as
// it was written.

import { Lexer, type Token, type TokensList } from "marked";

/** Each is looked for what closes it: emphasis, code, links, HTML, addresses, formulas. */
const MARKS = /[*_~`]+|[[\]<@$\\&]/g;
/** Marks times the length of what they stand in, summed over a text: a second at the worst. */
const WORK_MAX = 8_000_000;

/** More quotations inside of each other than anybody writes. */
const NESTED_TOO_DEEP = /^(?: {0,3}>[ \t]?){100}/m;

export class BoundedLexer extends Lexer {
  private workLeft = WORK_MAX;

  override lex(source: string): TokensList {
    if (NESTED_TOO_DEEP.test(source)) throw new RangeError("quotations are nested too deep");
    return super.lex(source);
  }

  override inlineTokens(source: string, tokens: Token[] = []): Token[] {
    const work = (source.match(MARKS)?.length ?? 0) * source.length;
    if (work <= this.workLeft) {
      this.workLeft -= work;
      return super.inlineTokens(source, tokens);
    }
    tokens.push({ type: "text", raw: source, text: source });
    return tokens;
  }
}
