// Arithmetic with exact decimals: a small recursive-descent parser over decimal.js, no eval.
//
//   sum     = product (("+" | "-") product)*
//   product = unary (("*" | "/" | "%") unary)*        "%" before an operand is the remainder
//   unary   = ("-" | "+") unary | power
//   power   = postfix ("^" unary)?                    binds to the right, tighter than a sign before it
//   postfix = atom "%"*                               "%" after an operand is one hundredth
//   atom    = number | name | name "(" sum ("," sum)* ")" | "(" sum ")"

import { Decimal } from "decimal.js";
import { EXPRESSION_LENGTH_MAX } from "../terms";
import { ToolRefusal } from "../tool";

// 50 significant digits; beyond 10^±2000 a result is refused rather than printed.
const Exact = Decimal.clone({ precision: 50, maxE: 2_000, minE: -2_000, toExpPos: 60, toExpNeg: -60 });
const DEPTH_MAX = 60;

const CONSTANTS: Record<string, Decimal> = {
  pi: new Exact("3.1415926535897932384626433832795028841971693993751"),
  e: new Exact("2.7182818284590452353602874713526624977572470937000"),
};

const FUNCTIONS: Record<string, { arity: [number, number]; apply(...args: Decimal[]): Decimal }> = {
  sqrt: { arity: [1, 1], apply: (x) => at(x).sqrt() },
  abs: { arity: [1, 1], apply: (x) => at(x).abs() },
  floor: { arity: [1, 1], apply: (x) => at(x).floor() },
  ceil: { arity: [1, 1], apply: (x) => at(x).ceil() },
  exp: { arity: [1, 1], apply: (x) => at(x).exp() },
  ln: { arity: [1, 1], apply: (x) => at(x).ln() },
  log10: { arity: [1, 1], apply: (x) => at(x).log(10) },
  round: {
    arity: [1, 2],
    apply: (x, places) => at(x).toDecimalPlaces(placesOf(places), Decimal.ROUND_HALF_UP),
  },
  min: { arity: [1, 50], apply: (...args) => Exact.min(...args) },
  max: { arity: [1, 50], apply: (...args) => Exact.max(...args) },
  sum: { arity: [1, 50], apply: (...args) => Exact.sum(...args) },
  avg: { arity: [1, 50], apply: (...args) => Exact.sum(...args).div(args.length) },
};

/** The value of an arithmetic expression as plain decimal text. Throws ToolRefusal with what is wrong and where. */
export function evaluate(expression: string): string {
  if (expression.length > EXPRESSION_LENGTH_MAX) {
    throw new ToolRefusal(`The expression is longer than ${EXPRESSION_LENGTH_MAX} characters.`);
  }
  const parser = new Parser(tokenize(expression));
  const value = parser.parse();
  if (!value.isFinite()) throw new ToolRefusal("The result is not a finite number of reasonable size.");
  return value.toString();
}

type Token = { kind: "number" | "name" | "symbol" | "end"; text: string; at: number };

const TOKEN =
  /\s*(?:(\d+(?:[_'](?=\d)\d+)*(?:\.\d+)?(?:e[+-]?\d{1,4})?|\.\d+)|([a-z][a-z0-9]*)|(\*\*|[-+*/%^(),×÷−]))/iy;
const SYNONYMS: Record<string, string> = { "**": "^", "×": "*", "÷": "/", "−": "-" };

function tokenize(expression: string): Token[] {
  const tokens: Token[] = [];
  const source = expression.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    if (!match) throw new ToolRefusal(`Unexpected text at position ${at + 1}: ${source.slice(at, at + 12)}`);
    const [, number, name, symbol] = match;
    if (number) tokens.push({ kind: "number", text: number.replace(/[_']/g, ""), at });
    else if (name) tokens.push({ kind: "name", text: name.toLowerCase(), at });
    else if (symbol) tokens.push({ kind: "symbol", text: SYNONYMS[symbol] ?? symbol, at });
  }
  return [...tokens, { kind: "end", text: "the end", at: source.length }];
}

class Parser {
  private index = 0;
  private depth = 0;

  constructor(private readonly tokens: Token[]) {}

  parse(): Decimal {
    const value = this.sum();
    if (this.next.kind !== "end") throw this.unexpected();
    return value;
  }

  private sum(): Decimal {
    if (++this.depth > DEPTH_MAX) throw new ToolRefusal("The expression is nested too deeply.");
    let value = this.product();
    for (;;) {
      if (this.take("+")) value = value.plus(this.product());
      else if (this.take("-")) value = value.minus(this.product());
      else break;
    }
    this.depth -= 1;
    return value;
  }

  private product(): Decimal {
    let value = this.unary();
    for (;;) {
      if (this.take("*")) value = value.times(this.unary());
      else if (this.take("/")) value = value.div(nonZero(this.unary()));
      else if (this.take("%")) value = value.mod(nonZero(this.unary()));
      else return value;
    }
  }

  private unary(): Decimal {
    if (++this.depth > DEPTH_MAX) throw new ToolRefusal("The expression is nested too deeply.");
    const value = this.take("-") ? this.unary().neg() : this.take("+") ? this.unary() : this.power();
    this.depth -= 1;
    return value;
  }

  private power(): Decimal {
    const base = this.postfix();
    return this.take("^") ? base.pow(this.unary()) : base;
  }

  private postfix(): Decimal {
    let value = this.atom();
    while (this.next.text === "%" && !this.startsOperand(this.tokens[this.index + 1])) {
      this.index += 1;
      value = value.div(100);
    }
    return value;
  }

  private atom(): Decimal {
    const token = this.next;
    this.index += 1;
    if (token.kind === "number") return new Exact(token.text);
    if (token.kind === "name") return this.named(token);
    if (token.text !== "(") throw this.unexpected(token);
    const value = this.sum();
    this.expect(")");
    return value;
  }

  private named(token: Token): Decimal {
    const constant = CONSTANTS[token.text];
    if (constant) return constant;
    const definition = Object.hasOwn(FUNCTIONS, token.text) ? FUNCTIONS[token.text] : undefined;
    if (!definition) throw new ToolRefusal(`Unknown name: ${token.text}.`);
    this.expect("(");
    const args = [this.sum()];
    while (this.take(",")) args.push(this.sum());
    this.expect(")");
    const [fewest, most] = definition.arity;
    if (args.length < fewest || args.length > most) {
      throw new ToolRefusal(
        `${token.text} takes ${fewest === most ? fewest : `${fewest} to ${most}`} values.`,
      );
    }
    return definition.apply(...args);
  }

  private get next(): Token {
    return this.tokens[this.index] ?? { kind: "end", text: "the end", at: 0 };
  }

  private startsOperand(token: Token | undefined): boolean {
    return token?.kind === "number" || token?.kind === "name" || token?.text === "(";
  }

  private take(symbol: string): boolean {
    if (this.next.kind !== "symbol" || this.next.text !== symbol) return false;
    this.index += 1;
    return true;
  }

  private expect(symbol: string): void {
    if (!this.take(symbol)) throw this.unexpected();
  }

  private unexpected(token = this.next): ToolRefusal {
    return new ToolRefusal(`Unexpected ${token.text} at position ${token.at + 1}.`);
  }
}

function at(value: Decimal | undefined): Decimal {
  return value ?? new Exact(0);
}

function nonZero(value: Decimal): Decimal {
  if (value.isZero()) throw new ToolRefusal("Division by zero.");
  return value;
}

function placesOf(places: Decimal | undefined): number {
  const count = places?.toNumber() ?? 0;
  if (!Number.isInteger(count) || count < 0 || count > 40)
    throw new ToolRefusal("round takes 0 to 40 places.");
  return count;
}
