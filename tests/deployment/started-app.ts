// Parley as a process of its own, started as `npm start` does and watched from outside.
import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import { ask } from "../factories/ask";

export type Environment = Record<string, string>;

export interface StartedApp {
  process: ChildProcess;
  exitCode: Promise<number | null>;
  output(): string;
}

const READY_TIMEOUT_MS = 120_000;
const POLL_INTERVAL_MS = 50;

/** Nothing of this test's own environment: an installation has what it was given. */
export function leanEnvironment(settings: Environment): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, ...settings } as unknown as NodeJS.ProcessEnv;
}

/** Starts what stands in `folder`, in a process group of its own. */
export function startApp(folder: string, settings: Environment): StartedApp {
  const child = spawn(process.execPath, ["scripts/start.mjs"], {
    cwd: folder,
    env: leanEnvironment(settings),
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const exitCode = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { process: child, exitCode, output: () => output };
}

/** Polls until `isReached`; throws with the app's output when it ends, or takes two minutes. */
export async function reach(app: StartedApp, isReached: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (!(await isReached())) {
    if (app.process.exitCode !== null) throw new Error(`The app ended:\n${app.output()}`);
    if (Date.now() > deadline) throw new Error(`The app is not ready:\n${app.output()}`);
    await wait(POLL_INTERVAL_MS);
  }
}

/** The status of /readyz, or null while nobody listens. */
export async function readyStatus(port: number, host: string): Promise<number | null> {
  const answer = await ask(port, "/readyz", { headers: { host } }).catch(() => null);
  return answer?.status ?? null;
}
