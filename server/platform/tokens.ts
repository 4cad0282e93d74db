// Tokens, estimated: for trimming a prompt before it is sent, and for a call whose provider never said what it used.
// Tokenizers cut words into long pieces, numbers into three digits at most, signs mostly one by one, and text in other
// scripts into little more than its characters.

const PER_TOKEN = 4;
const DIGITS_PER_TOKEN = 3;

const WORD = 0;
const DIGIT = 1;
const SIGN = 2;
const LINE_END = 3;
const OTHER = 4;
const KINDS = Uint8Array.from({ length: 128 }, (_, code) => kindOf(String.fromCharCode(code)));

function kindOf(character: string): number {
  if (/[0-9]/.test(character)) return DIGIT;
  if (character === "\n") return LINE_END;
  return /[!-/:-@[-`{-~]/.test(character) ? SIGN : WORD;
}

/** Quarters of a token for a character of this kind behind so many of the same kind. */
function quartersOf(kind: number, before: number): number {
  if (kind === WORD) return 1;
  if (kind === OTHER) return PER_TOKEN;
  if (kind === DIGIT) return before % DIGITS_PER_TOKEN === 0 ? PER_TOKEN : 0;
  if (before === 0) return PER_TOKEN;
  return kind === SIGN ? 1 : 0;
}

/** About how many tokens a text is that comes in pieces. */
export class TokenEstimate {
  private quarters = 0;
  private kind = WORD;
  /** How many characters of the last one's kind stand right before it. */
  private alike = 0;

  add(text: string): void {
    for (let index = 0; index < text.length; index += 1) {
      const kind = KINDS[text.charCodeAt(index)] ?? OTHER;
      this.alike = kind === this.kind ? this.alike + 1 : 0;
      this.kind = kind;
      this.quarters += quartersOf(kind, this.alike);
    }
  }

  get tokens(): number {
    return Math.ceil(this.quarters / PER_TOKEN);
  }
}

/** About how many tokens a whole text is. */
export function estimateTokens(text: string): number {
  const estimate = new TokenEstimate();
  estimate.add(text);
  return estimate.tokens;
}
