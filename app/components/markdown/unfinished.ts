// What a half-received paragraph is going to be: an open `**`, `` ` ``, `~~` or link is shown closed, so that text does
// not flicker between marks and emphasis while it streams. Only display; the text itself is never changed.

const FENCE = /^ {0,3}(```|~~~)/;
const MARKS = ["**", "~~"] as const;

/** Closes what stands open at the end of a block's raw text. */
export function closeUnfinished(raw: string): string {
  if (FENCE.test(raw)) return raw;
  const text = withoutOpenLink(raw.replace(/(?:^|\s)[*~`_]{1,2}$/, ""));
  if (hasOpenCode(text)) return `${text}\``;
  return MARKS.reduce(closeMark, text);
}

function withoutOpenLink(text: string): string {
  const lineStart = text.lastIndexOf("\n") + 1;
  const line = text.slice(lineStart);
  const bracket = openLinkIn(line);
  if (bracket === -1) return text;
  const start = line[bracket - 1] === "!" ? bracket - 1 : bracket;
  const open = line.slice(start);
  if (/^!?\[[ xX]?$/.test(open)) return text;
  const label = /^!?\[([^\]]*)/.exec(open)?.[1] ?? "";
  return text.slice(0, lineStart + start) + label;
}

/** Where the link begins whose label or address goes on at the end of this line; -1 when there is none. */
function openLinkIn(line: string): number {
  // An address is open when nothing closes it up to the end.
  let address = line.indexOf("](", Math.max(line.lastIndexOf(")") - 1, 0));
  for (; address !== -1; address = line.indexOf("](", address + 1)) {
    const label = line.indexOf("[", line.lastIndexOf("]", address - 1) + 1);
    if (label !== -1 && label < address) return label;
  }
  return line.indexOf("[", line.lastIndexOf("]") + 1);
}

function hasOpenCode(text: string): boolean {
  const line = text.slice(text.lastIndexOf("\n") + 1);
  return countOf(line, "`") % 2 === 1;
}

function closeMark(text: string, mark: string): string {
  const prose = text.replace(/`[^`]*`/g, "");
  const isOpen = countOf(prose, mark) % 2 === 1 && new RegExp(`\\${mark[0]}{2}\\S`).test(prose);
  return isOpen ? `${text.trimEnd()}${mark}` : text;
}

function countOf(text: string, part: string): number {
  return text.split(part).length - 1;
}
