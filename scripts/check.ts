// npm run check — everything that can be known without a browser, quickest first; stops at the first fault.
// `npm run check -- --keep-going` runs all of it; `--static` leaves out tests and build.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { binaryOf, ensureBuild, ensureClient, ROOT } from "./build-app";

interface Check {
  name: string;
  run(): Promise<boolean>;
}

const DEPENDENCY_ROOTS = [
  "app",
  "server",
  "scripts",
  "prisma.config.ts",
  "vite.config.ts",
  "vitest.config.ts",
];

export const STATIC_CHECKS: Check[] = [
  { name: "Prisma client", run: async () => isDone(await ensureClient()) },
  { name: "format and lint", run: () => runTool("@biomejs/biome", ["check", "--error-on-warnings"]) },
  { name: "types", run: () => runTool("typescript", ["--noEmit"], { command: "tsc" }) },
  {
    name: "who may call whom",
    run: () => runTool("dependency-cruiser", ["--config", ".dependency-cruiser.cjs", ...DEPENDENCY_ROOTS]),
  },
  { name: "unused code", run: () => runTool("knip", ["--no-progress"]) },
  { name: "walls", run: () => runOwn("check-walls") },
  { name: "sizes", run: () => runOwn("check-sizes") },
  { name: "documents", run: () => runOwn("check-docs") },
  { name: "recorded events", run: () => runOwn("stripe-fixtures") },
  { name: "guards", run: () => runOwn("check-guards") },
  { name: "database", run: () => runOwn("check-database") },
];

export const BUILD_CHECKS: Check[] = [
  { name: "build", run: async () => isDone(await ensureBuild()) },
  { name: "what reaches the browser", run: () => runOwn("check-client") },
];

const TESTS: Check = { name: "tests", run: () => runTool("vitest", ["run"]) };

/** Runs the checks in order; answers the names of those that failed. */
export async function runChecks(checks: Check[], options: { keepsGoing: boolean }): Promise<string[]> {
  const failed: string[] = [];
  const startedAt = performance.now();
  for (const check of checks) {
    console.log(`\n── ${check.name}`);
    const checkStartedAt = performance.now();
    const isPassed = await check.run().catch(printFailure);
    console.log(`   ${isPassed ? "passed" : "FAILED"} in ${secondsSince(checkStartedAt)} s`);
    if (!isPassed) failed.push(check.name);
    if (!isPassed && !options.keepsGoing) break;
  }
  const verdict = failed.length === 0 ? "All checks passed" : `Failed: ${failed.join(", ")}`;
  console.log(`\n${verdict} (${secondsSince(startedAt)} s)`);
  return failed;
}

function printFailure(error: unknown): false {
  console.error(error instanceof Error ? error.message : error);
  return false;
}

/** A step that only makes something passes when it did not throw. */
function isDone(_isMade: boolean): true {
  return true;
}

function secondsSince(startedAt: number): string {
  return ((performance.now() - startedAt) / 1000).toFixed(1);
}

export interface ToolOptions {
  /** The command, where the package has several. */
  command?: string;
  /** Gets each line of output, which is shown as it is otherwise. */
  show?: (line: string) => void;
}

/** Runs a package's command; answers whether it succeeded. */
export function runTool(packageName: string, args: string[], options: ToolOptions = {}): Promise<boolean> {
  return run([binaryOf(packageName, options.command), ...args], options.show);
}

function runOwn(script: string): Promise<boolean> {
  return run(["--import", "tsx", `scripts/${script}.ts`]);
}

function run(args: string[], show?: (line: string) => void): Promise<boolean> {
  const output = show ? "pipe" : "inherit";
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ["inherit", output, output] });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream && show) createInterface({ input: stream }).on("line", show);
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code === 0));
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const isStaticOnly = process.argv.includes("--static");
  const failed = await runChecks(isStaticOnly ? STATIC_CHECKS : [...STATIC_CHECKS, TESTS, ...BUILD_CHECKS], {
    keepsGoing: process.argv.includes("--keep-going"),
  });
  process.exitCode = failed.length > 0 ? 1 : 0;
}
