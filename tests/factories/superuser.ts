// What no role of the product may do to the database: damage that it must notice, and times that it must outlive.
import pg from "pg";

/** Runs a statement, or several without values, past every policy and grant of the test's database. */
export function asSuperuser(sql: string, values?: unknown[]): Promise<pg.QueryResult> {
  return runAt(process.env["TEST_SUPERUSER_URL"] ?? "", sql, values);
}

/** The same in another database. */
export async function runAt(url: string, sql: string, values?: unknown[]): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query(sql, values);
  } finally {
    await client.end();
  }
}
