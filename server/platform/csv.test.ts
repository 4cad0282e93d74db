import { expect, test } from "vitest";
import { csvLine, parseCsv } from "./csv";

const ODD = [
  "plain",
  "",
  'with "quotes", commas',
  "two\r\nlines\nor three",
  "=1+1",
  "+49 30",
  "-5",
  "@SUM(A1)",
  "\tTab",
  "\rReturn",
  "'=quoted",
  "ünïcode 🦉",
];

test("what was written is read back exactly", () => {
  const lines = [ODD, [...ODD].reverse(), ["a", "", ""]];
  expect(parseCsv(lines.map(csvLine).join(""))).toEqual(lines);
});

test("a cell that a spreadsheet would run begins with an apostrophe", () => {
  for (const cell of ["=1+1", "+1", "-1", "@x", "\tx", "\rx"]) {
    expect(csvLine([cell]).replace(/^"/, "")).toMatch(/^'/);
  }
  expect(csvLine(["a=1", null, "b"])).toBe("a=1,,b\r\n");
});

test("a quote that does not close is said", () => {
  expect(() => parseCsv('a,"b')).toThrow("does not close");
});

test("numbers stay numbers, also below zero, and nothing else passes for one", () => {
  expect(csvLine([-5n, { number: "-0.000045" }, 12n])).toBe("-5,-0.000045,12\r\n");
  expect(() => csvLine([{ number: "-1+cmd" }])).toThrow("a number is digits");
});
