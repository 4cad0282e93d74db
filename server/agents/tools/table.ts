// Reads a pasted table: CSV (any usual separator) or JSON (a list of objects, or an object that holds one).

import Papa from "papaparse";
import { TABLE_COLUMNS_MAX, TABLE_ROWS_MAX } from "../terms";
import { ToolRefusal } from "../tool";

export interface Table {
  columns: string[];
  /** Cells as text; an absent value is the empty string. */
  rows: string[][];
}

/** Parses a table; the format is recognised when it is not given. Throws ToolRefusal when there is none. */
export function parseTable(data: string, format: "csv" | "json" | null): Table {
  const text = data.trim();
  const table = (format ?? recognise(text)) === "json" ? parseJsonTable(text) : parseCsvTable(text);
  if (table.columns.length === 0 || table.rows.length === 0) throw new ToolRefusal("The table has no rows.");
  if (table.rows.length > TABLE_ROWS_MAX)
    throw new ToolRefusal(`The table has more than ${TABLE_ROWS_MAX} rows.`);
  if (table.columns.length > TABLE_COLUMNS_MAX) {
    throw new ToolRefusal(`The table has more than ${TABLE_COLUMNS_MAX} columns.`);
  }
  return table;
}

function recognise(text: string): "csv" | "json" {
  return /^[[{]/.test(text) ? "json" : "csv";
}

function parseCsvTable(text: string): Table {
  const { data } = Papa.parse<string[]>(text, { skipEmptyLines: "greedy" });
  const [header = [], ...rows] = data;
  const columns = header.map((name, index) => name.trim() || `column ${index + 1}`);
  return { columns, rows: rows.map((row) => columns.map((_, index) => (row[index] ?? "").trim())) };
}

function parseJsonTable(text: string): Table {
  const records = recordsOf(parseJson(text));
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))];
  return { columns, rows: records.map((record) => columns.map((column) => cellText(record[column]))) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ToolRefusal("The text is not valid JSON.");
  }
}

function recordsOf(value: unknown): Record<string, unknown>[] {
  const list = Array.isArray(value) ? value : Object.values(value ?? {}).find(Array.isArray);
  if (!list) throw new ToolRefusal("The JSON holds no list of objects.");
  return list.filter((item): item is Record<string, unknown> => typeof item === "object" && item !== null);
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
