import { expect, test } from "vitest";
import { estimateTokens, TokenEstimate } from "./tokens";

test("a text that comes in pieces is as many tokens as the whole", () => {
  const text = "Parley spricht über 💬 und 数字: 19.99 × 3 = 59.97;\\n\\n1234567 ({[…]}).";
  for (const length of [1, 2, 3, 7, text.length]) {
    const estimate = new TokenEstimate();
    for (let start = 0; start < text.length; start += length) estimate.add(text.slice(start, start + length));
    expect(estimate.tokens).toBe(estimateTokens(text));
  }
});

test("nothing is no token, four letters are one, and every character of another script is one", () => {
  expect(["", "a", "four", "fours", "数字"].map(estimateTokens)).toEqual([0, 1, 1, 2, 2]);
});

// Counted with o200k_base, the tokenizer of current OpenAI models.
test.each([
  ["a numeric table", "id,price,count\n1041,19.99,3\n1042,7.5,12\n1043,120.00,1\n", 32],
  ["code", "for (let i = 0; i < rows.length; i += 1) sum += rows[i]?.cost ?? 0;\n", 28],
  ["JSON", '{"role":"user","content":"hello"},{"role":"assistant","content":"hi there"}', 18],
  ["prose", "A process may end, a network may break, a person may close the lid.", 17],
])("%s is estimated at no less than its tokens, and at not much more", (_name, text, tokens) => {
  expect(estimateTokens(text)).toBeGreaterThanOrEqual(tokens);
  expect(estimateTokens(text)).toBeLessThan(tokens * 1.5);
});
