import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { asSuperuser } from "../../tests/factories/superuser";
import { addMember, makeTenant, type TestTenant } from "../../tests/factories/tenants";
import { makeUser, signIn } from "../../tests/factories/users";
import { db, platformDb, platformPool, pool } from "../platform/db";
import { withTenant } from "../platform/tenant-db";
import { internalRequest } from "../request";
import { type AuditEntry, recordAudit } from "./log";
import { verifyChains } from "./verify";

function entryOf(tenant: TestTenant, action = "test.act"): AuditEntry {
  return {
    tenantId: tenant.scope.tenantId,
    actor: { type: "user", id: tenant.owner.id },
    action,
    category: "tenant",
    metadata: {
      note: 'quotes " and \\ and \u0007 and emoji 🦉',
      count: 3,
      flag: true,
      nothing: null,
      list: ["b", "a"],
    },
    request: internalRequest({ userAgent: "Mozilla/5.0 (ünïcode) 漢字" }),
  };
}

const append = (tenant: TestTenant, action?: string) =>
  withTenant(tenant.scope, (tx) => recordAudit(tx, entryOf(tenant, action)));

const reportOf = async (chain: string) =>
  (await verifyChains(platformDb())).find((report) => report.chain === chain);

test("parallel writers make one gapless chain per tenant and for the platform", async () => {
  const tenants = [await makeTenant(), await makeTenant()];
  const people = await Promise.all([makeUser(), makeUser()]);
  await Promise.all([
    ...tenants.flatMap((tenant) => Array.from({ length: 15 }, () => append(tenant))),
    ...people.map(signIn),
  ]);
  for (const tenant of tenants) {
    expect(await reportOf(tenant.id)).toEqual({ chain: tenant.id, rowCount: 16, fault: null });
  }
  expect(await reportOf("platform")).toMatchObject({ fault: null });
});

test("no row remains of an action that was rolled back, and the chain has no gap", async () => {
  const tenant = await makeTenant();
  const failing = withTenant(tenant.scope, async (tx) => {
    await recordAudit(tx, entryOf(tenant));
    throw new Error("the action failed");
  });
  await expect(failing).rejects.toThrow("the action failed");
  await append(tenant);
  expect(await reportOf(tenant.id)).toEqual({ chain: tenant.id, rowCount: 2, fault: null });
});

describe("somebody with all rights on the database", () => {
  let tenant: TestTenant;
  beforeEach(async () => {
    tenant = await makeTenant();
    for (let row = 0; row < 5; row += 1) await append(tenant);
    await asSuperuser("ALTER TABLE audit_logs DISABLE TRIGGER ALL");
  });
  afterEach(() => asSuperuser("ALTER TABLE audit_logs ENABLE TRIGGER ALL"));

  const tamper = (sql: string) => asSuperuser(sql.replaceAll("$CHAIN", `'${tenant.id}'`));

  test.each([
    [
      "flips one byte of a note",
      `UPDATE audit_logs SET metadata = jsonb_set(metadata, '{count}', '4') WHERE chain = $CHAIN AND seq = 3`,
      /content/,
      "3",
    ],
    [
      "names another actor",
      `UPDATE audit_logs SET actor_id = 'someone' WHERE chain = $CHAIN AND seq = 2`,
      /content/,
      "2",
    ],
    [
      "moves a row in time",
      `UPDATE audit_logs SET created_at = created_at - interval '1 microsecond' WHERE chain = $CHAIN AND seq = 4`,
      /content/,
      "4",
    ],
    ["removes a row", `DELETE FROM audit_logs WHERE chain = $CHAIN AND seq = 3`, /expected row 3/, "4"],
    ["cuts the end off", `DELETE FROM audit_logs WHERE chain = $CHAIN AND seq = 6`, /head names row 6/, "6"],
    [
      "changes an address",
      `UPDATE audit_personal SET ip = '192.0.2.1' WHERE audit_id = (SELECT id FROM audit_logs WHERE chain = $CHAIN AND seq = 5)`,
      /personal/,
      "5",
    ],
    [
      "rewrites a row with a new hash",
      `UPDATE audit_logs l SET action = 'x', hash = sha256(prev_hash || convert_to(audit_record(l), 'UTF8')) WHERE chain = $CHAIN AND seq = 3`,
      /./,
      "3",
    ],
  ])("%s: it shows", async (_name, sql, problem, seq) => {
    await tamper(sql);
    const report = await reportOf(tenant.id);
    expect(report?.fault?.problem).toMatch(problem);
    expect(report?.fault?.seq).toBe(seq);
  });

  test("erasing personal fields on request leaves the chain whole", async () => {
    await platformPool().query("DELETE FROM audit_personal WHERE tenant_id = $1", [tenant.id]);
    expect(await reportOf(tenant.id)).toMatchObject({ fault: null, rowCount: 6 });
  });
});

test.each([
  ["INSERT INTO audit_heads (chain, seq, hash) VALUES ('x', 1, 'x')"],
  ["INSERT INTO audit_logs SELECT * FROM audit_logs LIMIT 1"],
  ["UPDATE audit_logs SET action = 'x'"],
  ["DELETE FROM audit_logs"],
  ["TRUNCATE audit_logs"],
  ["UPDATE audit_heads SET seq = 0"],
  ["UPDATE audit_personal SET ip = 'x'"],
])("neither role of the running product may: %s", async (sql) => {
  await expect(pool().query(sql)).rejects.toThrow("permission denied");
  await expect(platformPool().query(sql)).rejects.toThrow("permission denied");
});

test("even the owner of the tables cannot change or delete a row", async () => {
  await append(await makeTenant());
  const client = new pg.Client({ connectionString: process.env["DATABASE_OWNER_URL"] });
  await client.connect();
  for (const sql of ["UPDATE audit_logs SET action = 'x'", "DELETE FROM audit_logs", "TRUNCATE audit_logs"]) {
    await expect(client.query(sql)).rejects.toThrow("append-only");
  }
  await client.end();
});

test("a tenant's row cannot be written from another tenant's transaction, or from none", async () => {
  const [home, neighbour] = [await makeTenant(), await makeTenant()];
  const fromNeighbour = withTenant(neighbour.scope, (tx) => recordAudit(tx, entryOf(home)));
  await expect(fromNeighbour).rejects.toThrow("another tenant");
  await expect(db().$transaction((tx) => recordAudit(tx, entryOf(home)))).rejects.toThrow("another tenant");
});

test("a tenant reads its own rows, and not the neighbour's or the platform's", async () => {
  const [home, neighbour] = [await makeTenant(), await makeTenant()];
  await append(neighbour);
  const { scope } = await addMember(home);
  const rows = await withTenant(scope, (tx) => tx.auditLog.findMany());
  expect(rows.map(({ tenantId }) => tenantId)).toEqual([home.id]);
});

test("odd text in a header does not undo the action it came with", async () => {
  const tenant = await makeTenant();
  const request = internalRequest({ userAgent: "nul \u0000 and half \ud800 a pair" });
  await withTenant(tenant.scope, (tx) => recordAudit(tx, { ...entryOf(tenant), request }));
  expect(await reportOf(tenant.id)).toMatchObject({ fault: null, rowCount: 2 });
});
