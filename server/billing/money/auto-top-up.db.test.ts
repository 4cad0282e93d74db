import type Stripe from "stripe";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import {
  type BilledStripe,
  billedStripe,
  type Customer,
  makeCustomer,
} from "../../../tests/factories/billing";
import { callAs } from "../../../tests/factories/callers";
import { crashAtEveryStep } from "../../../tests/factories/crashes";
import { eventsTold, handle, ledgerOf, pay } from "../../../tests/factories/reserve-payments";
import { makeTenant } from "../../../tests/factories/tenants";
import { signIn } from "../../../tests/factories/users";
import { callOf, credit, dispatchCall, givePlan, settle } from "../../../tests/factories/wallet";
import { keepBooks } from "../../../tests/setup/books";
import { now, travel } from "../../platform/clock";
import { platformDb } from "../../platform/db";
import { listOutbox } from "../../platform/outbox";
import { AUTO_TOPUP_JOB } from "./attempts";
import { sweepAutoTopUps } from "./auto-sweep";
import { runAutoTopUp } from "./auto-top-up";

const HOUR_MS = 3_600_000;
/** Above and below the usual threshold of ten dollars. */
const FULL_NANO = 10_000_100_000n;

let billed: BilledStripe;

keepBooks();
beforeAll(async () => {
  billed = await billedStripe();
});
afterEach(() => {
  travel(0);
  billed.control.clearFaults();
});
afterAll(() => billed.stop());

/** A workspace with a card that fills its reserve by itself, and whose every call costs. */
async function makeFilling(settings: { monthCeilingCents?: number } = {}): Promise<Customer> {
  const customer = await makeCustomer(billed);
  const { tenant } = customer;
  await givePlan(tenant, { message: 0 }, "use_reserve");
  await credit(tenant.scope, FULL_NANO);
  await platformDb().autoTopupConfig.create({
    data: { tenantId: tenant.id, isEnabled: true, updatedAt: now(), ...settings },
  });
  return customer;
}

/** Spends below the threshold. */
async function spend({ tenant }: Customer): Promise<void> {
  await settle(tenant.scope, await dispatchCall(tenant.scope, callOf()));
}

const attemptsOf = async ({ tenant }: Customer) => {
  const rows = await platformDb().autoTopupAttempt.findMany({
    where: { tenantId: tenant.id },
    orderBy: { createdAt: "asc" },
  });
  return rows.map(({ status, amountCents, failure }) => ({ status, amountCents, failure }));
};
const configOf = ({ tenant }: Customer) =>
  platformDb().autoTopupConfig.findUniqueOrThrow({ where: { tenantId: tenant.id } });
const jobsOf = async ({ tenant }: Customer) => {
  const key = `${AUTO_TOPUP_JOB}:${tenant.id}`;
  return platformDb().$queryRaw<
    { run_at: Date }[]
  >`SELECT run_at FROM graphile_worker.jobs WHERE key = ${key}`;
};
const run = ({ tenant }: Customer) => runAutoTopUp(tenant.scope.tenantId);
const chargesOf = async ({ customerId }: Customer) =>
  (await billed.stripe.paymentIntents.list({ customer: customerId })).data;
const templatesTo = async ({ tenant }: Customer) =>
  (await listOutbox(tenant.owner.email)).map(({ template }) => template);

/** Brings home what Stripe has told of this customer's payments. */
async function hear({ customerId }: Customer): Promise<void> {
  for (const event of await eventsTold(billed)) {
    if ((event.data.object as { customer?: unknown }).customer === customerId) await handle(event);
  }
}

test("a charge that takes the reserve below its threshold asks for a top-up in its own transaction, others do not", async () => {
  const customer = await makeFilling();
  expect(await jobsOf(customer)).toEqual([]);
  await platformDb().autoTopupConfig.update({
    where: { tenantId: customer.tenant.id },
    data: { pausedReason: "declined" },
  });
  await spend(customer);
  expect(await jobsOf(customer)).toEqual([]);
  await platformDb().autoTopupConfig.update({
    where: { tenantId: customer.tenant.id },
    data: { pausedReason: null },
  });
  await spend(customer);
  expect(await jobsOf(customer)).toHaveLength(1);
});

test("a workspace that is deleted is charged nothing, and its reserve is filled when it is back", async () => {
  const customer = await makeFilling();
  const setDeleted = (deletedAt: Date | null) =>
    platformDb().tenant.update({ where: { id: customer.tenant.id }, data: { deletedAt } });
  await spend(customer);
  await setDeleted(now());
  await run(customer);
  await sweepAutoTopUps();
  expect(await attemptsOf(customer)).toEqual([]);
  expect(await configOf(customer)).toMatchObject({ backoffUntil: null, pausedReason: null });
  await setDeleted(null);
  await run(customer);
  expect(await attemptsOf(customer)).toMatchObject([{ status: "processing" }]);
});

test("however many cross at once and however often the job runs, one charge is made, and credited when it is paid", async () => {
  const customer = await makeFilling();
  await Promise.all(Array.from({ length: 8 }, () => spend(customer)));
  await Promise.allSettled(Array.from({ length: 20 }, () => run(customer)));
  await run(customer);
  const [paid, ...more] = await chargesOf(customer);
  expect([paid?.amount, more]).toEqual([5_000, []]);
  expect(await attemptsOf(customer)).toEqual([{ status: "processing", amountCents: 5_000, failure: null }]);
  const kinds = async () => (await ledgerOf(customer.tenant)).map(([kind]) => kind);
  expect(await kinds()).not.toContain("auto_topup");
  for (let n = 0; n < 2; n += 1) await hear(customer);
  expect((await ledgerOf(customer.tenant)).filter(([kind]) => kind === "auto_topup")).toEqual([
    ["auto_topup", 5_000, paid?.id],
  ]);
  expect(await attemptsOf(customer)).toMatchObject([{ status: "succeeded" }]);
  expect(await templatesTo(customer)).toContain("reserve_receipt");
  await run(customer);
  expect(await chargesOf(customer)).toHaveLength(1);
});

test("after a decline nothing is tried for an hour, and after three it is paused until somebody saves again", async () => {
  const customer = await makeFilling();
  await spend(customer);
  billed.control.setBehaviour(customer.methodId, "decline");
  for (let round = 1; round <= 3; round += 1) {
    await run(customer);
    await hear(customer);
    await run(customer);
    expect(await attemptsOf(customer)).toHaveLength(round);
    travel(round * (HOUR_MS + 1_000));
  }
  expect(await attemptsOf(customer)).toMatchObject(Array(3).fill({ status: "failed" }));
  expect(await configOf(customer)).toMatchObject({
    failures: 3,
    pausedReason: "declined",
    backoffUntil: null,
  });
  await run(customer);
  expect(await attemptsOf(customer)).toHaveLength(3);
  expect((await templatesTo(customer)).filter((name) => name.startsWith("auto_topup")).sort()).toEqual([
    "auto_topup_declined",
    "auto_topup_declined",
    "auto_topup_paused",
  ]);
  const { cookie } = await signIn(customer.tenant.owner);
  const { api } = callAs({ cookie, tenantSlug: customer.tenant.slug });
  const { thresholdNano, amountCents, monthCeilingCents, version, state } = await api.reserve.autoTopUp();
  expect(state).toBe("paused");
  billed.control.setBehaviour(customer.methodId, "succeed");
  await api.reserve.setAutoTopUp({ isEnabled: true, thresholdNano, amountCents, monthCeilingCents, version });
  await run(customer);
  await hear(customer);
  expect((await ledgerOf(customer.tenant)).at(-1)?.slice(0, 2)).toEqual(["auto_topup", 5_000]);
  expect(await configOf(customer)).toMatchObject({ failures: 0 });
});

test("a bank that wants to be asked gets one mail to its owner, and a top-up by hand answers it", async () => {
  const customer = await makeFilling();
  await spend(customer);
  billed.control.setBehaviour(customer.methodId, "authenticate");
  for (let n = 0; n < 2; n += 1) await run(customer);
  await hear(customer);
  expect(await attemptsOf(customer)).toMatchObject([{ status: "needs_action" }]);
  expect((await templatesTo(customer)).filter((name) => name === "auto_topup_needs_action")).toHaveLength(1);
  billed.control.setBehaviour(customer.methodId, "succeed");
  await pay(billed, customer, { amountCents: 5_000 });
  await hear(customer);
  expect(await attemptsOf(customer)).toMatchObject([{ status: "failed", failure: "replaced" }]);
  expect((await ledgerOf(customer.tenant)).at(-1)?.slice(0, 2)).toEqual(["topup", 5_000]);
});

test("a charge that is processing holds the place until it is known; one that failed then counts as declined", async () => {
  const customer = await makeFilling();
  await spend(customer);
  billed.control.setBehaviour(customer.methodId, "processing");
  await run(customer);
  const [open] = (await chargesOf(customer)) as [Stripe.PaymentIntent];
  await hear(customer);
  await run(customer);
  expect(await chargesOf(customer)).toHaveLength(1);
  billed.control.finish(open.id, false);
  await hear(customer);
  expect(await attemptsOf(customer)).toMatchObject([{ status: "failed" }]);
  expect((await configOf(customer)).failures).toBe(1);
});

test("a charge whose answer is lost is asked for again under the same name, and made once", async () => {
  const customer = await makeFilling();
  await spend(customer);
  const matching = "POST /v1/payment_intents";
  billed.control.fail({ kind: "hang_up", count: 50, matching });
  await expect(run(customer)).rejects.toMatchObject({ code: "unavailable" });
  expect(await attemptsOf(customer)).toMatchObject([{ status: "pending" }]);
  billed.control.clearFaults();
  billed.control.fail({ kind: "hang_up", isAfterwards: true, matching });
  await run(customer);
  expect(await chargesOf(customer)).toHaveLength(1);
  await hear(customer);
  expect(await attemptsOf(customer)).toMatchObject([{ status: "succeeded" }]);
});

test("wherever an automatic top-up breaks, it is one charge under one key in the end, and credited once", async () => {
  const customer = await makeFilling();
  await spend(customer);
  billed.control.forgetReceived();
  const breaks = await crashAtEveryStep(
    () => run(customer),
    async () => (await attemptsOf(customer)).some(({ status }) => status === "processing"),
  );
  expect(breaks).toBeGreaterThan(5);
  const asked = billed.control.received().filter(({ path }) => path === "/v1/payment_intents");
  const posted = asked.filter(({ method }) => method === "POST");
  expect(new Set(posted.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  expect(new Set(posted.map(({ parameters }) => JSON.stringify(parameters))).size).toBe(1);
  expect(await chargesOf(customer)).toHaveLength(1);
  await hear(customer);
  expect((await ledgerOf(customer.tenant)).filter(([kind]) => kind === "auto_topup")).toHaveLength(1);
  expect(await attemptsOf(customer)).toMatchObject([{ status: "succeeded" }]);
});

test("a month's ceiling is never passed, and what is missing is charged at once where it fits", async () => {
  // Long before the month's end, whenever the test runs.
  travel(Date.UTC(now().getUTCFullYear(), now().getUTCMonth() + 1, 10) - Date.now());
  const customer = await makeFilling({ monthCeilingCents: 14_999 });
  const { tenant } = customer;
  await credit(tenant.scope, 1n);
  await platformDb().$transaction((tx) =>
    tx.$queryRaw`SELECT book_reserve(${tenant.id}::uuid, ${JSON.stringify({
      kind: "adjustment",
      amountNano: "-80000000000",
      sourceRef: `spent:${tenant.id}`,
    })}::jsonb, ${now()})`.then(() => {}),
  );
  await run(customer);
  await hear(customer);
  expect(await attemptsOf(customer)).toEqual([{ status: "succeeded", amountCents: 8_000, failure: null }]);
  await spend(customer);
  await run(customer);
  await hear(customer);
  await spend(customer);
  const spent = (await attemptsOf(customer)).reduce((sum, { amountCents }) => sum + amountCents, 0);
  expect(spent).toBe(13_000);
  for (let round = 0; round < 2; round += 1) {
    await platformDb().$queryRaw`SELECT book_reserve(${tenant.id}::uuid, ${JSON.stringify({
      kind: "adjustment",
      amountNano: "-60000000000",
      sourceRef: `spent:${tenant.id}:${round}`,
    })}::jsonb, ${now()})`.then(() => {});
    await run(customer);
  }
  expect(await attemptsOf(customer)).toHaveLength(2);
  const nextMonth = new Date(Date.UTC(now().getUTCFullYear(), now().getUTCMonth() + 1, 1));
  expect((await configOf(customer)).backoffUntil).toEqual(nextMonth);
  expect(await templatesTo(customer)).toContain("auto_topup_ceiling");
  travel(nextMonth.getTime() + 1_000 - Date.now());
  await run(customer);
  expect(await attemptsOf(customer)).toHaveLength(3);
});

test("without a payment method it is paused and said so", async () => {
  const customer = await makeFilling();
  await billed.stripe.paymentMethods.detach(customer.methodId);
  await spend(customer);
  await run(customer);
  expect(await attemptsOf(customer)).toMatchObject([{ status: "failed", failure: "no_payment_method" }]);
  expect(await configOf(customer)).toMatchObject({ pausedReason: "no_payment_method" });
  expect(await templatesTo(customer)).toContain("auto_topup_no_payment_method");
});

test("what was missed is found: a low reserve without a job, and a payment of which nothing was heard", async () => {
  const customer = await makeFilling();
  await spend(customer);
  await platformDb().$executeRaw`DELETE FROM graphile_worker._private_jobs`;
  await sweepAutoTopUps();
  expect(await jobsOf(customer)).toHaveLength(1);
  await run(customer);
  travel(16 * 60_000);
  await sweepAutoTopUps();
  expect(await attemptsOf(customer)).toMatchObject([{ status: "succeeded" }]);
  expect((await ledgerOf(customer.tenant)).at(-1)?.slice(0, 2)).toEqual(["auto_topup", 5_000]);
});

test("of two who save at once one is told; the usual numbers stand until somebody saves; strangers save nothing", async () => {
  const tenant = await makeTenant();
  const { cookie } = await signIn(tenant.owner);
  const { reserve } = callAs({ cookie, tenantSlug: tenant.slug }).api;
  expect(await reserve.autoTopUp()).toMatchObject({
    ...{ isEnabled: false, thresholdNano: "10000000000", amountCents: 5_000, monthCeilingCents: 20_000 },
    ...{ version: 0, state: "off", nextTryAt: null, monthCents: 0 },
  });
  const wanted = {
    isEnabled: true,
    thresholdNano: "5000000000",
    amountCents: 2_000,
    monthCeilingCents: 6_000,
  };
  for (const version of [0, 1]) {
    const saves = Array.from({ length: 20 }, () => reserve.setAutoTopUp({ ...wanted, version }));
    const ends = await Promise.allSettled(saves);
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  }
  await expect(reserve.setAutoTopUp({ ...wanted, monthCeilingCents: 1_999 })).rejects.toMatchObject({
    code: "BAD_REQUEST",
  });
  const stranger = await signIn((await makeTenant()).owner);
  const { reserve: theirs } = callAs({ cookie: stranger.cookie, tenantSlug: tenant.slug }).api;
  await expect(theirs.setAutoTopUp(wanted)).rejects.toMatchObject({ code: "NOT_FOUND" });
  const audited = await platformDb().auditLog.count({
    where: { tenantId: tenant.id, action: "reserve.set_auto_top_up" },
  });
  expect(audited).toBe(2);
});
