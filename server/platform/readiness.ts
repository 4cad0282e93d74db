// Whether this process can serve: its database answers, Redis answers when one is set, and it is not on its way out.
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

let redis: Redis | undefined;

/** The state of everything that a request needs. Does not throw. */
export async function readiness(): Promise<Readiness> {
  const { redisUrl } = config();
  const names: string[] = ["database"];
  const work: Promise<unknown>[] = [pool().query("SELECT 1")];
  if (redisUrl !== null) {
    if (redis === undefined || redis.status === "end") redis = connectRedis(redisUrl, "readiness");
    names.push("redis");
    work.push(ping(redis));
  }
  const results = await Promise.all(work.map(answers));
  const checks = Object.fromEntries(names.map((name, index) => [name, results[index] ?? "failed"]));
  if (isShuttingDown()) checks["process"] = "failed";
  return { isReady: !Object.values(checks).includes("failed"), checks };
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
