// npm run check — everything that can be known without a browser, quickest first; stops at the first fault.
// `npm run check -- --keep-going` runs all of it; `--static` leaves out tests and build.
import { spawn } from "node:child_process";
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

const STATIC_CHECKS: Check[] = [
  { name: "Prisma client", run: async () => isDone(await ensureClient()) },
  { name: "format and lint", run: () => runTool("@biomejs/biome", ["check", "--error-on-warnings"]) },
  { name: "types", run: () => runTool("typescript", ["--noEmit"], "tsc") },
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

const TESTS_AND_BUILD: Check[] = [
  { name: "tests", run: () => runTool("vitest", ["run"]) },
  { name: "build", run: async () => isDone(await ensureBuild()) },
  { name: "what reaches the browser", run: () => runOwn("check-client") },
];

/** Runs the checks in order; answers the names of those that failed. */
export async function runChecks(options: { isStaticOnly: boolean; keepsGoing: boolean }): Promise<string[]> {
  const failed: string[] = [];
  const startedAt = performance.now();
  for (const check of options.isStaticOnly ? STATIC_CHECKS : [...STATIC_CHECKS, ...TESTS_AND_BUILD]) {
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

/** Runs a package's command with its output shown; answers whether it succeeded. */
export function runTool(packageName: string, args: string[], command?: string): Promise<boolean> {
  return run([binaryOf(packageName, command), ...args]);
}

function runOwn(script: string): Promise<boolean> {
  return run(["--import", "tsx", `scripts/${script}.ts`]);
}

function run(args: string[]): Promise<boolean> {
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code === 0));
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const failed = await runChecks({
    isStaticOnly: process.argv.includes("--static"),
    keepsGoing: process.argv.includes("--keep-going"),
  });
  process.exitCode = failed.length > 0 ? 1 : 0;
}
