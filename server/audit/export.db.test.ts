import pg from "pg";
import { beforeAll, expect, test } from "vitest";
import { asSuperuser } from "../../tests/factories/superuser";
import { makeTenant, type TestTenant } from "../../tests/factories/tenants";
import { makeUser, signIn } from "../../tests/factories/users";
import { platformDb, platformPool } from "../platform/db";
import { withTenant } from "../platform/tenant-db";
import { internalRequest } from "../request";
import { type AuditFilters, listAudit, walkAudit } from "./entries";
import { auditHeader, auditLines, verifyExport } from "./export";
import { cutChains } from "./jobs";
import { recordAudit } from "./log";
import { verifyChains } from "./verify";

let tenant: TestTenant;
beforeAll(async () => {
  tenant = await makeTenant();
  await signIn(await makeUser());
  for (let row = 0; row < 6; row += 1) await append(row);
});

const append = (row: number) =>
  withTenant(tenant.scope, (tx) =>
    recordAudit(tx, {
      tenantId: tenant.scope.tenantId,
      actor: { type: "user", id: tenant.owner.id },
      action: row % 2 === 0 ? "test.even" : "test.odd",
      category: "tenant",
      target: { type: "thing", id: `=thing-${row}` },
      metadata: { note: '=1+1, "quoted"\nand 🦉', row },
      request: internalRequest({ userAgent: row === 3 ? "" : '\'-Mozilla, "x"' }),
    }),
  );

async function exported(filters: AuditFilters = {}): Promise<string> {
  let text = auditHeader();
  let cursor: string | undefined;
  do {
    const page = await walkAudit(filters, { cursor, limit: 2 });
    text += auditLines(page.rows);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return text;
}

test("an exported file verifies without the database, page after page, odd cells and all", async () => {
  const text = await exported();
  const reports = verifyExport(text);
  expect(reports.map(({ chain }) => chain).sort()).toEqual(["platform", tenant.id].sort());
  for (const report of reports) expect(report).toMatchObject({ fault: null, gaps: 0 });
  expect(reports.find(({ chain }) => chain === tenant.id)?.rowCount).toBe(7);
  for (const line of text.split("\r\n")) expect(line).not.toMatch(/(^|,)"?[=+@-]/);
});

test("one changed character shows, whichever column it stands in", async () => {
  const text = await exported({ action: "test." });
  const [first = ""] = text.split("\r\n").slice(1);
  const changes = [
    first.replace("test.even", "test.evil"),
    first.replace(tenant.owner.id, "nobody"),
    first.replace(/""row"": 0/, '""row"": 9'),
    first.replace("127.0.0.1", "127.0.0.2"),
  ];
  for (const changed of changes) {
    expect(changed).not.toBe(first);
    expect(verifyExport(text.replace(first, changed))[0]?.fault?.problem).toMatch(/hash/);
  }
  expect(() => verifyExport("a,b\r\n1,2\r\n")).toThrow("not an audit export");
});

test("what a filter leaves out is counted as gaps; each row still verifies", async () => {
  const [report] = verifyExport(await exported({ action: "test.even" }));
  expect(report).toMatchObject({ chain: tenant.id, rowCount: 3, gaps: 2, fault: null });
});

test("pages go from newest to oldest, each row once, and filters join", async () => {
  const filters = { actorId: tenant.owner.id, targetType: "thing" };
  const first = await listAudit(filters, { limit: 4 });
  const second = await listAudit(filters, { limit: 4, cursor: first.nextCursor ?? "" });
  const targets = [...first.rows, ...second.rows].map(({ targetId }) => targetId);
  expect(targets).toEqual([5, 4, 3, 2, 1, 0].map((row) => `=thing-${row}`));
  expect(second.nextCursor).toBeNull();
  const tomorrow = new Date(Date.now() + 86_400_000);
  expect((await listAudit({ ...filters, from: tomorrow }, { limit: 4 })).rows).toEqual([]);
  expect(
    (await listAudit({ ...filters, until: tomorrow, action: "test.o" }, { limit: 9 })).rows,
  ).toHaveLength(3);
  await expect(listAudit({}, { limit: 4, cursor: "x" })).rejects.toMatchObject({ code: "invalid" });
});

/** Makes the first rows of a chain older than they are, with hashes that fit: as if they had been written then. */
const age = (chain: string, rows: number) =>
  asSuperuser(`
    ALTER TABLE audit_logs DISABLE TRIGGER ALL;
    DO $$ DECLARE r audit_logs; h bytea := sha256('');
    BEGIN
      FOR r IN SELECT * FROM audit_logs WHERE chain = '${chain}' ORDER BY seq LOOP
        IF r.seq <= ${rows} THEN r.created_at := r.created_at - interval '400 days'; END IF;
        r.prev_hash := h;
        h := sha256(h || convert_to(audit_record(r), 'UTF8'));
        UPDATE audit_logs SET created_at = r.created_at, prev_hash = r.prev_hash, hash = h WHERE id = r.id;
      END LOOP;
      UPDATE audit_heads SET hash = h WHERE chain = '${chain}';
    END $$;
    ALTER TABLE audit_logs ENABLE TRIGGER ALL;`);

const reportOf = async (chain: string) =>
  (await verifyChains(platformDb())).find((report) => report.chain === chain);

test("rows of more than 365 days are cut off, the rest verifies, and the chain tells of the cut", async () => {
  const { id: chain } = await makeTenant();
  const home = tenant;
  await age(home.id, 4);
  expect(await reportOf(home.id)).toMatchObject({ rowCount: 7, fault: null });
  await cutChains();
  expect(await reportOf(home.id)).toEqual({ chain: home.id, rowCount: 4, fault: null });
  await cutChains();
  expect(await reportOf(home.id)).toMatchObject({ rowCount: 4, fault: null });
  expect(await reportOf(chain)).toMatchObject({ rowCount: 1, fault: null });
  const [newest] = (await listAudit({ targetId: home.id, action: "audit.cut" }, { limit: 1 })).rows;
  expect(newest).toMatchObject({ actorType: "system", metadata: { seq: 4, rows: 4 } });
  await append(7);
  expect(verifyExport(await exported({})).every(({ fault }) => fault === null)).toBe(true);
});

test("a checkpoint that no row of the chain tells of shows", async () => {
  const { id: chain } = await makeTenant();
  await asSuperuser(`
    INSERT INTO audit_checkpoints (chain, seq, hash, cut_at) SELECT chain, seq, hash, now() FROM audit_heads WHERE chain = '${chain}';
    ALTER TABLE audit_logs DISABLE TRIGGER ALL; DELETE FROM audit_logs WHERE chain = '${chain}';
    ALTER TABLE audit_logs ENABLE TRIGGER ALL;`);
  expect((await reportOf(chain))?.fault?.problem).toMatch(/no row tells/);
});

test("nothing younger than 365 days can be deleted, whatever is set", async () => {
  const owner = new pg.Client({ connectionString: process.env["DATABASE_OWNER_URL"] });
  await owner.connect();
  await owner.query(`SELECT set_config('parley.audit_cut', '${tenant.id}', false)`);
  await expect(owner.query("DELETE FROM audit_logs WHERE chain = $1", [tenant.id])).rejects.toThrow(
    "append-only",
  );
  await owner.end();
  await expect(platformPool().query("DELETE FROM audit_checkpoints")).rejects.toThrow("permission denied");
});
