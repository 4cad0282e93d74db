// Every table with something of a tenant is under forced row-level security with a policy, and the application role reads
// nothing of it without naming a tenant.
import { beforeAll, expect, test } from "vitest";
import { guardedTables } from "../../server/admin/isolation";
import { platformPool, pool } from "../../server/platform/db";
import { certify } from "./certify";
import { makeGround } from "./ground";

let forced: string[] = [];

beforeAll(async () => {
  await makeGround();
});
certify("tables", () => forced.length);

test("no table of tenants is open", async () => {
  const tables = await guardedTables();
  forced = tables.forced;
  expect(tables.open).toEqual([]);
  expect(forced).toEqual(expect.arrayContaining(["tenants", "tenant_members", "conversations", "messages"]));
});

test("the application role sees nothing of a tenant that it has not named", async () => {
  for (const table of forced) {
    const { rows } = await pool().query(`SELECT count(*)::int AS n FROM ${table}`);
    expect(rows, table).toEqual([{ n: 0 }]);
  }
  const { rows } = await platformPool().query("SELECT count(*)::int AS n FROM tenants");
  expect(rows[0].n).toBeGreaterThan(1);
});
