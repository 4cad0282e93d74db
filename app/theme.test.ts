import { expect, test } from "vitest";
import { themeAttribute, themeCookie, themeOf } from "./theme";

test("the theme is read among other cookies", () => {
  expect(themeOf("a=1; parley-theme=dark; b=2")).toBe("dark");
});

test("no cookie and unknown values mean the system's theme", () => {
  expect(themeOf(null)).toBe("system");
  expect(themeOf("parley-theme=purple")).toBe("system");
  expect(themeOf("not-parley-theme=dark")).toBe("system");
});

test("what is written is read again", () => {
  expect(themeOf(themeCookie("light").split(";")[0] ?? "")).toBe("light");
});

test("the system's theme leaves the attribute out, so that the style sheet decides", () => {
  expect(themeAttribute("system")).toBeUndefined();
  expect(themeAttribute("dark")).toBe("dark");
});
