// Cold start: `npm start` a second time on a folder that is built, migrated and seeded, until /readyz answers.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../build-app";
import { findFreePort } from "../processes";
import { median, type Result } from "./measure";

const STARTS = 3;
const LIMIT_SECONDS = 5;
const DEADLINE_MS = 120_000;

/** The first start makes the folder and is shown; the verdict is on the starts after it. */
export async function benchColdStart(): Promise<Result[]> {
  const folder = mkdtempSync(join(tmpdir(), "parley-bench-start-"));
  try {
    const first = await startOnce(folder);
    const later: number[] = [];
    for (let start = 0; start < STARTS; start += 1) later.push(await startOnce(folder));
    return [
      {
        name: "cold start",
        figures: {
          "first (database made, demo seeded)": `${first.toFixed(1)} s`,
          later: `${median(later).toFixed(2)} s`,
        },
        verdict: { value: median(later), unit: "s", limit: LIMIT_SECONDS, goal: LIMIT_SECONDS, kind: "max" },
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startOnce(folder: string): Promise<number> {
  const port = await findFreePort();
  const startedAt = performance.now();
  const { PATH, HOME } = process.env;
  const child = spawn("npm", ["start"], {
    cwd: ROOT,
    env: { PATH, HOME, NODE_ENV: "development", DATA_DIR: folder, PORT: String(port) },
    stdio: "ignore",
    detached: true,
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await waitUntilReady(`http://localhost:${port}/readyz`);
  const seconds = (performance.now() - startedAt) / 1000;
  // The whole group, as Ctrl-C does.
  process.kill(-(child.pid ?? 0), "SIGINT");
  await ended;
  return seconds;
}

async function waitUntilReady(url: string): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (performance.now() < deadline) {
    const isReady = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (isReady) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${url} did not answer within ${DEADLINE_MS} ms`);
}
