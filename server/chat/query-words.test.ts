import { expect, test } from "vitest";
import { readQuery, snippetOf } from "./query-words";

test("the last word is a beginning unless it is finished, quoted or a single letter", () => {
  expect(readQuery("blue gre")).toEqual({ phrases: ["blue"], unwanted: [], beginning: "gre" });
  expect(readQuery("blue gre.")).toMatchObject({ phrases: ["blue", "gre"], beginning: "" });
  expect(readQuery('blue "green tea"')).toMatchObject({ phrases: ["blue", "green tea"], beginning: "" });
  expect(readQuery("vitamin c")).toMatchObject({ phrases: ["vitamin", "c"], beginning: "" });
  expect(readQuery("snake_case-na")).toMatchObject({ phrases: ["snake", "case"], beginning: "na" });
  expect(readQuery("中")).toMatchObject({ phrases: [], beginning: "中" });
});

test("a minus leaves out a word or a phrase, wherever it stands", () => {
  expect(readQuery("-red blue")).toEqual({ phrases: [], unwanted: ["red"], beginning: "blue" });
  expect(readQuery('blue -"green tea"')).toEqual({
    phrases: ["blue"],
    unwanted: ["green tea"],
    beginning: "",
  });
  expect(readQuery("blue -gre")).toEqual({ phrases: ["blue"], unwanted: ["gre"], beginning: "" });
});

test("a snippet surrounds the first match and marks every one in it", () => {
  const body = `${"filler ".repeat(60)}the Quick fox, quick as ever ${"end ".repeat(80)}`;
  const parts = snippetOf(body, readQuery("quick fo"));
  expect(parts.filter((part) => part.isMatch).map((part) => part.text)).toEqual(["Quick", "fox", "quick"]);
  const text = parts.map((part) => part.text).join("");
  expect(text.startsWith("… ")).toBe(true);
  expect(text.endsWith(" …")).toBe(true);
  expect(text.length).toBeLessThan(230);
});

test("a query of regular-expression signs marks nothing and breaks nothing", () => {
  for (const query of ["(.*", "[a-", "\\", "a{2,", "$^"]) {
    const parts = snippetOf("plain (.*) text [a- here", readQuery(query));
    expect(parts.map((part) => part.text).join("")).toBe("plain (.*) text [a- here");
  }
});

test("a snippet never ends in half a character", () => {
  const parts = snippetOf("🎈".repeat(300), readQuery("none"));
  expect(parts.map((part) => part.text).join("")).not.toMatch(/\p{Surrogate}/u);
});
