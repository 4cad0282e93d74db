// Comma-separated values by RFC 4180. A cell that a spreadsheet would run as a formula gets an apostrophe in front, and so
// does one that begins with an apostrophe, so that reading takes back exactly what writing added.

const FORMULA = /^[=+\-@\t\r']/;
const NUMBER = /^-?\d+(\.\d+)?$/;
const QUOTED = /[",\r\n]/;

/** A text, a number as it is, also below zero, or nothing. */
type Cell = string | bigint | { number: string } | null;

/** One line, with its end. Null is an empty cell. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(cellOf).join(",")}\r\n`;
}

/** The lines of a text as cells, with the apostrophes taken back. Throws on quotes that do not close. */
export function parseCsv(text: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  let at = text.startsWith("\ufeff") ? 1 : 0;
  while (at < text.length) {
    const { cell, end } = text[at] === '"' ? quotedAt(text, at) : plainAt(text, at);
    line.push(cell.startsWith("'") ? cell.slice(1) : cell);
    if (text[end] === ",") {
      at = end + 1;
      if (at === text.length) line.push("");
      continue;
    }
    lines.push(line);
    line = [];
    at = text.startsWith("\r\n", end) ? end + 2 : end + 1;
  }
  return lines;
}

function cellOf(value: Cell): string {
  if (value === null) return "";
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "object") return numberOf(value.number);
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

// Whoever says that a text is a number must be right: nothing else gets past the apostrophe.
function numberOf(text: string): string {
  if (!NUMBER.test(text)) throw new Error("a number is digits");
  return text;
}

function plainAt(text: string, start: number): { cell: string; end: number } {
  const found = /[,\r\n]/g;
  found.lastIndex = start;
  const end = found.exec(text)?.index ?? text.length;
  return { cell: text.slice(start, end), end };
}

function quotedAt(text: string, start: number): { cell: string; end: number } {
  let at = start + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote === -1) throw new Error("a quote does not close");
    if (text[quote + 1] !== '"') {
      return { cell: text.slice(start + 1, quote).replaceAll('""', '"'), end: quote + 1 };
    }
    at = quote + 2;
  }
}
