// A throwaway Redis on a free port, from the redis-server that the machine has; nothing is written to disk.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { findFreePort } from "./processes";

const START_TIMEOUT_MS = 30_000;
const START_ATTEMPTS_MAX = 3;

export interface RedisServer {
  url: string;
  stop(): Promise<void>;
}

/** Whether a redis-server can be started here. */
export function hasRedisServer(): boolean {
  return spawnSync("redis-server", ["--version"]).status === 0;
}

/** Starts it on this port or a free one, or answers null when the machine has none. It ends with `stop` and with this process's orderly exit. */
export async function startRedis(wantedPort?: number): Promise<RedisServer | null> {
  if (!hasRedisServer()) return null;
  if (wantedPort !== undefined) return startRedisOn(wantedPort);
  // Another program may take the port between finding it and listening on it: then the next one is tried.
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startRedisOn(await findFreePort());
    } catch (error) {
      if (attempt >= START_ATTEMPTS_MAX) throw error;
    }
  }
}

async function startRedisOn(port: number): Promise<RedisServer> {
  const settings = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const child = spawn("redis-server", settings, { stdio: "ignore" });
  const killWithProcess = () => child.kill("SIGKILL");
  process.once("exit", killWithProcess);
  await waitUntilListening(port, child);
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: async () => {
      process.removeListener("exit", killWithProcess);
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
    },
  };
}

async function waitUntilListening(port: number, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await isListening(port))) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline)
      throw new Error("redis-server did not start.");
    await wait(20);
  }
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
