import { expect, test } from "vitest";
import { callOf, makePayingTenant } from "../../tests/factories/wallet";
import { keepBooks } from "../../tests/setup/books";
import { platformPool } from "../platform/db";
import { holdFor, requireAffordable } from "./admission";

const MESSAGE = { model: "fake-1", inputTokens: 10 };

keepBooks();

async function rowsOf(tenantId: string): Promise<Record<string, string>> {
  const { rows } = await platformPool().query(
    `SELECT (SELECT count(*) FROM holds WHERE tenant_id = $1) AS holds,
            (SELECT count(*) FROM spend_counters WHERE tenant_id = $1) AS counters,
            (SELECT count(*) FROM billing_periods WHERE tenant_id = $1) AS periods,
            (SELECT xmin::text || ' ' || xmax::text FROM reserve_accounts WHERE tenant_id = $1) AS account`,
    [tenantId],
  );
  return rows[0];
}

test("asking whether a message is affordable writes nothing and waits for no call of the workspace", async () => {
  const { scope } = await makePayingTenant(1_000_000_000n);
  await holdFor(scope, callOf());
  const client = await platformPool().connect();
  try {
    await client.query("BEGIN");
    await client.query("SELECT FROM reserve_accounts WHERE tenant_id = $1 FOR NO KEY UPDATE", [
      scope.tenantId,
    ]);
    const before = await rowsOf(scope.tenantId);
    expect(await requireAffordable(scope, MESSAGE)).toBeNull();
    expect(await rowsOf(scope.tenantId)).toEqual(before);
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
});

test("thirty who ask at once in a new month begin one period of each kind", async () => {
  const { scope } = await makePayingTenant(1_000_000_000n);
  await Promise.all(Array.from({ length: 30 }, () => requireAffordable(scope, MESSAGE)));
  const { rows } = await platformPool().query(
    "SELECT kind, count(*)::int AS periods FROM billing_periods WHERE tenant_id = $1 GROUP BY kind ORDER BY kind::text",
    [scope.tenantId],
  );
  expect(rows).toEqual([
    { kind: "cap_month", periods: 1 },
    { kind: "use", periods: 1 },
  ]);
});

test("a reserve that is empty is told before anything is taken", async () => {
  const { scope } = await makePayingTenant(1n);
  await expect(requireAffordable(scope, MESSAGE)).rejects.toMatchObject({
    details: { reason: "reserve_insufficient" },
  });
  expect(await rowsOf(scope.tenantId)).toMatchObject({ holds: "0", counters: "0" });
});
