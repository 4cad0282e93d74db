// The one password policy (requirements G6, PWD-12): every path that sets a password asks here.

import { AppError } from "../../platform/errors";
import {
  PASSWORD_CLASSES_MIN,
  PASSWORD_LENGTH_ANY_COMPOSITION,
  PASSWORD_LENGTH_MAX,
  PASSWORD_LENGTH_MIN,
  PASSWORD_SCORE_MIN,
} from "../terms";
import { normalizePassword } from "./hash";
import { measureStrength } from "./strength";

/** What a guesser would try first: words the person is known by. */
export interface PasswordContext {
  email: string;
  name?: string | undefined;
  tenantName?: string | undefined;
}

const PRODUCT_NAME = "parley";
const CONTEXT_WORD_LENGTH_MIN = 3;
/** Letters and digits that must remain when the words a person is known by are taken out. */
const OWN_CHARACTERS_MIN = 8;
const TEXT_COMMON = "This password is on a list of common or leaked passwords. Choose another one.";
const TEXT_CONTEXT = "This password is built from your name, email or workspace. Choose another one.";
const TEXT_WEAK = "This password is too easy to guess. Use more, or less common, words.";
const CHARACTER_CLASSES = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{Ll}\p{Lu}\p{Nd}]/u];

/** Throws AppError `invalid` with the message at field `password` (or `field`) unless the password fits the policy. */
export async function assertPasswordPolicy(
  password: string,
  context: PasswordContext,
  field = "password",
): Promise<void> {
  const problem = await passwordProblem(normalizePassword(password), context);
  if (problem === null) return;
  throw new AppError("invalid", problem, { reason: "password_policy", fields: { [field]: problem } });
}

async function passwordProblem(password: string, context: PasswordContext): Promise<string | null> {
  const length = [...password].length;
  if (length < PASSWORD_LENGTH_MIN) return `Use at least ${PASSWORD_LENGTH_MIN} characters.`;
  if (length > PASSWORD_LENGTH_MAX) return `Use at most ${PASSWORD_LENGTH_MAX} characters.`;
  if (length < PASSWORD_LENGTH_ANY_COMPOSITION && classesIn(password) < PASSWORD_CLASSES_MIN) {
    return `Mix letters with digits or punctuation, or use ${PASSWORD_LENGTH_ANY_COMPOSITION} characters.`;
  }
  const words = contextWords(context);
  if (isMadeOf(words, password)) return TEXT_CONTEXT;
  const strength = await measureStrength(password, words);
  if (strength.isCommon) return TEXT_COMMON;
  return strength.score < PASSWORD_SCORE_MIN ? TEXT_WEAK : null;
}

function classesIn(password: string): number {
  return CHARACTER_CLASSES.filter((characterClass) => characterClass.test(password)).length;
}

function isMadeOf(words: string[], password: string): boolean {
  const whole = password.toLowerCase();
  const rest = words.reduce((text, word) => text.replaceAll(word, " "), whole);
  return rest !== whole && rest.replace(/[^\p{L}\p{N}]/gu, "").length < OWN_CHARACTERS_MIN;
}

// Longest first, so that a whole address is taken out before its parts.
function contextWords({ email, name = "", tenantName = "" }: PasswordContext): string[] {
  const phrases = [email, name, tenantName, PRODUCT_NAME].map((text) => text.toLowerCase());
  const parts = phrases.flatMap((text) => text.split(/[^\p{L}\p{N}]+/u));
  const words = [...new Set([...phrases, ...parts])].filter((word) => word.length >= CONTEXT_WORD_LENGTH_MIN);
  return words.sort((a, b) => b.length - a.length);
}
