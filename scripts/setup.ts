// npm run setup — asks what a copy of Parley is for, where it is reached, who may sign up, whether there is a Redis and who
// says where sign-ins come from; writes .env, with new secrets for production. What .env has already is kept.
// --yes asks nothing; --policy approval and the like answer beforehand; --file writes another file.
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { setUp } from "./setup-file";
import { QUESTIONS } from "./setup-questions";

const flags = Object.fromEntries(QUESTIONS.map(({ flag }) => [flag, { type: "string" as const }]));
const { values } = parseArgs({
  options: { ...flags, yes: { type: "boolean", default: false }, file: { type: "string", default: ".env" } },
});
const { yes, file, ...given } = values as { yes: boolean; file: string } & Record<string, string | undefined>;
const isAsking = !yes && process.stdin.isTTY;
const terminal = isAsking ? createInterface({ input: process.stdin, output: process.stdout }) : null;

try {
  console.log(
    await setUp({ file, given, ask: terminal && ((text) => terminal.question(text)), say: console.log }),
  );
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  terminal?.close();
}
