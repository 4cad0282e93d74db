import { expect, test } from "vitest";
import { type Parsed, parse, parseGrowing } from "./parse";
import { closeUnfinished } from "./unfinished";

const ANSWER = `# Title

Some **bold** text with \`code\` and a [link](https://parley.test).
Second line $x_1$.

1. one

   \`\`\`js
   const a = 1;

   const b = 2;
   \`\`\`

2. two

3. three

| a | b |
|---|---|
| 1 | 2 |

> quote
> more

$$
x = 1
$$

- [ ] open
- [x] done

Last words, see [ref].

[ref]: https://parley.test/ref
`;

test("a text parsed in steps ends in the blocks of the whole text, wherever the steps fall", () => {
  const whole = parse(ANSWER).blocks.map((block) => block.raw);
  for (const step of [1, 3, 7, 50]) {
    let parsed: Parsed | null = null;
    for (let end = step; end < ANSWER.length + step; end += step) {
      parsed = parseGrowing(ANSWER.slice(0, end), parsed);
    }
    expect(parsed?.blocks.map((block) => block.raw)).toEqual(whole);
  }
});

test("a text that was replaced is parsed afresh", () => {
  const parsed = parseGrowing("# New", parseGrowing("# Old\n\ntext\n\nmore", null));
  expect(parsed.blocks.map((block) => block.raw)).toEqual(["# New"]);
});

test("what stands open is closed for display only", () => {
  expect(closeUnfinished("a **b")).toBe("a **b**");
  expect(closeUnfinished("a `b")).toBe("a `b`");
  expect(closeUnfinished("a ~~b")).toBe("a ~~b~~");
  expect(closeUnfinished("see [the page](https://par")).toBe("see the page");
  expect(closeUnfinished("a **")).toBe("a");
  expect(closeUnfinished("2 * 3 is 6")).toBe("2 * 3 is 6");
  expect(closeUnfinished("```js\nconst a = `x")).toBe("```js\nconst a = `x");
});

test("a long answer costs little per delta", () => {
  const long = Array.from({ length: 400 }, (_, index) => `Paragraph ${index} with **some** words.\n\n`).join(
    "",
  );
  let parsed = parseGrowing(long, null);
  const settled = parsed.blocks.slice(0, 400);
  let text = long;
  for (let step = 0; step < 200; step += 1) {
    text += "word ";
    parsed = parseGrowing(text, parsed);
  }
  expect(parsed.blocks.length).toBeGreaterThan(400);
  // Kept as they are, not parsed to the same: the work of a delta is that of the tail.
  settled.forEach((block, index) => {
    expect(parsed.blocks[index]).toBe(block);
  });
});

// Marks that nothing closes, as many as an answer can hold. What reads on from each of them to the end takes minutes.
test.each([
  ["emphasis", "*a_"],
  ["more emphasis", "__a"],
  ["struck words", "~~a"],
  ["brackets", "["],
  ["brackets in a line", "[\n["],
  ["pictures", "!["],
  ["links", "[a]("],
  ["tags", "<a "],
  ["addresses", "a@"],
  ["formulas", "\\("],
  ["formulas in lines", "\n\\[a"],
  ["formulas of nothing", "$$\n"],
  ["prices", "$a"],
  ["quotations", ">"],
  ["code", "`a``b"],
])("a text made of %s is parsed, and shows all of itself", (_name, part) => {
  const text = part.repeat(Math.ceil(64_000 / part.length));
  expect(
    parse(text)
      .blocks.map(({ raw }) => raw)
      .join("").length,
  ).toBeGreaterThanOrEqual(text.trim().length);
  expect(parseGrowing(text, null).blocks.length).toBeGreaterThan(0);
});

test("a long answer is formatted to its end", () => {
  const paragraph = "Some **bold** text with `code`, a [link](https://parley.test) and *more* of it. ".repeat(
    10,
  );
  const { blocks } = parse(`${paragraph}\n\n`.repeat(60));
  const last = blocks.findLast(({ token }) => token.type === "paragraph")?.token;
  expect(last && "tokens" in last && last.tokens?.map(({ type }) => type)).toContain("strong");
});

test.each([
  ["see [a", "see a"],
  ["see [a](http://x[y", "see a"],
  ["see [a](b]c", "see a"],
  ["[done](x) and ![pic](", "[done](x) and pic"],
  ["[done](x) and [", "[done](x) and ["],
  ["[a] (b", "[a] (b"],
  ["[open\n[done] text", "[open\n[done] text"],
])("of the open link in %j its label is shown", (raw, shown) => {
  expect(closeUnfinished(raw)).toBe(shown);
});

test("a formula in lines of its own ends a paragraph, and what only looks like one does not", () => {
  expect(parse("a\n$$\nx\n$$\nb").blocks.map(({ token }) => token.type)).toEqual([
    "paragraph",
    "math",
    "paragraph",
  ]);
  expect(parse("a\n\\[x\nb").blocks.map(({ token }) => token.type)).toEqual(["paragraph"]);
});
