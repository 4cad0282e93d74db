import { expect, test } from "vitest";
import { parseTable } from "./table";
import { summarizeTable } from "./table-summary";

test("a CSV is summarised exactly", () => {
  const summary = summarizeTable(parseTable("city;price\nBerlin;0.1\nParis;0.2\nBerlin;\n", null));
  expect(summary.rows).toBe(3);
  expect(summary.columns).toMatchObject([
    {
      name: "city",
      kind: "text",
      mostFrequent: [
        { value: "Berlin", count: 2 },
        { value: "Paris", count: 1 },
      ],
    },
    {
      name: "price",
      kind: "number",
      empty: 1,
      sum: "0.3",
      mean: "0.15",
      median: "0.15",
      min: "0.1",
      max: "0.2",
    },
  ]);
});

test("a JSON list, also inside an object, is a table with all keys as columns", () => {
  const table = parseTable('{"rows":[{"a":1},{"b":"2026-01-02"},{"b":"2025-01-01"}]}', null);
  expect(table.columns).toEqual(["a", "b"]);
  expect(summarizeTable(table).columns[1]).toMatchObject({
    kind: "date",
    earliest: "2025-01-01",
    latest: "2026-01-02",
  });
});

test.each(["", "just words", "[1,", '{"a":1}', "a,b\n"])("%j is refused as a table", (text) => {
  expect(() => parseTable(text, null)).toThrow(/table|JSON/);
});
