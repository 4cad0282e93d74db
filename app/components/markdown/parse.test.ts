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
