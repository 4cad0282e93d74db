import { afterAll, beforeAll, expect, test } from "vitest";
import { type BilledStripe, billedStripe, bringHome, makeSubscribed } from "../../../tests/factories/billing";
import { crashAtEveryStep } from "../../../tests/factories/crashes";
import type { TestTenant } from "../../../tests/factories/tenants";
import { platformDb } from "../../platform/db";
import { changeSubscription } from "./change";
import { cancelSubscription } from "./live";
import { subscriptionSync } from "./sync";

let billed: BilledStripe;

beforeAll(async () => {
  billed = await billedStripe();
});
afterAll(() => billed.stop());

async function auditedOf({ id: tenantId }: TestTenant, action: string) {
  const where = { tenantId, action: { startsWith: action } };
  const rows = await platformDb().auditLog.findMany({ where, orderBy: { seq: "asc" } });
  return rows.map(({ action: told, result, actorId }) => [told, result, actorId]);
}

test("whatever breaks off, no change stands at Stripe that nobody is audited for, and its end is told once", async () => {
  const { tenant, subscriptionId } = await makeSubscribed(billed);
  const isChanged = async () =>
    (await billed.stripe.subscriptions.retrieve(subscriptionId)).cancel_at_period_end;
  const crashes = await crashAtEveryStep(
    () => cancelSubscription(tenant.scope),
    async () => {
      const rows = await auditedOf(tenant, "subscription.cancel");
      if (await isChanged()) expect(rows.length).toBeGreaterThan(0);
      return rows.length > 1;
    },
  );
  expect(crashes).toBeGreaterThan(2);
  expect(await auditedOf(tenant, "subscription.cancel")).toEqual([
    ["subscription.cancel_asked", "success", tenant.owner.id],
    ["subscription.cancel", "success", tenant.owner.id],
  ]);
});

test("a change that is asked for many times at once is told once; one whose card is refused is told as failed", async () => {
  const { tenant, subscriptionId, methodId } = await makeSubscribed(billed);
  const wanted = { plan: "pro", interval: "month" } as const;
  billed.control.setBehaviour(methodId, "decline");
  await expect(changeSubscription(tenant.scope, wanted)).rejects.toMatchObject({ code: "payment_required" });
  expect(await auditedOf(tenant, "subscription.change")).toEqual([
    ["subscription.change_asked", "success", tenant.owner.id],
    ["subscription.change", "failure", tenant.owner.id],
  ]);
  const other = await makeSubscribed(billed);
  await Promise.all(Array.from({ length: 5 }, () => changeSubscription(other.tenant.scope, wanted)));
  expect(await auditedOf(other.tenant, "subscription.change")).toEqual([
    ["subscription.change_asked", "success", other.tenant.owner.id],
    ["subscription.change", "success", other.tenant.owner.id],
  ]);
  await bringHome(subscriptionSync, subscriptionId);
});
