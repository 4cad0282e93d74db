// What a person gets while something Parley stands on is away: 503 and a time to come back, never 500, and everything
// again by itself afterwards.

import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../tests/factories/http";
import { makeTenant } from "../tests/factories/tenants";
import { signIn } from "../tests/factories/users";
import { sleep } from "./platform/clock";
import { readiness } from "./platform/readiness";

let web: TestServer;
let headers: Record<string, string>;

beforeAll(async () => {
  web = await startTestServer();
  const tenant = await makeTenant();
  const { cookie } = await signIn(tenant.owner);
  headers = { cookie, "x-parley-tenant": tenant.slug };
});

afterAll(async () => {
  await web.close();
});

async function asSuperuser(sql: string): Promise<void> {
  const url = new URL(process.env["TEST_SUPERUSER_URL"] ?? "");
  const database = url.pathname.slice(1);
  url.pathname = "/postgres";
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query(sql.replaceAll("$database", database));
  await client.end();
}

const CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '$database'";

test("connections that are cut in the middle cost at most a 503 each, and new ones take over", async () => {
  let isOver = false;
  const statuses = new Set<number>();
  const caller = async () => {
    while (!isOver) statuses.add((await web.ask("/trpc/conversations.list", { headers })).status);
  };
  const callers = Array.from({ length: 6 }, caller);
  for (let round = 0; round < 8; round += 1) {
    await sleep(80);
    await asSuperuser(CUT);
  }
  isOver = true;
  await Promise.all(callers);
  expect([...statuses].filter((status) => status !== 200 && status !== 503)).toEqual([]);
  expect((await web.ask("/trpc/conversations.list", { headers })).status).toBe(200);
});

test("a database that refuses everyone is 503 with a time to come back, and readiness says which part", async () => {
  await asSuperuser("ALTER DATABASE $database WITH ALLOW_CONNECTIONS false");
  await asSuperuser(CUT);
  const answer = await web.ask("/trpc/conversations.list", { headers });
  expect(answer.status).toBe(503);
  expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
  expect(answer.body).toContain('"SERVICE_UNAVAILABLE"');
  expect(answer.body).not.toMatch(/connection|database|postgres/i);
  expect(await readiness()).toMatchObject({ isReady: false, checks: { database: "failed" } });
  await asSuperuser("ALTER DATABASE $database WITH ALLOW_CONNECTIONS true");
  await expect.poll(async () => (await web.ask("/trpc/conversations.list", { headers })).status).toBe(200);
  expect(await readiness()).toEqual({ isReady: true, checks: { database: "ok" } });
});
