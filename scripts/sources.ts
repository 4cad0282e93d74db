// The repository's own files as the checks read them: paths from the root, with forward slashes.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { ROOT } from "./build-app";

const SKIPPED = new Set(["node_modules", "build", ".git", ".data", "var", "coverage", "test-results"]);
const GENERATED = "server/platform/prisma";

/** Files below `folder` whose path matches, sorted. */
export function listFiles(folder: string, pattern: RegExp): string[] {
  return walk(folder)
    .filter((path) => pattern.test(path))
    .sort();
}

function walk(folder: string): string[] {
  const entries = readdirSync(join(ROOT, folder), { withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = folder === "." ? entry.name : `${folder}/${entry.name}`;
    if (entry.isFile()) return [path];
    return !entry.isDirectory() || SKIPPED.has(entry.name) || path === GENERATED ? [] : walk(path);
  });
}

export function readSource(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

export function parseSource(path: string): ts.SourceFile {
  return ts.createSourceFile(path, readSource(path), ts.ScriptTarget.ES2022, true);
}

/** `path:line` of a node, as editors open it. */
export function placeOf(source: ts.SourceFile, node: ts.Node): string {
  return `${source.fileName}:${source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1}`;
}

/** The rooms in their line, as the dependency rules name them. */
export function listRooms(): string[] {
  const [, block = ""] = readSource(".dependency-cruiser.cjs").match(/^const ROOMS = \[([^\]]*)\]/m) ?? [];
  return [...block.matchAll(/"([\w-]+)"/g)].map(([, room = ""]) => room);
}

/** Prints what a check found and ends the process with 1 when something must change. */
export function report(subject: string, problems: string[], warnings: string[] = []): void {
  for (const warning of warnings) console.log(`  warning  ${warning}`);
  for (const problem of problems) console.log(`  problem  ${problem}`);
  const counts = [
    `${problems.length} problems`,
    ...(warnings.length > 0 ? [`${warnings.length} warnings`] : []),
  ];
  console.log(`${subject}: ${counts.join(", ")}`);
  if (problems.length > 0) process.exitCode = 1;
}
