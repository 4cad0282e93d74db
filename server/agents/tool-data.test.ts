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

test("long data is cut between characters and says so", () => {
  const cut = presentToolData("😀".repeat(100), 50);
  expect(cut.length).toBeLessThanOrEqual(50);
  expect(cut.endsWith("… [cut]")).toBe(true);
  expect(cut.isWellFormed()).toBe(true);
});
