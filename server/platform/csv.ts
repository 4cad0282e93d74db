// Comma-separated values by RFC 4180. A cell that a spreadsheet would run as a formula gets an apostrophe in front, and so
// does one that begins with an apostrophe, so that reading takes back exactly what writing added.

const FORMULA = /^[=+\-@\t\r']/;
const QUOTED = /[",\r\n]/;

/** One line, with its end. Null is an empty cell. */
export function csvLine(cells: readonly (string | null)[]): string {
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

function cellOf(value: string | null): string {
  if (value === null) return "";
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
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
