import pg from "pg";
import { expect, test } from "vitest";
import { listKeyFaults } from "./tenant-keys";

/** What the rule says of the schema with these tables in it; they are gone afterwards. */
async function faultsWith(sql: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: process.env["TEST_SUPERUSER_URL"] });
  await client.connect();
  try {
    await client.query("BEGIN");
    await client.query(sql);
    return await listKeyFaults(client);
  } finally {
    await client.end();
  }
}

const SHELVES =
  "CREATE TABLE shelves (id uuid PRIMARY KEY, tenant_id uuid NOT NULL, UNIQUE (tenant_id, id));";

test("every foreign key between tables of tenants carries the tenant", async () => {
  expect(await faultsWith("")).toEqual([]);
});

test("one that leaves the tenant out is a fault", async () => {
  const books =
    "CREATE TABLE books (tenant_id uuid NOT NULL, shelf_id uuid CONSTRAINT on_shelf REFERENCES shelves (id));";
  expect(await faultsWith(SHELVES + books)).toEqual(["books: on_shelf refers to shelves without tenant_id"]);
});

test("one whose tenant is compared with something else is a fault too", async () => {
  const books = `CREATE TABLE books (tenant_id uuid NOT NULL, owner_id uuid, shelf_id uuid,
    CONSTRAINT on_shelf FOREIGN KEY (owner_id, shelf_id) REFERENCES shelves (tenant_id, id));`;
  expect(await faultsWith(SHELVES + books)).toEqual(["books: on_shelf refers to shelves without tenant_id"]);
});

test("one that carries the tenant is none, nor is one from or to a table without tenants", async () => {
  const books = `CREATE TABLE books (tenant_id uuid NOT NULL REFERENCES tenants (id), owner_id uuid REFERENCES users (id),
    shelf_id uuid, FOREIGN KEY (tenant_id, shelf_id) REFERENCES shelves (tenant_id, id));
    CREATE TABLE signs (shelf_id uuid REFERENCES shelves (id));`;
  expect(await faultsWith(SHELVES + books)).toEqual([]);
});

test("an exception that is needed no longer is a fault", async () => {
  const faults = await faultsWith(
    "ALTER TABLE service_account_tokens DROP CONSTRAINT service_account_tokens_account_id_fkey;",
  );
  expect(faults).toEqual(["service_account_tokens_account_id_fkey is named as an exception and is none"]);
});
