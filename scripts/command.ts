// How an operator's command ends: its answer on stdout and 0, or what is wrong on stderr and 1. No stack for what the
// operator can mend.
import { ZodError } from "zod";
import { AppError } from "../server/platform/errors";
import { isOutage } from "../server/platform/outage";
import { readEnvFile } from "./env-file";

// A command reads its options before it runs: a wrong one is told as everything else that the operator can mend.
process.once("uncaughtException", (error) => {
  const isOption = "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
  console.error(isOption ? error.message : error);
  process.exit(1);
});

export async function runCommand(run: () => Promise<string>, close: () => Promise<void>): Promise<void> {
  readEnvFile();
  try {
    console.log(await run());
  } catch (error) {
    console.error(messageOf(error));
    process.exitCode = 1;
  } finally {
    await close();
  }
}

function messageOf(error: unknown): string {
  if (error instanceof AppError && error.details.fields) {
    return Object.entries(error.details.fields)
      .map(([field, message]) => `${field}: ${message}`)
      .join("\n");
  }
  if (error instanceof ZodError) {
    return error.issues
      .map(({ path, message }) => [path.join("."), message].filter(Boolean).join(": "))
      .join("\n");
  }
  if (isOutage(error)) return "The database cannot be reached: see DATABASE_URL and DATABASE_PLATFORM_URL.";
  return error instanceof Error ? error.message : String(error);
}
