import { expect, test } from "vitest";
import { strengthOf } from "./password-strength";

test("what the policy refuses by length or composition is weak", () => {
  expect(strengthOf("Sh0rt!")).toBe("weak");
  expect(strengthOf("onlylowercaseabc")).toBe("weak");
});

test("passwords of repeated characters, of common words and of the person's own words are weak", () => {
  expect(strengthOf("aaaaaaaaaaaaaaaaaaaaaaaa")).toBe("weak");
  expect(strengthOf("MyPassword-is-long-7")).toBe("weak");
  expect(strengthOf("Adalovelace-engine-1815", ["adalovelace"])).toBe("weak");
});

test("fourteen mixed characters are medium, a long phrase is strong", () => {
  expect(strengthOf("tar-Kilo9-bench")).toBe("medium");
  expect(strengthOf("lantern orbit cushion maple")).toBe("strong");
});

test("characters outside the basic plane count once", () => {
  expect(strengthOf("🦊🦊🦊🦊🦊🦊🦊")).toBe("weak");
});
