// What the columns of a table hold: kinds, gaps, ranges and exact sums.

import { Decimal } from "decimal.js";
import { z } from "zod";
import { defineTool } from "../tool";
import { isSecretName } from "../tool-data";
import { parseTable, type Table } from "./table";

const DATA_LENGTH_MAX = 40_000;
const SAMPLE_ROWS = 3;
const TOP_VALUES = 5;
const NUMBER = /^[-+]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?(?:e[-+]?\d{1,3})?$/i;
const DATE = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}.*)?$/;
const ROUNDED_DIGITS = 12;

export const tableSummary = defineTool({
  name: "summarize_table",
  label: "Table summary",
  description:
    "Reads a table pasted as CSV or JSON and returns, per column, its kind, gaps, range, exact sum, mean, median, deviation or most frequent values.",
  isCore: false,
  agents: ["data-analyst"],
  capabilities: ["tables"],
  isIdempotent: true,
  parameters: z.object({
    data: z.string().max(DATA_LENGTH_MAX).describe("The table, unchanged"),
    format: z.enum(["csv", "json"]).nullable().describe("null to recognise it"),
  }),
  run: async ({ data, format }) => summarizeTable(parseTable(data, format)),
});

/** Rows, columns and what each column holds. */
export function summarizeTable(table: Table) {
  return {
    rows: table.rows.length,
    columns: table.columns.map((name, index) =>
      summarizeColumn(
        name,
        table.rows.map((row) => row[index] ?? ""),
      ),
    ),
    sample: table.rows
      .slice(0, SAMPLE_ROWS)
      .map((row) => Object.fromEntries(table.columns.map((name, index) => [name, row[index] ?? ""]))),
  };
}

function summarizeColumn(name: string, cells: string[]) {
  const present = cells.filter((cell) => cell !== "");
  const base = { name, empty: cells.length - present.length, distinct: new Set(present).size };
  if (present.length === 0) return { ...base, kind: "empty" };
  // Its extremes, its sum and its frequent values are values of the column too.
  if (isSecretName(name)) return { ...base, kind: "secret" };
  if (present.every((cell) => NUMBER.test(cell))) return { ...base, kind: "number", ...numbersOf(present) };
  if (present.every((cell) => DATE.test(cell))) return { ...base, kind: "date", ...rangeOf(present) };
  return { ...base, kind: "text", mostFrequent: mostFrequentOf(present) };
}

function numbersOf(cells: string[]) {
  const values = cells.map((cell) => new Decimal(cell.replace(/,/g, ""))).sort((a, b) => a.comparedTo(b));
  const sum = Decimal.sum(...values);
  const mean = sum.div(values.length);
  const squares = values.map((value) => value.minus(mean).pow(2));
  const deviation =
    values.length > 1
      ? Decimal.sum(...squares)
          .div(values.length - 1)
          .sqrt()
      : new Decimal(0);
  return {
    min: values.at(0)?.toString(),
    max: values.at(-1)?.toString(),
    sum: sum.toString(),
    mean: rounded(mean),
    median: rounded(medianOf(values)),
    sampleStandardDeviation: rounded(deviation),
  };
}

function medianOf(sorted: Decimal[]): Decimal {
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? new Decimal(0);
  return sorted.length % 2 === 1 ? upper : upper.plus(sorted[middle - 1] ?? upper).div(2);
}

function rounded(value: Decimal): string {
  return value.toSignificantDigits(ROUNDED_DIGITS).toString();
}

function rangeOf(cells: string[]) {
  const sorted = [...cells].sort();
  return { earliest: sorted.at(0), latest: sorted.at(-1) };
}

function mostFrequentOf(cells: string[]) {
  const counts = new Map<string, number>();
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, TOP_VALUES)
    .map(([value, count]) => ({ value: value.slice(0, 80), count }));
}
