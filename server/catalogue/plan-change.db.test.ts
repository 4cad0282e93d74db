import { expect, test } from "vitest";
import { callAs, ownerOf } from "../../tests/factories/callers";
import { addMember, makeMember, makeTenant } from "../../tests/factories/tenants";
import { platformPool } from "../platform/db";
import { TEXT_PLAN_BY_CONTRACT, TEXT_PLAN_NEEDS_PAYMENT, TEXT_SAME_PLAN } from "./terms";

async function changesOf(tenantId: string) {
  const { rows } = await platformPool().query<{ metadata: unknown }>(
    "SELECT metadata FROM audit_logs WHERE tenant_id = $1 AND action = 'plan_changed'",
    [tenantId],
  );
  return rows.map(({ metadata }) => metadata);
}

test("of twenty who end the trial for the free plan at once, one does, and it is audited once", async () => {
  const tenant = await makeTenant();
  const api = await ownerOf(tenant);
  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, () => api().plans.change({ plan: "free" })),
  );
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(await api().plans.current()).toMatchObject({ plan: { code: "free" }, standing: "active" });
  expect(await changesOf(tenant.id)).toEqual([
    { planBefore: "starter", standingBefore: "trialing", plan: "free" },
  ]);
  await expect(api().plans.change({ plan: "free" })).rejects.toMatchObject({ message: TEXT_SAME_PLAN });
});

test("what has to be paid for is not given away, and the answer says why", async () => {
  const tenant = await makeTenant();
  const api = await ownerOf(tenant);
  const refusal = { code: "PAYMENT_REQUIRED", message: TEXT_PLAN_NEEDS_PAYMENT };
  await expect(api().plans.change({ plan: "pro" })).rejects.toMatchObject(refusal);
  await expect(api().plans.change({ plan: "professional" as "pro" })).rejects.toMatchObject(refusal);
  await expect(api().plans.change({ plan: "enterprise" })).rejects.toMatchObject({
    message: TEXT_PLAN_BY_CONTRACT,
  });
  await expect(api().plans.change({ plan: "gratis" as "free" })).rejects.toMatchObject({
    code: "BAD_REQUEST",
  });
  expect(await api().plans.current()).toMatchObject({ plan: { code: "starter" }, standing: "trialing" });
  expect(await changesOf(tenant.id)).toEqual([]);
});

test("a plan with fewer seats than there are people is refused, and members change no plan", async () => {
  const tenant = await makeTenant();
  for (let person = 0; person < 5; person += 1) await addMember(tenant);
  const api = await ownerOf(tenant);
  await expect(api().plans.change({ plan: "free" })).rejects.toMatchObject({
    code: "CONFLICT",
    cause: { details: { reason: "seat_limit_reached" } },
  });
  const { cookie } = await makeMember(tenant);
  await expect(
    callAs({ cookie, tenantSlug: tenant.slug }).api.plans.change({ plan: "free" }),
  ).rejects.toMatchObject({ code: "FORBIDDEN" });
});
