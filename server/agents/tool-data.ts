// What tools take and answer, as people and models may see it: secrets cut out, length bounded (CHAT-17). The text comes
// from models and pages, so it is read once from left to right: no pattern here may look at the same stretch again and
// again, however long a word, a run of spaces or an unclosed quotation is.

const SECRET_NAME = /api[_-]?key|authorization|token|secret|password/i;
// A name is the longest run of these: where it ends, what belongs to it is looked for once.
const NAME = /[\w-]+/g;
// Between a name and its value: the end of the name's own quotation, and a colon or an equals sign.
const LINK = /["']?\s*[:=]\s*/y;
const VALUE = /"[^"\\]*(?:\\.[^"\\]*)*"|'[^'\\]*(?:\\.[^'\\]*)*'|(?:Bearer\s+|Basic\s+)?[^\s,;&}\]]+/iy;
const REDACTED = "[redacted]";
const CUT_MARK = "… [cut]";
const DEPTH_MAX = 20;

/** A value as JSON text (text stays text), without secrets, at most `lengthMax` characters long. */
export function presentToolData(value: unknown, lengthMax: number): string {
  const text = typeof value === "string" ? redactJsonText(value) : JSON.stringify(redactKeys(value));
  return cut(text ?? "", lengthMax);
}

/** Whether what stands under this name is not to be seen, such as `api_key` or `newPassword`. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** The value with everything under a secret's name replaced, at any depth. */
function redactKeys(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return redactPairs(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth >= DEPTH_MAX) return REDACTED;
  if (Array.isArray(value)) return value.map((item) => redactKeys(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      isSecretName(key) ? REDACTED : redactKeys(item, depth + 1),
    ]),
  );
}

// Arguments arrive as JSON text; what is not JSON is searched for `name: value` pairs.
function redactJsonText(text: string): string {
  try {
    return JSON.stringify(redactKeys(JSON.parse(text)));
  } catch {
    return redactPairs(text);
  }
}

function redactPairs(text: string): string {
  let redacted = "";
  let kept = 0;
  NAME.lastIndex = 0;
  for (let name = NAME.exec(text); name !== null; name = NAME.exec(text)) {
    if (!isSecretName(name[0])) continue;
    const from = endOf(LINK, text, NAME.lastIndex);
    const to = from === null ? null : endOf(VALUE, text, from);
    if (from === null || to === null) continue;
    redacted += text.slice(kept, from) + REDACTED;
    kept = to;
    NAME.lastIndex = to;
  }
  return redacted + text.slice(kept);
}

/** Where the match that begins at `from` ends; null when there is none. */
function endOf(pattern: RegExp, text: string, from: number): number | null {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : null;
}

function cut(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  const kept = text.slice(0, lengthMax - CUT_MARK.length);
  return `${kept.replace(/[\uD800-\uDBFF]$/, "")}${CUT_MARK}`;
}
