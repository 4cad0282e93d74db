import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runPipeline, type Statement } from "./pipeline";

let pool: pg.Pool;
beforeAll(() => {
  pool = new pg.Pool({ connectionString: process.env["DATABASE_URL"], max: 2 });
});
afterAll(() => pool.end());

const TENANT = "018f0000-0000-7000-8000-000000000001";
const bind: Statement = {
  name: "bind",
  text: "SELECT set_config('app.tenant_id', $1, true)",
  values: [TENANT],
};
const whoami: Statement = {
  name: "whoami",
  text: "SELECT app_tenant_id() AS tenant, $1::int AS n",
  values: [7],
};

test("a setting made by the first statement holds for the second and ends with them", async () => {
  expect(await runPipeline(pool, [bind, whoami])).toEqual([{ tenant: TENANT, n: 7 }]);
  const { rows } = await pool.query("SELECT current_setting('app.tenant_id', true) AS tenant");
  expect(rows[0].tenant ?? "").toBe("");
});

test("a prepared statement answers the same rows again", async () => {
  const answers = [];
  for (let round = 0; round < 5; round += 1) answers.push(await runPipeline(pool, [bind, whoami]));
  expect(new Set(answers.map((rows) => JSON.stringify(rows))).size).toBe(1);
});

test("an error rolls back what came before it and leaves the connection usable", async () => {
  const user = "018f0000-0000-7000-8000-0000000000aa";
  const insert: Statement = {
    name: "insert_user",
    text: "INSERT INTO users (id, email, updated_at) VALUES ($1, 'rolled-back@example.test', now())",
    values: [user],
  };
  const divide: Statement = { name: "divide", text: "SELECT 1 / $1::int AS x", values: [0] };
  await expect(runPipeline(pool, [insert, divide])).rejects.toThrow("division by zero");
  const { rows } = await pool.query("SELECT 1 FROM users WHERE id = $1", [user]);
  expect(rows).toEqual([]);
  expect(await runPipeline(pool, [bind, { ...divide, values: [1] }])).toEqual([{ x: 1 }]);
});

test("values of every kind that statements carry arrive unchanged", async () => {
  const at = new Date("2026-02-03T04:05:06.789Z");
  const values = [at, Buffer.from([0, 255]), ["a,b", 'c"d\\', null], true, null, "it's"];
  const statement: Statement = {
    name: "values",
    text: "SELECT $1::timestamptz AS at, $2::bytea AS bytes, $3::text[] AS list, $4::bool AS flag, $5::text AS nothing, $6::text AS text",
    values,
  };
  const [row] = await runPipeline(pool, [statement]);
  expect(row).toEqual({
    at,
    bytes: Buffer.from([0, 255]),
    list: values[2],
    flag: true,
    nothing: null,
    text: "it's",
  });
});

test("two hundred batches over two connections keep their own rows", async () => {
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, n) => runPipeline(pool, [bind, { ...whoami, values: [n] }])),
  );
  expect(answers.map((rows) => rows[0]?.["n"])).toEqual(Array.from({ length: 200 }, (_, n) => n));
});

test("a broken connection rejects the batch instead of leaving it waiting", async () => {
  const sleeping: Statement = { name: "sleep", text: "SELECT pg_sleep($1::float)", values: [30] };
  const outcome = runPipeline(pool, [sleeping]).then(
    () => "answered",
    (error: Error) => error.message,
  );
  const admin = new pg.Client({ connectionString: process.env["TEST_SUPERUSER_URL"] });
  await admin.connect();
  await expect
    .poll(async () => {
      const { rowCount } = await admin.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND datname = current_database() AND pid <> pg_backend_pid()",
      );
      return rowCount;
    })
    .toBe(1);
  expect(await outcome).toMatch(/terminat/);
  expect(await runPipeline(pool, [bind, whoami])).toHaveLength(1);
  await admin.end();
});
