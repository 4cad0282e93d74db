// What a balancer is told: /healthz says that the process lives, whatever it stands on; /readyz turns requests away while
// the database or Redis does not answer, and takes them again by itself.

import pg from "pg";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { loader as healthz } from "../app/routes/healthz";
import { loader as readyz } from "../app/routes/readyz";
import { findFreePort } from "../scripts/processes";
import { hasRedisServer, startRedis } from "../scripts/redis-server";
import { resetConfig } from "../server/platform/config";
import { systemHealth } from "../server/platform/health";
import { closeRedis } from "../server/platform/redis";
import { startTestServer, type TestServer } from "./factories/http";

let web: TestServer;

beforeAll(async () => {
  web = await startTestServer({ healthz: { loader: healthz }, readyz: { loader: readyz } });
});

afterEach(() => {
  for (const name of ["REDIS_URL", "RATE_LIMIT_REDIS_URL", "STREAM_REDIS_URL"]) delete process.env[name];
  resetConfig();
  closeRedis();
});

afterAll(async () => {
  await web.close();
});

/** Status and body of both probes. */
async function probes(): Promise<{ healthz: unknown[]; readyz: unknown[] }> {
  const [health, ready] = await Promise.all([web.ask("/healthz"), web.ask("/readyz")]);
  return { healthz: [health.status, health.json()], readyz: [ready.status, ready.json()] };
}

const ALIVE = [200, { status: "ok" }];

async function allowConnections(isAllowed: boolean): Promise<void> {
  const url = new URL(process.env["TEST_SUPERUSER_URL"] ?? "");
  const database = url.pathname.slice(1);
  url.pathname = "/postgres";
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query(`ALTER DATABASE ${database} WITH ALLOW_CONNECTIONS ${isAllowed}`);
  if (!isAllowed)
    await client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", [
      database,
    ]);
  await client.end();
}

test("while the database is away the process is alive and not ready, and ready again once it is back", async () => {
  const ready = [200, { status: "ok", checks: { database: "ok" } }];
  expect(await probes()).toEqual({ healthz: ALIVE, readyz: ready });
  await allowConnections(false);
  const away = [503, { status: "unavailable", checks: { database: "failed" } }];
  expect(await probes()).toEqual({ healthz: ALIVE, readyz: away });
  await allowConnections(true);
  await expect.poll(probes).toEqual({ healthz: ALIVE, readyz: ready });
});

test.skipIf(!hasRedisServer())(
  "while Redis is away the process is alive and not ready, and ready again once it is back",
  async () => {
    const port = await findFreePort();
    process.env["REDIS_URL"] = `redis://127.0.0.1:${port}`;
    resetConfig();
    const away = [503, { status: "unavailable", checks: { database: "ok", redis: "failed" } }];
    const ready = [200, { status: "ok", checks: { database: "ok", redis: "ok" } }];
    expect(await probes()).toEqual({ healthz: ALIVE, readyz: away });
    const redis = await startRedis(port);
    await expect.poll(probes).toEqual({ healthz: ALIVE, readyz: ready });
    await redis?.stop();
    await expect.poll(probes).toEqual({ healthz: ALIVE, readyz: away });
  },
);

test.skipIf(!hasRedisServer()).each(["RATE_LIMIT_REDIS_URL", "STREAM_REDIS_URL"])(
  "a Redis that only %s names is asked too, alone or beside the others'",
  async (name) => {
    const port = await findFreePort();
    process.env[name] = `redis://127.0.0.1:${port}`;
    resetConfig();
    const away = [503, { status: "unavailable", checks: { database: "ok", redis: "failed" } }];
    const ready = [200, { status: "ok", checks: { database: "ok", redis: "ok" } }];
    expect(await probes()).toEqual({ healthz: ALIVE, readyz: away });
    expect((await systemHealth()).redis.state).toBe("failed");
    const own = await startRedis(port);
    await expect.poll(probes).toEqual({ healthz: ALIVE, readyz: ready });
    expect((await systemHealth()).redis.state).toBe("ok");
    const otherPort = await findFreePort();
    process.env["REDIS_URL"] = `redis://127.0.0.1:${otherPort}`;
    resetConfig();
    expect(await probes()).toEqual({ healthz: ALIVE, readyz: away });
    expect((await systemHealth()).redis.state).toBe("failed");
    const other = await startRedis(otherPort);
    await expect.poll(probes).toEqual({ healthz: ALIVE, readyz: ready });
    await Promise.all([own?.stop(), other?.stop()]);
  },
);
