import { expect, test } from "vitest";
import { estimateTokens, TokenEstimate } from "./tokens";

test("a text that comes in pieces is as many tokens as the whole", () => {
  const text = "Parley spricht über 💬 und 数字: 19.99 × 3 = 59.97.";
  for (const length of [1, 2, 3, 7, text.length]) {
    const estimate = new TokenEstimate();
    for (let start = 0; start < text.length; start += length) estimate.add(text.slice(start, start + length));
    expect(estimate.tokens).toBe(estimateTokens(text));
  }
});

test("nothing is no token, four letters are one, and every other character is one", () => {
  expect(["", "a", "four", "fours", "数字"].map(estimateTokens)).toEqual([0, 1, 1, 2, 2]);
});
