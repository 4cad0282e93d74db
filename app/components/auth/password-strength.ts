// A hint while a password is typed, small enough for the browser. The server's policy decides and may say no to what
// looks strong here; this must only never call a password strong that the policy's plain rules refuse.
import {
  PASSWORD_CLASSES_MIN,
  PASSWORD_LENGTH_ANY_COMPOSITION,
  PASSWORD_LENGTH_MIN,
} from "../../../server/auth/terms";

export type Strength = "weak" | "medium" | "strong";

const STRONG_LENGTH = 18;
const DISTINCT_MIN = 8;
const CLASSES = [/\p{Ll}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{L}\p{N}]/u];
const OBVIOUS = /password|passwort|qwerty|asdf|letmein|welcome|admin|parley|12345|abcdef|(.)\1{3}/i;

/** How strong a password looks, with the person's own words counted against it. */
export function strengthOf(password: string, ownWords: readonly string[] = []): Strength {
  const length = [...password].length;
  const classes = CLASSES.filter((kind) => kind.test(password)).length;
  const isTooPlain = classes < PASSWORD_CLASSES_MIN && length < PASSWORD_LENGTH_ANY_COMPOSITION;
  const distinct = new Set(password.toLowerCase()).size;
  if (length < PASSWORD_LENGTH_MIN || isTooPlain || distinct < DISTINCT_MIN) return "weak";
  if (OBVIOUS.test(password) || ownWords.some((word) => contains(password, word))) return "weak";
  return length >= STRONG_LENGTH && distinct > DISTINCT_MIN + 2 ? "strong" : "medium";
}

function contains(password: string, word: string): boolean {
  return word.length > 3 && password.toLowerCase().includes(word.toLowerCase());
}
