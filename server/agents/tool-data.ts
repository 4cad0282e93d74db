// What tools take and answer, as people and models may see it: secrets cut out, length bounded (CHAT-17).

const SECRET_KEY = /api[_-]?key|authorization|token|secret|password/i;
const SECRET_PAIR =
  /((?:"|')?[\w-]*(?:api[_-]?key|authorization|token|secret|password)[\w-]*(?:"|')?\s*[:=]\s*)("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?:Bearer\s+|Basic\s+)?[^\s,;&}\]]+)/gi;
const REDACTED = "[redacted]";
const CUT_MARK = "… [cut]";
const DEPTH_MAX = 20;

/** A value as JSON text (text stays text), without secrets, at most `lengthMax` characters long. */
export function presentToolData(value: unknown, lengthMax: number): string {
  const text = typeof value === "string" ? redactJsonText(value) : JSON.stringify(redactKeys(value));
  return cut(text ?? "", lengthMax);
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
      SECRET_KEY.test(key) ? REDACTED : redactKeys(item, depth + 1),
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
  return text.replace(SECRET_PAIR, `$1${REDACTED}`);
}

function cut(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  const kept = text.slice(0, lengthMax - CUT_MARK.length);
  return `${kept.replace(/[\uD800-\uDBFF]$/, "")}${CUT_MARK}`;
}
