// Tokens, estimated: for trimming a prompt before it is sent, and for a call whose provider never said what it used.

const ASCII_CHARACTERS_PER_TOKEN = 4;

/** About how many tokens a text is: a quarter of its ASCII characters, and one for every other character. */
export function estimateTokens(text: string): number {
  let others = 0;
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 127) others += 1;
  return Math.ceil((text.length - others) / ASCII_CHARACTERS_PER_TOKEN) + others;
}
