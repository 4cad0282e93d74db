// An operator's command as a shell runs it, with what it printed and how it ended.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs `scripts/<script>.ts` against the database of this test. */
export async function runCommand(
  script: string,
  args: string[] = [],
  env: Record<string, string> = {},
): Promise<Outcome> {
  const command = ["--import", "tsx", `scripts/${script}.ts`, ...args];
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, command, {
      env: { ...process.env, ...env },
      timeout: 150_000,
    });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as Outcome;
    return { code, stdout, stderr };
  }
}
