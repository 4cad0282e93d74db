import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type BilledStripe,
  billedStripe,
  bringHome,
  makeSubscribed,
  type Subscribed,
} from "../../../tests/factories/billing";
import { ownerOf } from "../../../tests/factories/callers";
import { addMember, makeTenant } from "../../../tests/factories/tenants";
import { currentPlan } from "../../catalogue/plans";
import { fromNow, now } from "../../platform/clock";
import { platformDb, platformPool } from "../../platform/db";
import { listOutbox } from "../../platform/outbox";
import { TEXT_NOT_CANCELLING, TEXT_NOT_SUBSCRIBED, TEXT_SAME_SUBSCRIPTION } from "../terms";
import { invoiceSync } from "./invoice-sync";
import { reconcileSeats } from "./seats/seats";
import { SEATS_JOB, subscriptionSync } from "./sync";
import { remindOfTrials } from "./trial/reminders";

let billed: BilledStripe;

beforeAll(async () => {
  billed = await billedStripe();
});
afterAll(() => billed.stop());

async function seatsAtStripe({ subscriptionId }: Subscribed): Promise<number | undefined> {
  const { items } = await billed.stripe.subscriptions.retrieve(subscriptionId);
  return items.data[0]?.quantity;
}

function updatesSent(subscriptionId: string): number {
  return billed.control
    .received()
    .filter(({ method, path }) => method === "POST" && path === `/v1/subscriptions/${subscriptionId}`).length;
}

test("what a change costs is shown first, and is what is paid", async () => {
  const subscribed = await makeSubscribed(billed);
  const { tenant, subscriptionId } = subscribed;
  const api = await ownerOf(tenant);
  const wanted = { plan: "pro", interval: "month" } as const;
  const preview = await api().billing.preview(wanted);
  expect(preview).toMatchObject({ plan: { code: "pro" }, seats: 3, currency: "USD", endsTrial: false });
  expect(preview.nextInvoice.amountNano).toBe("147000000000");
  expect(await seatsAtStripe(subscribed)).toBe(1);
  await api().billing.change({ ...wanted, quotedAt: preview.quotedAt });
  await bringHome(subscriptionSync, subscriptionId);
  const { data } = await billed.stripe.invoices.list({ subscription: subscriptionId });
  const last = data.find(({ billing_reason }) => billing_reason === "subscription_update");
  expect(String(BigInt(last?.amount_due ?? 0) * 10_000_000n)).toBe(preview.dueNowNano);
  await bringHome(invoiceSync, last?.id ?? "");
  expect(await currentPlan(tenant.scope)).toMatchObject({ plan: { code: "pro" }, standing: "active" });
  const invoices = await api().billing.invoices();
  expect(invoices).toMatchObject({
    items: [{ status: "paid", totalNano: preview.dueNowNano }],
    nextCursor: null,
  });
});

test("who goes from years to months is told of the next month, and what is left of the year is credit", async () => {
  const { tenant } = await makeSubscribed(billed, { plan: "pro", interval: "year", seats: 3 });
  const api = await ownerOf(tenant);
  const preview = await api().billing.preview({ plan: "pro", interval: "month" });
  const days = (new Date(preview.nextInvoice.at).getTime() - now().getTime()) / 86_400_000;
  expect(days).toBeGreaterThan(27);
  expect(days).toBeLessThan(32);
  expect(preview).toMatchObject({ dueNowNano: "0", nextInvoice: { amountNano: "147000000000" } });
  // A year of three seats without the month that begins, but for the seconds since.
  const credit = Number(preview.creditNano) / 1e9;
  expect(credit).toBeGreaterThan(1_322);
  expect(credit).toBeLessThanOrEqual(1_323);
});

test("a change asked for twice at once is one change, and the same plan again is refused", async () => {
  const { tenant, subscriptionId } = await makeSubscribed(billed);
  const api = await ownerOf(tenant);
  const wanted = { plan: "pro", interval: "month" } as const;
  const { quotedAt } = await api().billing.preview(wanted);
  await Promise.all(Array.from({ length: 5 }, () => api().billing.change({ ...wanted, quotedAt })));
  const { data } = await billed.stripe.invoices.list({ subscription: subscriptionId });
  expect(data).toHaveLength(2);
  await bringHome(subscriptionSync, subscriptionId);
  await expect(api().billing.change(wanted)).rejects.toMatchObject({ message: TEXT_SAME_SUBSCRIPTION });
});

test("a card that is refused changes nothing, and the answer says so", async () => {
  const { tenant, subscriptionId, methodId } = await makeSubscribed(billed);
  const api = await ownerOf(tenant);
  billed.control.setBehaviour(methodId, "decline");
  await expect(api().billing.change({ plan: "pro", interval: "month" })).rejects.toMatchObject({
    code: "PAYMENT_REQUIRED",
    cause: { details: { reason: "card_declined" } },
  });
  await bringHome(subscriptionSync, subscriptionId);
  expect(await currentPlan(tenant.scope)).toMatchObject({ plan: { code: "starter" }, standing: "active" });
});

test("a subscription that is cancelled goes on until its period ends, and can be kept", async () => {
  const { tenant, subscriptionId } = await makeSubscribed(billed);
  const api = await ownerOf(tenant);
  await expect(api().billing.resume()).rejects.toMatchObject({ message: TEXT_NOT_CANCELLING });
  await api().billing.cancel();
  await bringHome(subscriptionSync, subscriptionId);
  const { subscription } = await api().billing.subscription();
  expect(subscription).toMatchObject({ isCancelling: true, nextInvoice: null });
  expect(await currentPlan(tenant.scope)).toMatchObject({ plan: { code: "starter" } });
  await expect(api().billing.change({ plan: "pro", interval: "month" })).rejects.toMatchObject({
    code: "CONFLICT",
  });
  await api().billing.resume();
  await bringHome(subscriptionSync, subscriptionId);
  expect((await api().billing.subscription()).subscription).toMatchObject({ isCancelling: false });
});

test("without a subscription there is nothing to change, to cancel or to keep", async () => {
  const api = await ownerOf(await makeTenant());
  const refusal = { code: "CONFLICT", message: TEXT_NOT_SUBSCRIBED };
  await expect(api().billing.change({ plan: "pro", interval: "month" })).rejects.toMatchObject(refusal);
  await expect(api().billing.cancel()).rejects.toMatchObject(refusal);
  await expect(api().billing.resume()).rejects.toMatchObject(refusal);
});

test("the portal opens for the workspace's own customer", async () => {
  const { tenant, customerId } = await makeSubscribed(billed);
  const api = await ownerOf(tenant);
  const { url } = await api().billing.portal({ flow: "payment_method" });
  expect(url).toContain(billed.url);
  const asked = billed.control.received().filter(({ path }) => path === "/v1/billing_portal/sessions");
  expect(JSON.stringify(asked.at(-1))).toContain(customerId);
});

test("whoever joins is billed once, and equal seats ask for nothing", async () => {
  const subscribed = await makeSubscribed(billed);
  const { tenant, subscriptionId } = subscribed;
  await addMember(tenant);
  await addMember(tenant);
  const { rows } = await platformPool().query("SELECT 1 FROM graphile_worker.jobs WHERE key = $1", [
    `${SEATS_JOB}:${tenant.id}`,
  ]);
  expect(rows).toHaveLength(1);
  const before = updatesSent(subscriptionId);
  await Promise.all(Array.from({ length: 5 }, () => reconcileSeats(tenant.scope.tenantId)));
  expect(await seatsAtStripe(subscribed)).toBe(3);
  await bringHome(subscriptionSync, subscriptionId);
  const sent = updatesSent(subscriptionId);
  expect(sent).toBeGreaterThan(before);
  await reconcileSeats(tenant.scope.tenantId);
  expect(updatesSent(subscriptionId)).toBe(sent);
});

test("seats that are left stay paid until the period is nearly over, and are not given back", async () => {
  const subscribed = await makeSubscribed(billed, { seats: 4 });
  await reconcileSeats(subscribed.tenant.scope.tenantId);
  expect(await seatsAtStripe(subscribed)).toBe(4);
});

test("the end of a trial is told three days and one day ahead, once each", async () => {
  const tenant = await makeTenant();
  const told = async () =>
    (await listOutbox(tenant.owner.email)).filter(({ template }) => template === "trial_ends").length;
  const endsIn = (hours: number) =>
    platformDb().tenantPlan.update({
      where: { tenantId: tenant.id },
      data: { trialEndsAt: fromNow(hours * 3_600_000) },
    });
  await endsIn(96);
  await remindOfTrials();
  expect(await told()).toBe(0);
  await endsIn(60);
  await Promise.all([remindOfTrials(), remindOfTrials()]);
  expect(await told()).toBe(1);
  await endsIn(20);
  await remindOfTrials();
  await remindOfTrials();
  expect(await told()).toBe(2);
});
