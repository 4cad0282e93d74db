import pg from "pg";
import { expect, test } from "vitest";
import { syncEntitlements } from "../server/catalogue/entitlements";
import { now } from "../server/platform/clock";
import { parseCsv } from "../server/platform/csv";
import { platformPool } from "../server/platform/db";
import { reportCsv, reportUsage } from "../server/usage/report";
import { makeTenant } from "../tests/factories/tenants";
import { callOf, dispatchCall, givePlan, settle } from "../tests/factories/wallet";

test("the report says of each workspace what is used of its plan, and what is nearly or wholly used up", async () => {
  const tenant = await makeTenant({ name: "=Sum" });
  await givePlan(tenant, { message: 1, input_token: 45, output_token: 1_000_000 }, "use_reserve");
  await settle(tenant.scope, await dispatchCall(tenant.scope, callOf({ inputTokens: 40 })));
  const { rows, tenants, warnings, exceeded } = await reportUsage({ tenant: tenant.slug, warnPercent: 80 });
  expect({ tenants, warnings, exceeded }).toEqual({ tenants: 1, warnings: 1, exceeded: 1 });
  expect(rows.map(({ feature, used, limit, state }) => [feature, used, limit, state])).toEqual([
    ["message", "1", "1", "exceeded"],
    ["input_token", "40", "45", "warning"],
    ["output_token", "10", "1000000", "ok"],
  ]);
  const one = await reportUsage({
    tenant: tenant.slug,
    feature: "message",
    plan: "enterprise",
    warnPercent: 80,
  });
  const csv = parseCsv(reportCsv(one));
  expect(csv).toHaveLength(2);
  expect(reportCsv(one)).toContain("'=Sum");
  expect((await reportUsage({ tenant: tenant.slug, plan: "free", warnPercent: 80 })).rows).toEqual([]);
});

test("a report for what does not exist is refused, each option by its name", async () => {
  const bad = { plan: "gold", feature: "hours", period: "2026-02-30", warnPercent: 0 };
  await expect(reportUsage(bad)).rejects.toMatchObject({
    details: {
      fields: {
        plan: expect.any(String),
        feature: expect.any(String),
        period: expect.any(String),
        warn: expect.any(String),
      },
    },
  });
});

async function asOwner(sql: string, values: unknown[]): Promise<void> {
  const client = new pg.Client({ connectionString: process.env["TEST_SUPERUSER_URL"] });
  await client.connect();
  await client.query(sql, values);
  await client.end();
}

async function planOf(tenantId: string) {
  const { rows } = await platformPool().query(
    "SELECT plan_id, plan_version_id FROM tenant_plans WHERE tenant_id = $1",
    [tenantId],
  );
  return rows[0];
}

test("who has no plan gets one; who is bound to a version that has not begun is let go only when asked", async () => {
  const [bare, early] = [await makeTenant(), await makeTenant()];
  await asOwner("DELETE FROM tenant_plans WHERE tenant_id = $1", [bare.id]);
  await givePlan(early, {}, "block");
  const { plan_version_id } = await planOf(early.id);
  const at = new Date(now().getTime() - 86_400_000);
  const dry = await syncEntitlements({ isDryRun: true, isPruning: true }, at);
  expect(dry.filter(({ isDone }) => isDone)).toEqual([]);
  expect(dry.map(({ tenant }) => tenant)).toEqual(expect.arrayContaining([bare.slug, early.slug]));
  expect(await planOf(bare.id)).toBeUndefined();
  await syncEntitlements({ isDryRun: false, isPruning: false }, at);
  expect(await planOf(bare.id)).toMatchObject({ plan_id: "free" });
  expect(await planOf(early.id)).toMatchObject({ plan_version_id });
  const pruned = await syncEntitlements({ isDryRun: false, isPruning: true }, at);
  expect(pruned.find(({ tenant }) => tenant === early.slug)).toMatchObject({
    fault: "version has not begun",
    isDone: true,
  });
  expect(await planOf(early.id)).toMatchObject({ plan_id: "enterprise", plan_version_id: null });
});
