import type Stripe from "stripe";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type BilledStripe,
  billedStripe,
  bringHome,
  makeCustomer,
  makeSubscribed,
  type Subscribed,
} from "../../../../tests/factories/billing";
import { ownerOf } from "../../../../tests/factories/callers";
import { crashAtEveryStep } from "../../../../tests/factories/crashes";
import { mailsTo } from "../../../../tests/factories/mails";
import { asSuperuser } from "../../../../tests/factories/superuser";
import { makeTenant, type TestTenant } from "../../../../tests/factories/tenants";
import { now } from "../../../platform/clock";
import { resetConfig } from "../../../platform/config";
import { platformDb } from "../../../platform/db";
import { TEXT_BROUGHT_BACK } from "../../terms";
import { FOLLOW_WORKSPACE_JOB, subscriptionSync } from "../sync";
import { followWorkspace, sweepFollowers } from "./with-workspace";

let billed: BilledStripe;

beforeAll(async () => {
  billed = await billedStripe();
});
afterAll(() => billed.stop());

async function remove(tenant: TestTenant): Promise<void> {
  const { name } = await platformDb().tenant.findUniqueOrThrow({ where: { id: tenant.id } });
  await (await ownerOf(tenant))().tenants.delete({ confirmation: name });
}

async function bringBack(tenant: TestTenant): Promise<void> {
  await (await ownerOf(tenant))().tenants.restore();
}

/** Workspaces whose subscriptions are to be looked at, in the queue. */
async function ordered(): Promise<string[]> {
  const { rows } = await asSuperuser(
    `SELECT j.payload->>'tenantId' AS id FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id
      WHERE t.identifier = '${FOLLOW_WORKSPACE_JOB}'`,
  );
  return rows.map(({ id }) => String(id));
}

const follow = ({ id }: { id: string }) => followWorkspace(id as TestTenant["scope"]["tenantId"]);

async function isEnding({ subscriptionId }: Subscribed): Promise<boolean> {
  return (await billed.stripe.subscriptions.retrieve(subscriptionId)).cancel_at_period_end;
}

async function markOf({ tenant }: Subscribed): Promise<Date | null> {
  const row = await platformDb().subscription.findFirstOrThrow({ where: { tenantId: tenant.id } });
  return row.endedByDeletionAt;
}

/** Changes that Stripe was asked for: what is asked again under the same key is the same one. */
function changesAsked({ subscriptionId }: Subscribed): (string | undefined)[] {
  const asked = billed.control
    .received()
    .filter(({ method, path }) => method === "POST" && path === `/v1/subscriptions/${subscriptionId}`);
  const once = [...new Map(asked.map((call) => [call.idempotencyKey, call])).values()];
  return once.map(({ parameters }) => (parameters as Record<string, string>)["cancel_at_period_end"]);
}

async function auditedOf({ tenant }: Subscribed): Promise<string[]> {
  const rows = await platformDb().auditLog.findMany({
    where: { tenantId: tenant.id, action: { startsWith: "subscription." } },
    orderBy: { seq: "asc" },
  });
  return rows.map(({ action, actorType }) => `${action} by ${actorType}`);
}

test("a workspace that is deleted is not renewed, and one that is brought back goes on, each told and audited", async () => {
  const subscribed = await makeSubscribed(billed);
  const { tenant } = subscribed;
  await remove(tenant);
  expect(await ordered()).toContain(tenant.id);
  for (let times = 0; times < 3; times += 1) await follow(tenant);
  expect(await isEnding(subscribed)).toBe(true);
  expect(await markOf(subscribed)).not.toBeNull();
  await bringBack(tenant);
  for (let times = 0; times < 3; times += 1) await follow(tenant);
  expect(await isEnding(subscribed)).toBe(false);
  expect(await markOf(subscribed)).toBeNull();
  expect(changesAsked(subscribed)).toHaveLength(2);
  expect(await auditedOf(subscribed)).toEqual([
    "subscription.end_deleted_asked by system",
    "subscription.end_deleted by system",
    "subscription.resume_restored_asked by system",
    "subscription.resume_restored by system",
  ]);
  const texts = (await mailsTo(tenant.owner.email)).map(({ text }) => text);
  expect(texts.some((text) => text.includes("Its subscription renews no more"))).toBe(true);
  expect(texts.some((text) => text.includes("Its subscription goes on as before."))).toBe(true);
});

test("what a person had cancelled before stays cancelled when the workspace comes back", async () => {
  const subscribed = await makeSubscribed(billed);
  const { tenant } = subscribed;
  await (await ownerOf(tenant))().billing.cancel();
  const before = changesAsked(subscribed).length;
  await remove(tenant);
  await follow(tenant);
  await bringBack(tenant);
  await follow(tenant);
  expect(await isEnding(subscribed)).toBe(true);
  expect(await markOf(subscribed)).toBeNull();
  expect(changesAsked(subscribed)).toHaveLength(before);
});

/** Whatever was done and whenever it was looked at, afterwards the subscription ends exactly where the workspace is deleted. */
test.each(["d", "dr", "drd", "drdr", "drdrd"])(
  "deleted and brought back in quick succession (%s), the last word counts",
  async (deeds) => {
    for (const looks of [0, 1, 3]) {
      const subscribed = await makeSubscribed(billed);
      const { tenant } = subscribed;
      const under: Promise<void>[] = [];
      for (const deed of deeds) {
        await (deed === "d" ? remove(tenant) : bringBack(tenant));
        // Looks overtake each other, and the next deed.
        for (let look = 0; look < looks; look += 1) under.push(follow(tenant));
      }
      await Promise.allSettled(under);
      await follow(tenant);
      expect(await isEnding(subscribed)).toBe(deeds.endsWith("d"));
      expect((await markOf(subscribed)) !== null).toBe(deeds.endsWith("d"));
    }
  },
);

test("a crash between any two steps, on the way out and on the way back, is made good by the next look", async () => {
  const subscribed = await makeSubscribed(billed);
  const { tenant } = subscribed;
  for (const deed of [remove, bringBack, remove]) {
    await deed(tenant);
    const wanted = deed === remove;
    const isDone = async () =>
      (await isEnding(subscribed)) === wanted && ((await markOf(subscribed)) !== null) === wanted;
    expect(await crashAtEveryStep(() => follow(tenant), isDone)).toBeGreaterThan(1);
    await follow(tenant);
    expect(await isDone()).toBe(true);
  }
});

test("an answer that was lost leaves the same call to be made again, and another deletion makes its own", async () => {
  const subscribed = await makeSubscribed(billed);
  const { tenant } = subscribed;
  await remove(tenant);
  billed.control.fail({ kind: "server_error", count: 4, matching: "POST /v1/subscriptions" });
  await expect(follow(tenant)).rejects.toMatchObject({ code: "unavailable" });
  billed.control.clearFaults();
  // Deleted again before anybody has looked: the first deletion is brought to its end first.
  await bringBack(tenant);
  await remove(tenant);
  await follow(tenant);
  expect(await isEnding(subscribed)).toBe(true);
  await bringBack(tenant);
  await follow(tenant);
  expect(await isEnding(subscribed)).toBe(false);
});

test("what is kept at Stripe while the workspace is deleted is ended again", async () => {
  const subscribed = await makeSubscribed(billed);
  const { tenant, subscriptionId } = subscribed;
  await remove(tenant);
  await follow(tenant);
  await billed.stripe.subscriptions.update(subscriptionId, { cancel_at_period_end: false });
  await bringHome(subscriptionSync, subscriptionId);
  await follow(tenant);
  expect(await isEnding(subscribed)).toBe(true);
  await bringBack(tenant);
  await follow(tenant);
  expect(await isEnding(subscribed)).toBe(false);
});

test("while a subscription is about to go on, nobody cancels what would go on all the same", async () => {
  const subscribed = await makeSubscribed(billed);
  const { tenant } = subscribed;
  await remove(tenant);
  await follow(tenant);
  await bringBack(tenant);
  const api = await ownerOf(tenant);
  const refusal = { code: "CONFLICT", message: TEXT_BROUGHT_BACK };
  await expect(api().billing.cancel()).rejects.toMatchObject(refusal);
  await expect(api().billing.resume()).rejects.toMatchObject(refusal);
  await follow(tenant);
  await api().billing.cancel();
  await follow(tenant);
  expect(await isEnding(subscribed)).toBe(true);
});

test("a trial and a subscription whose payment failed end as any other", async () => {
  const trial = await makeSubscribed(billed, { trial_end: Math.floor(now().getTime() / 1_000) + 5 * 86_400 });
  const late = await makeSubscribed(billed);
  billed.control.setBehaviour(late.methodId, "decline");
  await platformDb().subscription.updateMany({
    where: { tenantId: late.tenant.id },
    data: { status: "past_due" },
  });
  for (const subscribed of [trial, late]) {
    await remove(subscribed.tenant);
    await follow(subscribed.tenant);
    expect(await isEnding(subscribed)).toBe(true);
    await bringBack(subscribed.tenant);
    await follow(subscribed.tenant);
    expect(await isEnding(subscribed)).toBe(false);
  }
});

test("without a subscription, and with one whose first payment was never made, nothing is asked of Stripe", async () => {
  const tenant = await makeTenant();
  await remove(tenant);
  await follow(tenant);
  const customer = await makeCustomer(billed);
  billed.control.declineNext();
  const items = [{ price: billed.prices.starter.month, quantity: 1 }];
  const { id } = await billed.stripe.subscriptions.create({ customer: customer.customerId, items });
  await bringHome(subscriptionSync, id);
  const waiting = { ...customer, subscriptionId: id };
  await remove(customer.tenant);
  await follow(customer.tenant);
  expect(changesAsked(waiting)).toEqual([]);
  expect(await markOf(waiting)).toBeNull();
});

test("a subscription that is over before the workspace comes back stays over, and its owners are told", async () => {
  const subscribed = await makeSubscribed(billed);
  const { tenant, subscriptionId } = subscribed;
  await remove(tenant);
  await follow(tenant);
  await billed.stripe.subscriptions.cancel(subscriptionId);
  await bringHome(subscriptionSync, subscriptionId);
  await bringBack(tenant);
  await follow(tenant);
  const fetched: Stripe.Subscription = await billed.stripe.subscriptions.retrieve(subscriptionId);
  expect(fetched.status).toBe("canceled");
  const texts = (await mailsTo(tenant.owner.email)).map(({ text }) => text);
  expect(texts.some((text) => text.includes("Its subscription ended meanwhile"))).toBe(true);
});

test("one that ended at Stripe without our knowing is left alone on the way out and on the way back", async () => {
  const subscribed = await makeSubscribed(billed);
  const { tenant, subscriptionId } = subscribed;
  await remove(tenant);
  await follow(tenant);
  await billed.stripe.subscriptions.cancel(subscriptionId);
  await bringBack(tenant);
  await follow(tenant);
  expect(await platformDb().subscription.findFirst({ where: { tenantId: tenant.id } })).toMatchObject({
    status: "canceled",
    endedByDeletionAt: null,
  });
});

test("what begins while its workspace is deleted is looked at, and the sweep finds what was missed both ways", async () => {
  const began = await makeCustomer(billed);
  await remove(began.tenant);
  await asSuperuser("DELETE FROM graphile_worker._private_jobs");
  const items = [{ price: billed.prices.starter.month, quantity: 1 }];
  const { id } = await billed.stripe.subscriptions.create({ customer: began.customerId, items });
  await bringHome(subscriptionSync, id);
  expect(await ordered()).toEqual([began.tenant.id]);
  const [returned, untouched] = [await makeSubscribed(billed), await makeSubscribed(billed)];
  await remove(returned.tenant);
  await follow(returned.tenant);
  await bringBack(returned.tenant);
  await asSuperuser("DELETE FROM graphile_worker._private_jobs");
  await sweepFollowers();
  const found = await ordered();
  expect(found).toEqual(expect.arrayContaining([began.tenant.id, returned.tenant.id]));
  expect(found).not.toContain(untouched.tenant.id);
});

test("where billing is switched off, nothing is ordered that nobody would carry out", async () => {
  const { tenant } = await makeSubscribed(billed);
  process.env["ENABLE_BILLING"] = "false";
  resetConfig();
  try {
    await remove(tenant);
    expect(await ordered()).not.toContain(tenant.id);
  } finally {
    process.env["ENABLE_BILLING"] = "true";
    resetConfig();
  }
});
