import { expect, test } from "vitest";
import { makeTenant } from "../../tests/factories/tenants";
import { callOf, givePlan, makePayingTenant } from "../../tests/factories/wallet";
import { keepBooks } from "../../tests/setup/books";
import { platformPool } from "../platform/db";
import { AppError } from "../platform/errors";
import { holdFor, requireAffordable } from "./admission";

const MESSAGE = { model: "fake-1", inputTokens: 10 };

keepBooks();

const DAY_SECONDS = 86_400;

/** What the refusal of this work says in detail. */
async function refusalOf(work: Promise<unknown>): Promise<Record<string, unknown>> {
  const error = await work.then(() => null).catch((thrown: unknown) => thrown);
  if (!(error instanceof AppError)) throw new Error("nothing was refused");
  return { ...error.details };
}

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

test("asking in a month that nothing was used in begins no period, and a refusal tells when it ends", async () => {
  const { scope } = await makePayingTenant(1_000_000_000n);
  expect(await requireAffordable(scope, MESSAGE)).toBeNull();
  expect(await rowsOf(scope.tenantId)).toMatchObject({ periods: "0" });
  const blocked = await makeTenant();
  await givePlan(blocked, { message: 0 }, "block");
  const refusal = await refusalOf(requireAffordable(blocked.scope, MESSAGE));
  expect(await rowsOf(blocked.id)).toMatchObject({ periods: "0" });
  expect(refusal).toMatchObject({ reason: "usage_limit_exceeded", window: "period" });
  // A month from now, when the plan began.
  expect(refusal["retryAfterSeconds"]).toBeGreaterThan(27 * DAY_SECONDS);
  const { retryAfterSeconds: _, ...said } = refusal;
  expect(await refusalOf(holdFor(blocked.scope, callOf()))).toMatchObject(said);
});

test("a reserve that is empty is told before anything is taken", async () => {
  const { scope } = await makePayingTenant(1n);
  await expect(requireAffordable(scope, MESSAGE)).rejects.toMatchObject({
    details: { reason: "reserve_insufficient" },
  });
  expect(await rowsOf(scope.tenantId)).toMatchObject({ holds: "0", counters: "0" });
});
