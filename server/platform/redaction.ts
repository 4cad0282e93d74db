// What may not stand in a log line: addresses, tokens, secrets. Names of fields decide first, then the look of the text.

import { createHash } from "node:crypto";

const SECRET_NAME =
  /pass(word|phrase)?|secret|token|authorization|cookie|api_?key|pepper|credential|otp|recovery|signature|body|html|prompt|content/i;
const REDACTED = "[redacted]";
const TEXT_LENGTH_MAX = 2_000;
const DEPTH_MAX = 4;
const LIST_LENGTH_MAX = 50;

// Bounded, so that a long word is not read anew from each of its characters; no account has a longer address.
const EMAIL = /[\p{L}\p{N}._%+-]{1,254}@([\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+)/gu;
const IPV4 = /\b(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}\b/g;
const IPV6 = /\b((?:[0-9a-f]{1,4}:){3})(?:[0-9a-f]{0,4}:){1,4}[0-9a-f]{0,4}\b/gi;
const URL_LOGIN = /(\w+:\/\/)[^\s/@]+@/g;
const QUERY_SECRET = /([?&](?:token|code|invite|key|secret)=)[^\s&#"']+/gi;
// Session tokens, JWTs, API keys: 40 or more characters that no word, id or path has.
const LONG_SECRET =
  /\b(?:sk|pk|rk|whsec|re)[-_][A-Za-z0-9_-]{12,}\b|[A-Za-z0-9_-]{40,}(?:\.[A-Za-z0-9_-]{10,})*/g;

/** Text with addresses shortened and secrets cut out. */
export function redactText(text: string): string {
  const short = text.length > TEXT_LENGTH_MAX ? `${text.slice(0, TEXT_LENGTH_MAX)}…` : text;
  if (!/[@.:=_-]|[A-Za-z0-9]{40}/.test(short)) return short;
  return short
    .replace(URL_LOGIN, "$1")
    .replace(EMAIL, (email, domain: string) => `${emailMark(email)}@${domain}`)
    .replace(QUERY_SECRET, `$1${REDACTED}`)
    .replace(LONG_SECRET, REDACTED)
    .replace(IPV4, "$1.x")
    .replace(IPV6, "$1:x");
}

/** A value under this name, redacted to any depth that a line may have. */
export function redactValue(name: string, value: unknown, depth = 0): unknown {
  if (SECRET_NAME.test(name) && typeof value !== "number" && typeof value !== "boolean") return REDACTED;
  if (typeof value === "string") return redactText(value);
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  if (depth >= DEPTH_MAX || Buffer.isBuffer(value)) return REDACTED;
  if (value instanceof Error) return redactError(value);
  if (Array.isArray(value)) {
    return value.slice(0, LIST_LENGTH_MAX).map((item) => redactValue(name, item, depth + 1));
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, redactValue(key, item, depth + 1)]),
  );
}

/** An error as log fields. Causes and driver details carry values of rows and inputs: they stay out. */
export function redactError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { exc_type: typeof error, exc_message: redactText(String(error)) };
  const code: unknown = "code" in error ? error.code : undefined;
  return {
    exc_type: error.name,
    exc_message: redactText(messageOf(error)),
    exc_stack: redactText(framesOf(error)),
    ...(typeof code === "string" ? { exc_code: code } : {}),
  };
}

// Prisma prints the call with its arguments above its last line; the last line alone is safe.
function messageOf(error: Error): string {
  const lines = error.message.trim().split("\n");
  return error.name.startsWith("PrismaClient") ? (lines.at(-1) ?? "") : error.message;
}

function framesOf(error: Error): string {
  const frames = error.stack?.split("\n").filter((line) => /^\s+at /.test(line)) ?? [];
  return frames.slice(0, 12).join("\n");
}

// The same person can be followed through the log without being named.
function emailMark(email: string): string {
  return createHash("sha256").update(`log-email:${email.toLowerCase()}`).digest("hex").slice(0, 8);
}
