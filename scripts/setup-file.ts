// A copy's .env file, written by npm run setup: asks, makes the secrets that production needs, and leaves every other line
// and every value that is there already as it is.
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { type Answers, problemOf, QUESTIONS, type Question } from "./setup-questions";

export interface SetUp {
  file: string;
  /** Answers given beforehand, by flag. */
  given: Record<string, string | undefined>;
  /** Asks a person; null takes what is there, or the usual answer. */
  ask: ((text: string) => Promise<string>) | null;
  say: (line: string) => void;
}

const RINGS = ["APP_SECRETS", "PASSWORD_PEPPERS", "ENCRYPTION_KEYS", "AUTH_REFRESH_TOKEN_PEPPERS"];
const SECRET_BYTES = 32;

/** Writes the file and answers what to do next. Throws when an answer given beforehand does not do. */
export async function setUp({ file, ...talk }: SetUp): Promise<string> {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const present = parseEnv(text) as Answers;
  const answers: Answers = {};
  for (const question of QUESTIONS) {
    if (question.isAsked?.(answers) === false) continue;
    answers[question.setting] = await answerTo(question, present, talk);
  }
  const secrets = answers["NODE_ENV"] === "production" ? newSecrets(present) : {};
  // Written beside and renamed: a set-up that is killed here leaves no half file.
  writeFileSync(`${file}.new`, withSettings(text, { ...answers, ...secrets }), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return nextSteps(file, Object.keys(secrets));
}

/** An .env file's text with these settings: a line that is there is rewritten in its place, the others follow at the end. */
export function withSettings(text: string, settings: Answers): string {
  let lines = text === "" ? [] : text.replace(/\n$/, "").split("\n");
  for (const [name, value] of Object.entries(settings)) {
    const line = `${name}=${value}`;
    const isThere = lines.some((known) => known.startsWith(`${name}=`));
    lines = isThere ? lines.map((known) => (known.startsWith(`${name}=`) ? line : known)) : [...lines, line];
  }
  return `${lines.join("\n")}\n`;
}

async function answerTo(
  question: Question,
  present: Answers,
  { given, ask, say }: Omit<SetUp, "file">,
): Promise<string> {
  const usual = present[question.setting] || question.fallback;
  const fixed = given[question.flag] ?? (ask === null ? usual : undefined);
  if (fixed !== undefined || ask === null) return accepted(question, fixed ?? usual);
  for (;;) {
    const answer = (await ask(`${question.text} [${usual || "nothing"}] `)).trim() || usual;
    const problem = problemOf(question, answer);
    if (problem === null) return answer;
    say(problem);
  }
}

function accepted(question: Question, answer: string): string {
  const problem = problemOf(question, answer);
  if (problem !== null) throw new Error(problem);
  return answer;
}

function newSecrets(present: Answers): Answers {
  const secret = () => randomBytes(SECRET_BYTES).toString("base64");
  const rings = RINGS.map((name) => [name, JSON.stringify({ "1": secret() })]);
  const all = [...rings, ["METRICS_TOKEN", randomBytes(SECRET_BYTES).toString("base64url")]];
  return Object.fromEntries(all.filter(([name = ""]) => !present[name]));
}

function nextSteps(file: string, made: string[]): string {
  const secrets = made.length === 0 ? "" : ` New secrets: ${made.join(", ")}.`;
  return `${file} is written.${secrets}\nWhat else there is to set stands in .env.example; npm start names what is missing.`;
}
