import pg from "pg";
import { expect, test } from "vitest";

async function queryAs(url: string | undefined, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}

test("the application role may not change the schema", async () => {
  const attempt = queryAs(process.env["DATABASE_URL"], "CREATE TABLE intruder (id int)");
  await expect(attempt).rejects.toThrow("permission denied");
});

test("the application role sees no tenant outside a scope", async () => {
  const { rows } = await queryAs(process.env["DATABASE_URL"], "SELECT count(*)::int AS seen FROM tenants");
  expect(rows).toEqual([{ seen: 0 }]);
});

test("the platform role may use the job queue and may not change the schema", async () => {
  const url = process.env["DATABASE_PLATFORM_URL"];
  await queryAs(url, "SELECT * FROM graphile_worker.jobs");
  await expect(queryAs(url, "CREATE TABLE intruder (id int)")).rejects.toThrow("permission denied");
});
