import { expect, test } from "vitest";
import { presentToolData } from "./tool-data";

test("values of secret names are cut out at any depth, in any spelling", () => {
  const value = {
    api_key: "a",
    nested: [{ Authorization: "b", accessToken: "c", note: "kept" }],
    password: 5,
  };
  expect(JSON.parse(presentToolData(value, 1_000))).toEqual({
    api_key: "[redacted]",
    nested: [{ Authorization: "[redacted]", accessToken: "[redacted]", note: "kept" }],
    password: "[redacted]",
  });
});

test("secrets in JSON text and in loose text are cut out", () => {
  expect(presentToolData('{"client_secret":"x1y2"}', 100)).toBe('{"client_secret":"[redacted]"}');
  const loose = presentToolData("curl -H 'Authorization: Bearer abc.def' -d password=hunter2&x=1", 200);
  expect(loose).not.toMatch(/abc\.def|hunter2/);
  expect(loose).toContain("x=1");
});

// A pattern that reads a stretch again from each of its characters does not come to an end here.
const MUCH = 200_000;

test.each([
  ["a name without end", "token".repeat(MUCH)],
  ["a name and nothing after it", `${"password-".repeat(MUCH)} `],
  ["names one after the other", "token ".repeat(MUCH)],
  ["spaces after a name", `token${" ".repeat(MUCH)}`],
  ["spaces after a colon", `token:${" ".repeat(MUCH)}`],
  ["spaces after Bearer", `token: Bearer${" ".repeat(MUCH)}`],
  ["quotations that are not closed", `token='"`.repeat(MUCH)],
  ["quotations of backslashes", `token="${"\\".repeat(MUCH)}\\\n`.repeat(3)],
  ["words of digits and letters", "QUJDREVGRw".repeat(MUCH)],
])("text made to be read for ever is answered: %s", (_name, text) => {
  for (const input of [text, { note: text }, [text]]) {
    expect(presentToolData(input, 100).length).toBeLessThanOrEqual(100);
  }
});

test("a secret after much text is cut out, and what stands between secrets stays", () => {
  const text = `${"token ".repeat(20_000)}token=abc, note; my-api_key : "d e \\" f" end 'Secret' = 'g h'.`;
  const presented = presentToolData({ text }, 1_000_000);
  expect(presented).toContain("token=[redacted], note; my-api_key : [redacted] end 'Secret' = [redacted].");
});

test("long data is cut between characters and says so", () => {
  const cut = presentToolData("😀".repeat(100), 50);
  expect(cut.length).toBeLessThanOrEqual(50);
  expect(cut.endsWith("… [cut]")).toBe(true);
  expect(cut.isWellFormed()).toBe(true);
});
