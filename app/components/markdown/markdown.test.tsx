// @vitest-environment jsdom
import { cleanup, render } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { Markdown } from "./markdown";

afterEach(cleanup);

function show(text: string, isStreaming = false): HTMLElement {
  return render(<Markdown text={text} isStreaming={isStreaming} />).container;
}

test("raw HTML is text, never markup", () => {
  const page = show('<img src=x onerror="alert(1)">\n\n<script>alert(1)</script> and <b>bold</b>');
  expect(page.querySelector("img, script, b")).toBeNull();
  expect(page.textContent).toContain("<script>alert(1)</script>");
  expect(page.textContent).toContain("<b>bold</b>");
});

test("only absolute http, https and mailto links are links", () => {
  const page = show(
    "[a](javascript:alert(1)) [b](JaVaScRiPt&#58;alert(1)) [c](data:text/html,x) [d](/local) [e](https://parley.test/x) [f](mailto:a@b.test)",
  );
  const links = [...page.querySelectorAll("a")];
  expect(links.map((link) => link.getAttribute("href"))).toEqual([
    "https://parley.test/x",
    "mailto:a@b.test",
  ]);
  expect(links.every((link) => link.rel.includes("noopener") && link.rel.includes("noreferrer"))).toBe(true);
});

test("an image is a link, so that reading an answer calls no foreign host", () => {
  const page = show("![a chart](https://tracker.test/p.png)");
  expect(page.querySelector("img")).toBeNull();
  expect(page.querySelector("a")?.textContent).toBe("a chart");
});

test("code keeps its text exactly and names its language", () => {
  const page = show("```ts\nconst a = 1 < 2 && `x`;\n```");
  expect(page.querySelector("pre code")?.textContent).toBe("const a = 1 < 2 && `x`;");
  expect(page.querySelector("figcaption")?.textContent).toContain("ts");
});

test("tables, task lists, emphasis and references are shown", () => {
  const page = show("| a | b |\n|---|--:|\n| 1 | **2** |\n\n- [x] done\n- [ ] open\n\n~~old~~ &amp; *new*");
  expect(page.querySelectorAll("td")[1]?.querySelector("strong")?.textContent).toBe("2");
  expect(page.querySelectorAll("input[type=checkbox]")).toHaveLength(2);
  expect(page.querySelector("del")?.textContent).toBe("old");
  expect(page.textContent).toContain("& new");
});

test("dollars are money unless they are math", () => {
  const page = show("It costs $5 and $10, or US$ 7. But $x^2$ and \\(y\\) are math.\n\n$$\\sum_i i$$");
  const tex = [...page.querySelectorAll("[data-tex]")].map((node) => node.getAttribute("data-tex"));
  expect(tex).toEqual(["x^2", "y", "\\sum_i i"]);
  expect(page.textContent).toContain("It costs $5 and $10, or US$ 7.");
});

test("nesting beyond reason is shown as written and does not break the page", () => {
  expect(show(">".repeat(20_000)).textContent).toContain(">");
  const lists = Array.from({ length: 120 }, (_, depth) => `${"  ".repeat(depth)}- x`).join("\n");
  expect(show(lists).textContent).toContain("x");
});

test("open marks are shown closed while the answer streams", () => {
  const page = show("This is **very impor", true);
  expect(page.querySelector("strong")?.textContent).toBe("very impor");
  expect(page.textContent).not.toContain("*");
});

test("a settled block keeps its element while the answer grows", () => {
  const { container, rerender } = render(<Markdown text={"# One\n\ntwo\n\nthree\n\nfo"} isStreaming />);
  const heading = container.querySelector("h3");
  rerender(<Markdown text={"# One\n\ntwo\n\nthree\n\nfour **and** more"} isStreaming />);
  expect(container.querySelector("h3")).toBe(heading);
  expect(container.textContent).toContain("four and more");
});
