// One process at a time: a file that names its holder by process id. What a dead process left behind counts for nothing.
import { linkSync, mkdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { isAlive, isRunning } from "./processes";

const POLL_INTERVAL_MS = 50;
const WAIT_MS_MAX = 300_000;
const CLEARING_MS_MAX = 10_000;

const held = new Set<string>();

interface LockOptions {
  /** Called once when somebody else holds the lock. */
  onWait?: (holder: number) => void;
}

/** Runs `work` while this process alone holds `file`. Throws when the holder does not let go within five minutes. */
export async function withLock<Result>(
  file: string,
  work: () => Promise<Result>,
  options: LockOptions = {},
): Promise<Result> {
  mkdirSync(dirname(file), { recursive: true });
  await take(file, options);
  held.add(file);
  const release = () => {
    held.delete(file);
    rmSync(file, { force: true });
  };
  process.once("exit", release);
  try {
    return await work();
  } finally {
    process.removeListener("exit", release);
    release();
  }
}

async function take(file: string, { onWait }: LockOptions): Promise<void> {
  const deadline = Date.now() + WAIT_MS_MAX;
  let hasSaid = false;
  while (!isTaken(file)) {
    const holder = holderOf(file);
    if (holder !== null && !isHolding(holder, file)) clear(file, holder);
    else if (holder !== null && !hasSaid) {
      hasSaid = true;
      onWait?.(holder);
    }
    if (Date.now() > deadline)
      throw new Error(`Process ${holder} has held ${file} for five minutes: end it and try again.`);
    await wait(POLL_INTERVAL_MS);
  }
}

/** A link appears at once with its content, and only where nothing is yet. */
function isTaken(file: string): boolean {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

function holderOf(file: string): number | null {
  try {
    return Number(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
}

/** A container starts again with the same numbers: a file with this process's own may be left over, too. */
function isHolding(pid: number, file: string): boolean {
  if (pid === process.pid) return held.has(file);
  return pid > 0 && isAlive(pid) && isRunning(pid, "node");
}

/** Removes a dead holder's file; one process at a time, lest it be the next holder's. */
function clear(file: string, deadHolder: number): void {
  const clearing = `${file}.clearing`;
  try {
    mkdirSync(clearing);
  } catch {
    if (ageOf(clearing) > CLEARING_MS_MAX) rmSync(clearing, { recursive: true, force: true });
    return;
  }
  if (holderOf(file) === deadHolder) rmSync(file, { force: true });
  rmdirSync(clearing);
}

function ageOf(path: string): number {
  return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
}
