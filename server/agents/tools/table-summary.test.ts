import { expect, test } from "vitest";
import { presentToolData } from "../tool-data";
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

test.each([
  ["words", '[{"password":"hunter2","n":1},{"password":"swordfish","n":2}]'],
  ["numbers", "api_key;n\n700123;1\n700125;2\n"],
  ["days", "token,n\n2001-02-03,1\n2004-05-06,2\n"],
])("a column of secrets shows none of them, also where they are %s", (_kind, data) => {
  const summary = summarizeTable(parseTable(data, null));
  expect(summary.columns).toMatchObject([
    { kind: "secret", empty: 0, distinct: 2 },
    { name: "n", kind: "number", sum: "3" },
  ]);
  const shown = presentToolData(summary, 10_000);
  expect(shown).not.toMatch(/hunter2|swordfish|700123|700125|1400248|2001-02-03|2004-05-06/);
});

test.each(["", "just words", "[1,", '{"a":1}', "a,b\n"])("%j is refused as a table", (text) => {
  expect(() => parseTable(text, null)).toThrow(/table|JSON/);
});
