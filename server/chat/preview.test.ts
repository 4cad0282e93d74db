import { expect, test } from "vitest";
import { previewOf, previewOfMarkdown } from "./preview";
import { PREVIEW_LENGTH_MAX } from "./terms";

test.each([
  ["**It is 57.** Exactly.", "It is 57. Exactly."],
  ["## What it says\n\n- first\n- [x] second\n2. third", "What it says first second third"],
  ["> quoted\n>> twice\n\n---\n\nafter", "quoted twice after"],
  ["See [the page](https://example.test/a_b) and ![a picture](x.png).", "See the page and a picture."],
  ["```python\nprint(1)\n```\nand `code`", "print(1) and code"],
  ["| region | sum |\n|:--|---:|\n| north | 120.50 |", "region sum north 120.50"],
  ["*so* __very__ ~~not~~ _true_ ***all***", "so very not true all"],
  ["2 * 3 * 4, snake_case_name, 5*6*7 and \\*stars\\*", "2 * 3 * 4, snake_case_name, 5*6*7 and *stars*"],
])("%j reads %j", (markdown, plain) => {
  expect(previewOfMarkdown(markdown)).toBe(plain);
});

test("a question keeps every sign that was typed", () => {
  expect(previewOf("What is **2**\n* 3?")).toBe("What is **2** * 3?");
});

test("a preview has its length and no half of a character, whatever it is made of", () => {
  for (const piece of ["**", "_a", "[", "| ", "`", "🎈", "> "]) {
    const preview = previewOfMarkdown(piece.repeat(40_000));
    expect(preview.length).toBeLessThanOrEqual(PREVIEW_LENGTH_MAX);
    expect(preview).not.toMatch(/\p{Surrogate}/u);
  }
});
