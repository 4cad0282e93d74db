import { afterAll, beforeAll, expect, test } from "vitest";
import { type BilledStripe, billedStripe, makeSubscribed } from "../../../../tests/factories/billing";
import { ownerOf } from "../../../../tests/factories/callers";
import { asSuperuser } from "../../../../tests/factories/superuser";
import { eraseDueTenants } from "../../../lifecycle/tenant-erasure";
import { fromNow } from "../../../platform/clock";
import { platformDb } from "../../../platform/db";
import { logger } from "../../../platform/logger";
import { subscriptionJobs } from "../jobs";

const END_ERASED = "billing.end_erased";

let billed: BilledStripe;

beforeAll(async () => {
  billed = await billedStripe();
});
afterAll(() => billed.stop());

async function ordersToEnd(): Promise<unknown[]> {
  const { rows } = await asSuperuser(
    `SELECT j.payload FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id
      WHERE t.identifier = '${END_ERASED}'`,
  );
  return rows.map(({ payload }) => payload);
}

const statusAtStripe = async (id: string) => (await billed.stripe.subscriptions.retrieve(id)).status;

test("a workspace that is erased pays nothing more: its subscription ends at Stripe, and not before", async () => {
  const { tenant, subscriptionId } = await makeSubscribed(billed);
  const { subscriptionId: otherId } = await makeSubscribed(billed);
  const api = await ownerOf(tenant);
  const { name } = await platformDb().tenant.findUniqueOrThrow({ where: { id: tenant.id } });
  await api().tenants.delete({ confirmation: name });
  expect(await ordersToEnd()).toEqual([]);
  await platformDb().tenantDeletion.update({
    where: { tenantId: tenant.id },
    data: { dueAt: fromNow(-1_000) },
  });
  await eraseDueTenants();
  const orders = await ordersToEnd();
  expect(orders).toEqual([{ subscriptionId }]);
  const job = subscriptionJobs.find((candidate) => candidate.name === END_ERASED);
  const helpers = {
    attempt: 1,
    attemptsMax: 1,
    logger: logger("test"),
    signal: new AbortController().signal,
  };
  for (let times = 0; times < 2; times += 1) await job?.run(orders[0], helpers);
  expect([await statusAtStripe(subscriptionId), await statusAtStripe(otherId)]).toEqual([
    "canceled",
    "active",
  ]);
});
