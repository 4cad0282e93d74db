// A database of its own for each test file: a copy of the migrated template, reachable through the three roles' URLs.
import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, inject } from "vitest";
import { roleUrls } from "../../scripts/provision-database";

const superuserUrl = inject("superuserUrl");
const database = `test_${randomUUID().replaceAll("-", "")}`;

async function runAsSuperuser(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

await runAsSuperuser(`CREATE DATABASE ${database} OWNER parley_owner TEMPLATE ${inject("templateDatabase")}`);
const urls = roleUrls(superuserUrl, database, inject("rolePasswords"));
const databaseSuperuserUrl = new URL(superuserUrl);
databaseSuperuserUrl.pathname = `/${database}`;
Object.assign(process.env, {
  DATABASE_URL: urls.databaseUrl,
  DATABASE_OWNER_URL: urls.databaseOwnerUrl,
  DATABASE_PLATFORM_URL: urls.databasePlatformUrl,
  TEST_SUPERUSER_URL: databaseSuperuserUrl.toString(),
});
const redisUrl = inject("redisUrl");
if (redisUrl)
  process.env["TEST_REDIS_URL"] = `${redisUrl}/${Number(process.env["VITEST_POOL_ID"] ?? 0) % 16}`;

// Registered first, so it runs last. A file that keeps connections open keeps its database until the server goes.
afterAll(async () => {
  const { closeStores } = await import("../../server/platform/stores");
  await closeStores();
  await runAsSuperuser(`DROP DATABASE IF EXISTS ${database}`).catch(() => undefined);
});
