import { expect, test } from "vitest";
import { evaluate } from "./expression";

test.each([
  ["0.1 + 0.2", "0.3"],
  ["(19.99 * 3) * 1.19", "71.3643"],
  ["2 + 3 * 4 - 5", "9"],
  ["2 ^ 3 ^ 2", "512"],
  ["2 ** 10", "1024"],
  ["-2 ^ 2", "-4"],
  ["(-2) ^ 2", "4"],
  ["15% * 80", "12"],
  ["17 % 5", "2"],
  ["200 * 5%", "10"],
  ["1_000_000 / 8", "125000"],
  ["round(2.345, 2)", "2.35"],
  ["round(-1.5)", "-2"],
  ["max(1, 3, 2) + min(4, 5)", "7"],
  ["avg(1, 2, 4.5)", "2.5"],
  ["log10(1000)", "3"],
  ["6 × 7 ÷ 2 − 1", "20"],
  ["99999999999999999999 + 1", "100000000000000000000"],
])("%s is %s", (expression, result) => {
  expect(evaluate(expression)).toBe(result);
});

test.each([
  "1 / 0",
  "1 +",
  "2 (3",
  "constructor(1)",
  "process.exit()",
  "9^9^9^9",
  "sqrt(-1)",
  "round(1, 99)",
  "max()",
  "(".repeat(200),
  "1".repeat(600),
])("%s is refused with a reason", (expression) => {
  expect(() => evaluate(expression)).toThrow(/./);
});
