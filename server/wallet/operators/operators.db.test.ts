import pg from "pg";
import { afterEach, expect, test } from "vitest";
import { callAs } from "../../../tests/factories/callers";
import { makeOperator } from "../../../tests/factories/operators";
import { makeTenant } from "../../../tests/factories/tenants";
import { signIn } from "../../../tests/factories/users";
import {
  accountOf,
  callOf,
  credit,
  dispatchCall,
  givePlan,
  makePayingTenant,
  settle,
} from "../../../tests/factories/wallet";
import type { PlatformRole } from "../../auth/terms";
import { travel } from "../../platform/clock";
import { platformDb, platformPool } from "../../platform/db";
import { newId } from "../../platform/ids";
import { registry } from "../../platform/metrics";
import { holdFor } from "../admission";
import { listWalletFaults, readBooks, reconcile } from "../reconciliation";

const HOUR_MS = 3_600_000;
const reason = "Agreed with the customer";

afterEach(() => {
  travel(0);
});

const desk = async (role: PlatformRole = "billing_admin") =>
  callAs(await makeOperator(role)).api.admin.billing;

async function auditOf(action: string, tenantId: string | null) {
  const rows = await platformDb().auditLog.findMany({ where: { tenantId, action }, orderBy: { seq: "asc" } });
  return rows.map(({ metadata }) => metadata);
}

/** Damages the books past every grant and trigger, as only the database's superuser can. */
async function damage(sql: string, values: unknown[]): Promise<void> {
  const client = new pg.Client({ connectionString: process.env["TEST_SUPERUSER_URL"] });
  await client.connect();
  try {
    await client.query("SET session_replication_role = replica");
    await client.query(sql, values);
  } finally {
    await client.end();
  }
}

const faultsOf = async (tenantId: string) =>
  (await readBooks()).faults.filter((fault) => fault.tenantId === tenantId).map(({ fault }) => fault);

test("operators of billing see sums, holds and accounts; support sees none of it", async () => {
  const tenant = await makePayingTenant(7_000_000_000n);
  await dispatchCall(tenant.scope, callOf({ outputTokens: 100 }));
  const { reserveSummary, holds, account } = await desk();
  const { totals, tenants, holds: held } = await reserveSummary({ search: tenant.id });
  expect(totals).toMatchObject([{ currency: "USD" }]);
  expect(tenants.items).toMatchObject([
    { tenantId: tenant.id, balanceNano: "7000000000", heldNano: "1000000", isLow: false },
  ]);
  expect(held.open).toBeGreaterThan(0);
  expect(await account({ tenantId: tenant.id })).toMatchObject({ standing: "active", policy: "warn" });
  expect((await holds({ tenantId: tenant.id })).items).toMatchObject([
    { state: "dispatched", payer: "reserve", amountNano: "1000000", isStuck: false },
  ]);
  travel(HOUR_MS);
  expect((await holds({ tenantId: tenant.id })).items).toMatchObject([{ isStuck: true }]);
  const support = await desk("support");
  await expect(support.reserveSummary({})).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(support.holds({})).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(support.account({ tenantId: tenant.id })).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect((await desk()).account({ tenantId: newId() })).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("costs are told by day, model and workspace, for a year at most, and sum up alike", async () => {
  const tenant = await makePayingTenant(10_000_000n);
  await settle(tenant.scope, await dispatchCall(tenant.scope));
  const { usageCosts } = await desk();
  const [byDay, byModel, byTenant] = await Promise.all([
    usageCosts({}),
    usageCosts({ groupBy: "model" }),
    usageCosts({ groupBy: "tenant" }),
  ]);
  expect(byTenant.items).toContainEqual(
    expect.objectContaining({ key: tenant.id, calls: 1, costNano: "160000", chargedNano: "160000" }),
  );
  for (const { items, total } of [byDay, byModel, byTenant]) {
    const cost = items.reduce((sum, { costNano }) => sum + BigInt(costNano), 0n);
    expect(cost.toString()).toBe(total.costNano);
  }
  for (const range of [
    { from: "2026-02-01", to: "2026-01-31" },
    { from: "2025-01-01", to: "2026-01-02" },
    { from: "2026-02-30" },
  ])
    await expect(usageCosts(range)).rejects.toMatchObject({ code: "BAD_REQUEST" });
  await expect((await desk("support")).usageCosts({})).rejects.toMatchObject({ code: "FORBIDDEN" });
});

test("an operator grants a credit floor, which is audited with what was before, and calls go on down to it", async () => {
  const { id, scope } = await makePayingTenant(0n);
  await expect(holdFor(scope, callOf())).rejects.toMatchObject({ code: "payment_required" });
  const policy = { tenantId: id, lowPolicy: "warn" as const, lowThresholdNano: "0", floorNano: "-1000000" };
  await (await desk()).setPolicy({ ...policy, reason });
  expect(await holdFor(scope, callOf())).toMatchObject({ payer: "reserve" });
  await expect(holdFor(scope, callOf())).rejects.toMatchObject({ code: "payment_required" });
  expect(await auditOf("change_policy", id)).toMatchObject([
    { reason, floorNano: "-1000000", floorNanoBefore: "0", thresholdNanoBefore: "5000000000" },
  ]);
  expect(await accountOf(scope.tenantId)).toMatchObject({ held: 1_000_000n });
});

test.each([
  { floorNano: "1" },
  { floorNano: "-0" },
  { lowThresholdNano: "-1" },
  { lowThresholdNano: "1.5" },
  { lowThresholdNano: "NaN" },
  { lowThresholdNano: "9999999999999999999" },
  { lowPolicy: "never" },
  { reason: "too short" },
])("a policy that means nothing is refused and changes nothing: %o", async (change) => {
  const { id } = await makeTenant();
  const policy = { tenantId: id, lowPolicy: "block", lowThresholdNano: "0", floorNano: "0", reason };
  const { setPolicy } = await desk();
  await expect(setPolicy({ ...policy, ...change } as Parameters<typeof setPolicy>[0])).rejects.toMatchObject({
    code: "BAD_REQUEST",
  });
  expect(await platformDb().reserveAccount.findUnique({ where: { tenantId: id } })).toMatchObject({
    lowPolicy: "warn",
  });
});

test("an override lets a suspended workspace on until its hour, and reads as late payment; caps refuse as ever", async () => {
  const { id, scope } = await makePayingTenant(10_000_000n);
  const { overrideBlock, account } = await desk();
  await platformPool().query("UPDATE tenant_plans SET standing = 'suspended' WHERE tenant_id = $1", [id]);
  await overrideBlock({ tenantId: id, hours: 1, reason });
  expect(await account({ tenantId: id })).toMatchObject({
    standing: "past_due",
    overrideUntil: expect.any(String),
  });
  expect(await holdFor(scope, callOf())).toMatchObject({ payer: "reserve" });
  await platformPool().query("INSERT INTO spend_limits VALUES ($1, 'tenant', $1, 1, true, now())", [id]);
  await expect(holdFor(scope, callOf())).rejects.toMatchObject({
    details: { reason: "monthly_cap_reached" },
  });
  travel(HOUR_MS);
  await expect(holdFor(scope, callOf())).rejects.toMatchObject({
    details: { reason: "subscription_inactive" },
  });
  expect(await account({ tenantId: id })).toMatchObject({ standing: "suspended", overrideUntil: null });
  travel(0);
  await overrideBlock({ tenantId: id, hours: 0, reason });
  expect(await account({ tenantId: id })).toMatchObject({ standing: "suspended" });
  expect(await auditOf("override_block", id)).toMatchObject([{ reason }, { reason, until: null }]);
});

test("an override lets calls on that an allowance would block, and counts them", async () => {
  const tenant = await makeTenant();
  await givePlan(tenant, { message: 1 }, "block");
  await holdFor(tenant.scope, callOf());
  await expect(holdFor(tenant.scope, callOf())).rejects.toMatchObject({ code: "over_limit" });
  await (await desk()).overrideBlock({ tenantId: tenant.id, hours: 4, reason });
  expect(await holdFor(tenant.scope, callOf())).toMatchObject({ payer: "allowance" });
  expect(await listWalletFaults(tenant.scope.tenantId)).toEqual([]);
});

test("the guard of allowances is switched once, with its reason, for everybody, while caps and reserves hold", async () => {
  const blocked = await makeTenant();
  await givePlan(blocked, { message: 0 }, "block");
  const poor = await makePayingTenant(0n);
  const admin = await desk("admin");
  const off = await Promise.allSettled(
    Array.from({ length: 20 }, () => admin.setQuotaGuard({ isOn: false, reason })),
  );
  try {
    expect(off.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await holdFor(blocked.scope, callOf())).toMatchObject({ payer: "allowance" });
    await expect(holdFor(poor.scope, callOf())).rejects.toMatchObject({
      details: { reason: "reserve_insufficient" },
    });
    expect((await admin.reserveSummary({})).guard).toMatchObject({ isOn: false, reason });
    expect(await registry.getSingleMetricAsString("usage_quota_guard_on")).toContain(
      "usage_quota_guard_on 0",
    );
    await expect((await desk("support")).setQuotaGuard({ isOn: true, reason })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
  } finally {
    await admin.setQuotaGuard({ isOn: true, reason });
  }
  await expect(holdFor(blocked.scope, callOf())).rejects.toMatchObject({ code: "over_limit" });
  expect((await auditOf("quota_guard", null)).slice(-2)).toMatchObject([{ isOn: false }, { isOn: true }]);
});

test("damaged books are an alarm: a row, a metric, and one mail per operator while they stay damaged", async () => {
  const officer = await makeOperator("billing_admin");
  const tenant = await makeTenant();
  await credit(tenant.scope, 1_000n);
  const mails = () =>
    platformDb().outgoingMail.count({ where: { recipient: officer.user.email, template: "books_fault" } });
  const addToBalance = (nano: number) =>
    damage("UPDATE reserve_accounts SET balance_nano = balance_nano + $2 WHERE tenant_id = $1", [
      tenant.id,
      nano,
    ]);
  await reconcile();
  expect(await mails()).toBe(0);
  await addToBalance(1);
  await reconcile();
  await reconcile();
  expect(await faultsOf(tenant.id)).toEqual(["balance is not the sum of the ledger"]);
  expect(await registry.getSingleMetricAsString("wallet_faults")).toContain("wallet_faults 1");
  expect(await mails()).toBe(1);
  await addToBalance(-1);
  await reconcile();
  expect(await faultsOf(tenant.id)).toEqual([]);
  await addToBalance(1);
  await reconcile();
  expect(await mails()).toBe(2);
  await addToBalance(-1);
  await reconcile(officer.user.id);
  const { runs } = await callAs(officer)
    .api.admin.billing.reserveSummary({})
    .then(({ books }) => books);
  expect(runs[0]).toMatchObject({ askedBy: officer.user.id, faultCount: 0 });
});

test.each([
  [
    "a cost",
    "UPDATE usage_events SET cost_nano = cost_nano + 1, charged_nano = 0 WHERE tenant_id = $1",
    "costs something else by its prices",
  ],
  ["an entry", "UPDATE ledger_entries SET balance_after_nano = 1 WHERE tenant_id = $1", "does not follow"],
  ["a counter", "UPDATE spend_counters SET spent_nano = 5 WHERE tenant_id = $1", "a spend counter is off"],
])("reconciliation notices %s that somebody changed", async (_what, sql, fault) => {
  const tenant = await makePayingTenant(10_000_000n);
  await settle(tenant.scope, await dispatchCall(tenant.scope));
  await damage(sql, [tenant.id]);
  const faults = await listWalletFaults(tenant.scope.tenantId);
  expect(faults.map((one) => one.fault).join("\n")).toContain(fault);
});

test("a run is asked for once however often the button is pressed, and by operators of billing alone", async () => {
  const { reconcile: ask } = await desk();
  await Promise.all(Array.from({ length: 5 }, () => ask()));
  const { rows } = await platformPool().query(
    "SELECT count(*)::int AS jobs FROM graphile_worker.jobs WHERE task_identifier = 'wallet.reconcile'",
  );
  expect(rows).toEqual([{ jobs: 1 }]);
  const tenant = await makeTenant();
  const owner = callAs({ ...(await signIn(tenant.owner)), tenantSlug: tenant.slug }).api.admin.billing;
  await expect(owner.reconcile()).rejects.toThrow();
  await expect(owner.setQuotaGuard({ isOn: false, reason })).rejects.toThrow();
});
