// Starts and kills instances: of the run engine, of billing, or of the whole server. Each kind is bundled once, packages and
// all, so that a new one is up soon.

import { type ChildProcess, spawn } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";

export interface Instance {
  port: number;
  /** The same door as a local socket. */
  socketPath: string;
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Resolves when it has ended, however that came. */
  ended: Promise<void>;
  /** SIGSTOP and SIGCONT: it stands still, or goes on. */
  signal(signal: "SIGSTOP" | "SIGCONT"): void;
}

const READY_TIMEOUT_MS = 60_000;

type Kind = "instance" | "app" | "billing";

// Below node_modules, so that the native packages left out of the bundle resolve.
const bundleOf = (kind: Kind) => resolve(`node_modules/.cache/parley-chaos/${kind}-${process.pid}.mjs`);

/** Bundles an instance as the application's build does: Markdown as text. */
export async function bundleInstance(kind: Kind = "instance"): Promise<void> {
  await build({
    entryPoints: [resolve(`tests/chaos/${kind}.ts`)],
    outfile: bundleOf(kind),
    bundle: true,
    platform: "node",
    format: "esm",
    external: ["@node-rs/*", "@prisma/client", "pg-native"],
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    logLevel: "error",
    plugins: [
      {
        name: "raw-text",
        setup(bundle) {
          bundle.onResolve({ filter: /\?raw$/ }, ({ path, resolveDir }) => ({
            path: join(resolveDir, path.replace(/\?raw$/, "")),
            namespace: "raw-text",
          }));
          bundle.onLoad({ filter: /.*/, namespace: "raw-text" }, async ({ path }) => ({
            contents: await readFile(path, "utf8"),
            loader: "text",
          }));
        },
      },
    ],
  });
}

/** Removes the bundle. */
export async function removeBundle(kind: Kind = "instance"): Promise<void> {
  await rm(bundleOf(kind), { force: true });
}

/** Starts an instance and answers once it takes runs. */
export async function startInstance(
  environment: Record<string, string>,
  kind: Kind = "instance",
): Promise<Instance> {
  const child = spawn(process.execPath, [bundleOf(kind)], {
    env: { ...process.env, ...environment },
    // The pipe to the instance closes with this process, and the instance ends with the pipe.
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  const doors = await doorsOf(child);
  return {
    ...doors,
    ended,
    signal: (signal) => void child.kill(signal),
    kill: async (signal) => {
      child.kill(signal);
      await ended;
      await rm(doors.socketPath, { force: true });
    },
  };
}

function doorsOf(child: ChildProcess): Promise<Pick<Instance, "port" | "socketPath">> {
  return new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Error("an instance does not start")), READY_TIMEOUT_MS);
    child.once("exit", (code) => fail(new Error(`an instance ended with ${code}`)));
    if (!child.stdout) throw new Error("an instance without output");
    createInterface(child.stdout).on("line", (line) => {
      const [, port, socketPath] = /^ready (\d+) (.+)$/.exec(line) ?? [];
      // Log lines of instances, when LOG_LEVEL asks for them.
      if (!port || !socketPath) return console.log(line);
      clearTimeout(timer);
      done({ port: Number(port), socketPath });
    });
  });
}
