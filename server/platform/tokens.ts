// Tokens, estimated: for trimming a prompt before it is sent, and for a call whose provider never said what it used.

const ASCII_CHARACTERS_PER_TOKEN = 4;

/** About how many tokens a text is that comes in pieces: a quarter of its ASCII characters, and one for every other one. */
export class TokenEstimate {
  private characters = 0;
  private others = 0;

  add(text: string): void {
    this.characters += text.length;
    for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 127) this.others += 1;
  }

  get tokens(): number {
    return Math.ceil((this.characters - this.others) / ASCII_CHARACTERS_PER_TOKEN) + this.others;
  }
}

/** About how many tokens a whole text is. */
export function estimateTokens(text: string): number {
  const estimate = new TokenEstimate();
  estimate.add(text);
  return estimate.tokens;
}
