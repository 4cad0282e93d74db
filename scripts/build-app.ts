// The generated Prisma client and the built app, made again when their sources differ from what they were made of.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { withLock } from "./folder-lock";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));
const CLIENT_STAMP = "server/platform/prisma/.stamp";
const CLIENT_SOURCES = ["prisma/schema.prisma", "package-lock.json"];
const BUILD_STAMP = "build/.stamp";
const BUILD_SOURCES = [
  "app",
  "server",
  "public",
  "prisma/schema.prisma",
  "package-lock.json",
  "remix.config.js",
  "vite.config.ts",
  "tailwind.config.ts",
  "tsconfig.json",
];
const OUTPUT_MAX = 20_000;

/** Generates the Prisma client when the schema changed; answers whether it had to. */
export async function ensureClient(): Promise<boolean> {
  return makeWhenStale(CLIENT_STAMP, CLIENT_SOURCES, () => runPackage("prisma", ["generate"]));
}

/** Builds the app when a source changed; answers whether it had to. */
export async function ensureBuild(): Promise<boolean> {
  return makeWhenStale(BUILD_STAMP, BUILD_SOURCES, () => runPackage("@remix-run/dev", ["vite:build"]));
}

async function makeWhenStale(stamp: string, sources: string[], make: () => Promise<void>): Promise<boolean> {
  const path = join(ROOT, stamp);
  const digest = digestOf(sources);
  const isCurrent = () => existsSync(path) && readFileSync(path, "utf8") === digest;
  if (isCurrent()) return false;
  // Two starts in one checkout would write over each other's files.
  return withLock(join(ROOT, "node_modules/.cache/parley-making.lock"), async () => {
    if (isCurrent()) return false;
    rmSync(path, { force: true });
    await make();
    writeFileSync(path, digest);
    return true;
  });
}

function digestOf(sources: string[]): string {
  const hash = createHash("sha256");
  for (const source of sources) addToDigest(hash, source);
  return hash.digest("hex");
}

function addToDigest(hash: ReturnType<typeof createHash>, path: string): void {
  const absolute = join(ROOT, path);
  // The generated client is made of the schema, which is a source itself; tests do not reach the build.
  if (!existsSync(absolute) || path === "server/platform/prisma" || /\.test\.tsx?$/.test(path)) return;
  if (statSync(absolute).isDirectory()) {
    for (const name of readdirSync(absolute).sort()) addToDigest(hash, `${path}/${name}`);
    return;
  }
  hash.update(path).update("\0").update(readFileSync(absolute)).update("\0");
}

/** Runs a package's own command line quietly; its output appears in the error when it fails. */
export async function runPackage(
  packageName: string,
  args: string[],
  environment: Record<string, string> = {},
): Promise<void> {
  await runNode([binaryOf(packageName), ...args], environment);
}

/** Runs a TypeScript file of this repository in a process of its own, as quietly. */
export async function runScript(path: string, environment: Record<string, string> = {}): Promise<void> {
  await runNode(["--import", "tsx", join(ROOT, path)], environment);
}

async function runNode(args: string[], environment: Record<string, string>): Promise<void> {
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const killWithProcess = () => child.kill();
  process.once("exit", killWithProcess);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-OUTPUT_MAX);
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  process.removeListener("exit", killWithProcess);
  if (code !== 0) throw new Error(`${args.join(" ")} failed:\n${withoutNoise(output)}`);
}

/** Vite lists every watched file and every externalized module with an error; the error itself is elsewhere. */
function withoutNoise(output: string): string {
  const isNoise = (line: string) => /has been externalized for|^ +'\/.*',?$/.test(line);
  return output
    .split("\n")
    .filter((line) => !isNoise(line))
    .join("\n");
}

/** The file behind a package's command: the named one, else the one with the package's name, else the first. */
export function binaryOf(
  packageName: string,
  command = packageName.split("/").at(-1) ?? packageName,
): string {
  const require = createRequire(import.meta.url);
  const manifestPath = findManifest(require.resolve.paths(packageName) ?? [], packageName);
  const { bin } = JSON.parse(readFileSync(manifestPath, "utf8")) as { bin: string | Record<string, string> };
  const file = typeof bin === "string" ? bin : (bin[command] ?? Object.values(bin)[0]);
  if (!file) throw new Error(`${packageName} has no command.`);
  return join(dirname(manifestPath), file);
}

function findManifest(roots: string[], packageName: string): string {
  const found = roots
    .map((root) => join(root, packageName, "package.json"))
    .find((manifest) => existsSync(manifest));
  if (!found) throw new Error(`${packageName} is not installed: run npm ci.`);
  return found;
}
