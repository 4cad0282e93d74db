// What a half-received paragraph is going to be: an open `**`, `` ` ``, `~~` or link is shown closed, so that text does
// not flicker between marks and emphasis while it streams. Only display; the text itself is never changed.

const FENCE = /^ {0,3}(```|~~~)/;
const OPEN_LINK = /!?\[[^\]\n]*(?:\]\([^)\n]*)?$/;
const MARKS = ["**", "~~"] as const;

/** Closes what stands open at the end of a block's raw text. */
export function closeUnfinished(raw: string): string {
  if (FENCE.test(raw)) return raw;
  const text = withoutOpenLink(raw.replace(/(?:^|\s)[*~`_]{1,2}$/, ""));
  if (hasOpenCode(text)) return `${text}\``;
  return MARKS.reduce(closeMark, text);
}

function withoutOpenLink(text: string): string {
  const open = OPEN_LINK.exec(text);
  if (open === null || /^!?\[[ xX]?$/.test(open[0])) return text;
  const label = /^!?\[([^\]]*)/.exec(open[0])?.[1] ?? "";
  return text.slice(0, open.index) + label;
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
