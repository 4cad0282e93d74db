import { expect, test } from "vitest";
import { initialsOf } from "./avatar";

test("initials are those of the first and the last word", () => {
  expect(initialsOf("Ada King Lovelace")).toBe("AL");
  expect(initialsOf("  acme ")).toBe("A");
});

test("letters of several code points stay whole, and nothing becomes a question mark", () => {
  expect(initialsOf("👩‍🚀 Nova")).toBe("👩‍🚀N");
  expect(initialsOf("   ")).toBe("?");
});
