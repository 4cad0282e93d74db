import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import {
  type BilledStripe,
  billedStripe,
  makeCustomer,
  makeSubscribed,
} from "../../../tests/factories/billing";
import { callAs } from "../../../tests/factories/callers";
import { compareOnce, differencesOf, lookLater } from "../../../tests/factories/comparison";
import { makeOperator, type Operator } from "../../../tests/factories/operators";
import { ledgerOf, pay } from "../../../tests/factories/reserve-payments";
import { asSuperuser } from "../../../tests/factories/superuser";
import { addMember, makeTenant } from "../../../tests/factories/tenants";
import { signIn } from "../../../tests/factories/users";
import { now, travel } from "../../platform/clock";
import { platformDb, platformPool } from "../../platform/db";
import { newId } from "../../platform/ids";
import { REPAIRED_BY_HAND, TEXT_DIFFERENCE_OVER } from "../terms";
import { noteSuspects } from "./differences";
import { carryOutRepair, REPAIR_JOB } from "./repair";
import { COMPARE_JOB } from "./run";

let billed: BilledStripe;
let operator: Operator;

beforeAll(async () => {
  billed = await billedStripe();
  operator = await makeOperator();
});
afterEach(() => travel(0));
afterAll(() => billed.stop());

const desk = ({ cookie } = operator) => callAs({ cookie }).api.admin.billing;

async function foundOf(objectId: string) {
  await asSuperuser("DELETE FROM graphile_worker._private_jobs");
  await compareOnce();
  await lookLater();
  travel(0);
  const rows = await differencesOf(objectId);
  expect(rows.length).toBeGreaterThan(0);
  return rows;
}

async function keysOf(job: string): Promise<string[]> {
  const { rows } = await platformPool().query<{ key: string }>(
    "SELECT key FROM graphile_worker.jobs WHERE task_identifier = $1",
    [job],
  );
  return rows.map(({ key }) => key);
}

async function auditedOf(tenantId: string | null, action: string) {
  return platformDb().auditLog.count({ where: { tenantId, action } });
}

async function repaired(id: string) {
  await desk().repairDifference({ differenceId: id });
  await carryOutRepair(id);
  return platformDb().billingDifference.findUniqueOrThrow({ where: { id } });
}

test("one click has a subscription fetched; many clicks at once are one repair, audited once with the operator", async () => {
  const { tenant, subscriptionId } = await makeSubscribed(billed);
  await billed.stripe.subscriptions.update(subscriptionId, { cancel_at_period_end: true });
  const [row] = await foundOf(subscriptionId);
  const id = row?.id ?? "";
  await Promise.all(Array.from({ length: 20 }, () => desk().repairDifference({ differenceId: id })));
  expect(await keysOf(REPAIR_JOB)).toEqual([`${REPAIR_JOB}:${id}`]);
  expect(await auditedOf(tenant.id, "repair_difference")).toBe(1);
  await carryOutRepair(id);
  await carryOutRepair(id);
  const over = await platformDb().billingDifference.findUniqueOrThrow({ where: { id } });
  expect(over).toMatchObject({ resolvedAt: expect.any(Date), resolvedBy: operator.user.id });
  const where = { tenantId: tenant.id };
  expect(await platformDb().subscription.findFirst({ where })).toMatchObject({ isCancelling: true });
  const { items } = await desk().differences({ state: "resolved", kind: "subscription_cancellation" });
  expect(items).toMatchObject([{ id, resolvedBy: operator.user.email, tenantName: expect.any(String) }]);
  await expect(desk().repairDifference({ differenceId: id })).rejects.toMatchObject({
    code: "CONFLICT",
    message: TEXT_DIFFERENCE_OVER,
  });
});

test("seats are billed, and a payment and a refund that nobody heard of are booked once", async () => {
  const subscribed = await makeSubscribed(billed);
  await addMember(subscribed.tenant);
  const [seats] = await foundOf(subscribed.subscriptionId);
  expect(await repaired(seats?.id ?? "")).toMatchObject({ kind: "seats", resolvedAt: expect.any(Date) });
  const { items } = await billed.stripe.subscriptions.retrieve(subscribed.subscriptionId);
  expect(items.data[0]?.quantity).toBe(2);

  const paid = await pay(billed, subscribed, { amountCents: 3_000 });
  const [unknown] = await foundOf(paid.id);
  expect(await repaired(unknown?.id ?? "")).toMatchObject({ resolvedAt: expect.any(Date) });
  const refund = await billed.stripe.refunds.create({ payment_intent: paid.id, amount: 500 });
  const taken = (await foundOf(paid.id)).find(({ kind }) => kind === "payment_taken");
  expect(await repaired(taken?.id ?? "")).toMatchObject({ resolvedAt: expect.any(Date) });
  expect(await ledgerOf(subscribed.tenant)).toEqual([
    ["topup", 3_000, paid.id],
    ["refund", -500, refund.id],
  ]);
});

test("a subscription of a workspace that is no more is ended, so that nobody pays for nothing", async () => {
  const { tenant, subscriptionId } = await makeSubscribed(billed);
  await asSuperuser("DELETE FROM tenants WHERE id = $1", [tenant.id]);
  const [row] = await foundOf(subscriptionId);
  expect(row).toMatchObject({ kind: "subscription_unknown", theirs: expect.stringContaining("no more") });
  const before = await auditedOf(null, "repair_difference");
  expect(await repaired(row?.id ?? "")).toMatchObject({ resolvedAt: expect.any(Date) });
  expect(await auditedOf(null, "repair_difference")).toBe(before + 1);
  expect((await billed.stripe.subscriptions.retrieve(subscriptionId)).status).toBe("canceled");
});

test("what a repair could not mend says so, and can be tried again", async () => {
  const customer = await makeCustomer(billed);
  const paid = await pay(billed, customer, { amountCents: 700, metadata: { amount_cents: "70000" } });
  const [row] = await foundOf(paid.id);
  const id = row?.id ?? "";
  for (let round = 1; round <= 2; round += 1) {
    expect(await repaired(id)).toMatchObject({
      resolvedAt: null,
      repairNote: expect.stringContaining("another amount"),
    });
    expect(await auditedOf(customer.tenant.id, "repair_difference")).toBe(round);
  }
  const { items } = await desk().differences({ kind: "payment_unknown" });
  expect(items.find((item) => item.id === id)).toMatchObject({ repair: "failed", byHand: null });
});

test("no click changes a balance, and the refusal says what to do instead", async () => {
  const { tenant } = await makeCustomer(billed);
  const shift = "UPDATE reserve_accounts SET balance_nano = balance_nano + $2 WHERE tenant_id = $1";
  await asSuperuser(shift, [tenant.id, 1_000]);
  const [row] = await foundOf(tenant.id);
  await expect(desk().repairDifference({ differenceId: row?.id ?? "" })).rejects.toMatchObject({
    code: "CONFLICT",
    message: REPAIRED_BY_HAND.balance,
  });
  expect(await keysOf(REPAIR_JOB)).not.toContain(`${REPAIR_JOB}:${row?.id}`);
  await asSuperuser(shift, [tenant.id, -1_000]);
});

test("operators who only read see differences and repair none; others find nothing; a suspect is none yet", async () => {
  const at = now();
  const suspect = { kind: "seats" as const, objectId: `sub_${newId()}`, tenantId: null };
  await noteSuspects(platformDb(), [{ ...suspect, ours: "2 taken", theirs: "1 billed" }], at);
  const [row] = await differencesOf(suspect.objectId);
  const named = { differenceId: row?.id ?? "" };
  await expect(desk().repairDifference(named)).rejects.toMatchObject({ code: "NOT_FOUND" });
  const support = await makeOperator("support");
  const { items } = await desk().differences({ kind: "seats" });
  expect(items.map(({ id }) => id)).not.toContain(row?.id);
  for (const call of [() => desk(support).repairDifference(named), () => desk(support).compare()])
    await expect(call()).rejects.toMatchObject({ code: "FORBIDDEN" });
  const owner = await signIn((await makeTenant()).owner);
  await expect(callAs(owner).api.admin.billing.differences()).rejects.toMatchObject({ code: "FORBIDDEN" });
});

test("a comparison that is asked for is enqueued once, audited, and shown with its end", async () => {
  const before = await auditedOf(null, "compare_billing");
  await Promise.all([desk().compare(), desk().compare()]);
  expect(await keysOf(COMPARE_JOB)).toEqual([COMPARE_JOB]);
  expect(await auditedOf(null, "compare_billing")).toBe(before + 2);
  await compareOnce();
  expect(await desk().comparison()).toMatchObject({
    open: expect.any(Number),
    last: { compared: expect.any(Number) },
    runningSince: null,
  });
});

test("differences are paged by keyset, newest first, without gap or double", async () => {
  const at = now();
  const ids = Array.from({ length: 7 }, (_, n) => `sub_page_${n}`);
  for (const objectId of ids) {
    await noteSuspects(
      platformDb(),
      [{ kind: "subscription_period", objectId, tenantId: null, ours: "a", theirs: "b" }],
      at,
    );
  }
  await platformDb().billingDifference.updateMany({
    where: { kind: "subscription_period" },
    data: { confirmedAt: at },
  });
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await desk().differences({
      kind: "subscription_period",
      limit: 3,
      ...(cursor !== undefined && { cursor }),
    });
    seen.push(...page.items.map(({ objectId }) => objectId));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(seen.sort()).toEqual(ids);
  await expect(desk().differences({ cursor: "nonsense" })).rejects.toMatchObject({ code: "BAD_REQUEST" });
});
