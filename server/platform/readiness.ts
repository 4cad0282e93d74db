// Whether this process can serve: its database answers, so does every Redis that is set, and it is not on its way out.
// Asked often, so it answers within a second whatever hangs.

import type { Redis } from "ioredis";
import { sleep } from "./clock";
import { config } from "./config";
import { pool } from "./db";
import { connectRedis, untilConnected } from "./redis";
import { isShuttingDown } from "./shutdown";

const TIMEOUT_MS = 1_000;

type Check = "ok" | "failed";

export interface Readiness {
  isReady: boolean;
  checks: Record<string, Check>;
}

const connections = new Map<string, Redis>();

/** The state of everything that a request needs. Does not throw. */
export async function readiness(): Promise<Readiness> {
  const { redisUrls } = config();
  const names: string[] = ["database"];
  const work: Promise<unknown>[] = [pool().query("SELECT 1")];
  if (redisUrls.length > 0) {
    names.push("redis");
    work.push(Promise.all(redisUrls.map((url) => ping(connectionTo(url)))));
  }
  const results = await Promise.all(work.map(answers));
  const checks = Object.fromEntries(names.map((name, index) => [name, results[index] ?? "failed"]));
  if (isShuttingDown()) checks["process"] = "failed";
  return { isReady: !Object.values(checks).includes("failed"), checks };
}

function connectionTo(url: string): Redis {
  const known = connections.get(url);
  if (known !== undefined && known.status !== "end") return known;
  const made = connectRedis(url, "readiness");
  connections.set(url, made);
  return made;
}

async function ping(connection: Redis): Promise<string> {
  await untilConnected(connection);
  return connection.ping();
}

async function answers(work: Promise<unknown>): Promise<Check> {
  const done = work.then(
    () => "ok" as const,
    () => "failed" as const,
  );
  return Promise.race([done, sleep(TIMEOUT_MS).then(() => "failed" as const)]);
}
