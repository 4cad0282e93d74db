// Limits as people set and read them, and what those who are held up can do.

import { expect, test } from "vitest";
import { callAs, ownerOf } from "../../../tests/factories/callers";
import { makeMember, makeTenant, type TestTenant } from "../../../tests/factories/tenants";
import {
  callOf,
  credit,
  dispatchCall,
  givePlan,
  makePayingTenant,
  settle,
  usageOf,
} from "../../../tests/factories/wallet";
import { keepBooks } from "../../../tests/setup/books";
import { travel } from "../../platform/clock";
import { platformPool } from "../../platform/db";
import { holdFor, requireAffordable } from "../admission";
import { TEXT_ASKED_FOR_MORE, TEXT_CAP_REACHED, TEXT_RAISE_YOURSELF, TEXT_REQUEST_DECIDED } from "../terms";
import { forecastOf } from "./month";
import { askForMore } from "./requests";

const DOLLAR = 1_000_000_000n;
const DAY_MS = 86_400_000;

keepBooks();

async function memberOf(tenant: TestTenant) {
  const { user, scope, cookie } = await makeMember(tenant);
  return { user, scope, api: () => callAs({ cookie, tenantSlug: tenant.slug }).api };
}

async function auditOf(tenantId: string): Promise<string[]> {
  const { rows } = await platformPool().query<{ action: string }>(
    "SELECT action FROM audit_logs WHERE tenant_id = $1 AND category = 'billing' ORDER BY seq",
    [tenantId],
  );
  return rows.map(({ action }) => action);
}

async function mailsTo(email: string): Promise<string[]> {
  const { rows } = await platformPool().query<{ template: string }>(
    "SELECT template FROM outgoing_mail WHERE recipient = $1 ORDER BY created_at",
    [email],
  );
  return rows.map(({ template }) => template);
}

test("a cap is saved, audited and read again, and 0 takes it away", async () => {
  const tenant = await makePayingTenant(DOLLAR);
  const api = await ownerOf(tenant);
  expect(await api().limits.get()).toMatchObject({ monthlyCapNano: "0", version: 0, spentNano: "0" });
  await api().limits.set({ monthlyCapNano: "5000000000", hardStop: true, version: 0 });
  expect(await api().limits.get()).toMatchObject({
    monthlyCapNano: "5000000000",
    hardStop: true,
    version: 1,
  });
  await api().limits.set({ monthlyCapNano: "0", hardStop: false });
  expect(await api().limits.get()).toMatchObject({ monthlyCapNano: "0", hardStop: false, version: 2 });
  expect(await auditOf(tenant.id)).toEqual(["limits_changed", "limits_changed"]);
});

test("of thirty admins who read the same cap and save it at once, one does", async () => {
  const tenant = await makePayingTenant(DOLLAR);
  const api = await ownerOf(tenant);
  const saves = Array.from({ length: 30 }, (_, index) =>
    api().limits.set({ monthlyCapNano: String(index + 1), hardStop: true, version: 0 }),
  );
  const outcomes = await Promise.allSettled(saves);
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  for (const outcome of outcomes)
    if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "CONFLICT" });
  expect(await api().limits.get()).toMatchObject({ version: 1 });
  expect(await auditOf(tenant.id)).toEqual(["limits_changed"]);
});

test("amounts that are none are refused and change nothing", async () => {
  const tenant = await makePayingTenant(DOLLAR);
  const api = await ownerOf(tenant);
  for (const monthlyCapNano of [
    "-1",
    "1.5",
    "NaN",
    "Infinity",
    "1e9",
    "",
    "9".repeat(19),
    "0x10",
    " 5",
    "01",
  ])
    await expect(api().limits.set({ monthlyCapNano, hardStop: true })).rejects.toMatchObject({
      code: "BAD_REQUEST",
    });
  for (const amount of [Number.NaN, -5, 1.5, 2 ** 60])
    await expect(
      api().limits.set({ monthlyCapNano: amount as unknown as string, hardStop: true }),
    ).rejects.toMatchObject({ code: "BAD_REQUEST" });
  expect(await api().limits.get()).toMatchObject({ version: 0 });
});

test("a cap that is lowered under what was spent refuses the next call with T-6, and says which limit it is", async () => {
  const tenant = await makePayingTenant(DOLLAR);
  const api = await ownerOf(tenant);
  await settle(tenant.scope, await dispatchCall(tenant.scope));
  await api().limits.set({ monthlyCapNano: "1000", hardStop: true });
  await expect(holdFor(tenant.scope, callOf())).rejects.toMatchObject({
    message: TEXT_CAP_REACHED,
    details: {
      reason: "monthly_cap_reached",
      feature: "monthly_spend",
      limit: "1000",
      usage: "160000",
      window: "month",
    },
  });
  expect((await api().limits.notices()).items).toContainEqual({
    kind: "cap",
    whose: "workspace",
    percent: 100,
    isStopped: true,
  });
});

test("a cap without a hard stop lets the call through and says that it is reached", async () => {
  const tenant = await makePayingTenant(DOLLAR);
  const api = await ownerOf(tenant);
  await api().limits.set({ monthlyCapNano: "1000", hardStop: false });
  await settle(tenant.scope, await dispatchCall(tenant.scope));
  expect(await requireAffordable(tenant.scope, { model: "fake-1", inputTokens: 10 })).toBe(
    "monthly_cap_reached",
  );
  expect((await api().limits.notices()).items).toContainEqual({
    kind: "cap",
    whose: "workspace",
    percent: 100,
    isStopped: false,
  });
});

test("a member's cap is theirs alone, tighter than the workspace's, and stops them alone", async () => {
  const tenant = await makePayingTenant(DOLLAR);
  const api = await ownerOf(tenant);
  const mia = await memberOf(tenant);
  await api().limits.set({ monthlyCapNano: "1000000000", hardStop: false });
  await expect(
    api().limits.setMember({ userId: mia.user.id, monthlyCapNano: "1000000001" }),
  ).rejects.toMatchObject({ code: "BAD_REQUEST" });
  await api().limits.setMember({ userId: mia.user.id, monthlyCapNano: "10" });
  await expect(holdFor(mia.scope, callOf())).rejects.toMatchObject({
    message: TEXT_CAP_REACHED,
    details: { feature: "member_monthly_spend", limit: "10" },
  });
  await expect(holdFor(tenant.scope, callOf())).resolves.toMatchObject({ payer: "reserve" });
  expect((await api().limits.members({ search: mia.user.email })).items).toMatchObject([
    { userId: mia.user.id, monthlyCapNano: "10", version: 1 },
  ]);
});

test("nobody's cap is set who is no member, not even a neighbour's", async () => {
  const tenant = await makePayingTenant(DOLLAR);
  const stranger = await makeTenant();
  const api = await ownerOf(tenant);
  await expect(
    api().limits.setMember({ userId: stranger.owner.id, monthlyCapNano: "10" }),
  ).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("a member sees their own limit and nothing of the workspace's; a viewer sees none", async () => {
  const tenant = await makePayingTenant(DOLLAR);
  const api = await ownerOf(tenant);
  await api().limits.set({ monthlyCapNano: "7000000000", hardStop: true });
  const mia = await memberOf(tenant);
  expect(await mia.api().limits.get()).toMatchObject({
    own: { monthlyCapNano: "0", spentNano: "0" },
    monthlyCapNano: null,
    spentNano: null,
    forecastNano: null,
    requests: [],
    canManage: false,
  });
  for (const call of [
    () => mia.api().limits.members(),
    () => mia.api().reserve.balance(),
    () => mia.api().reserve.ledger(),
    () => mia.api().limits.set({ monthlyCapNano: "0", hardStop: false }),
  ])
    await expect(call()).rejects.toMatchObject({ code: "FORBIDDEN" });
  const { cookie } = await makeMember(tenant, "viewer");
  await expect(callAs({ cookie, tenantSlug: tenant.slug }).api.limits.get()).rejects.toMatchObject({
    code: "FORBIDDEN",
  });
});

test("a member asks once a month; accepting raises just what stands in the way, and both sides get a mail", async () => {
  const tenant = await makePayingTenant(DOLLAR);
  const api = await ownerOf(tenant);
  const mia = await memberOf(tenant);
  await api().limits.set({ monthlyCapNano: "1000", hardStop: true });
  await api().limits.setMember({ userId: mia.user.id, monthlyCapNano: "500" });
  const asked = await mia.api().limits.askForMore({ extraNano: "5000000000", note: "Quarter's end" });
  expect(asked).toMatchObject({ state: "pending" });
  await expect(mia.api().limits.askForMore({ extraNano: "1" })).rejects.toMatchObject({
    message: TEXT_ASKED_FOR_MORE,
  });
  expect(await mailsTo(tenant.owner.email)).toContain("limit_request");
  const { requests } = await api().limits.get();
  expect(requests).toMatchObject([
    {
      id: asked.id,
      note: "Quarter's end",
      raised: { tenantCapNano: "5000000000", memberCapNano: "5000000000" },
    },
  ]);
  await api().limits.decide({ requestId: asked.id, decision: "accept" });
  await expect(holdFor(mia.scope, callOf())).resolves.toMatchObject({ payer: "reserve" });
  expect(await api().limits.get()).toMatchObject({ monthlyCapNano: "5000000000", requests: [] });
  expect(await mia.api().limits.get()).toMatchObject({ ownRequest: { state: "accepted" } });
  expect(await mailsTo(mia.user.email)).toContain("limit_request_decided");
  expect(await auditOf(tenant.id)).toContain("limit_request.accept");
});

test("of twenty who accept and decline one request, one decides; the next month it can be asked anew", async () => {
  const tenant = await makePayingTenant(DOLLAR);
  const api = await ownerOf(tenant);
  const mia = await memberOf(tenant);
  await api().limits.set({ monthlyCapNano: "1000", hardStop: true });
  const { id: requestId } = await mia.api().limits.askForMore({ extraNano: "5000" });
  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, (_, index) =>
      api().limits.decide({ requestId, decision: index % 2 ? "accept" : "decline" }),
    ),
  );
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  await expect(api().limits.decide({ requestId, decision: "accept" })).rejects.toMatchObject({
    message: TEXT_REQUEST_DECIDED,
  });
  travel(32 * DAY_MS);
  expect(await askForMore(mia.scope, { extraNano: 5_000n })).toMatchObject({ state: "pending" });
});

test("who may raise the limits does not ask for it, and a neighbour's request is not found", async () => {
  const tenant = await makePayingTenant(DOLLAR);
  const neighbour = await ownerOf(await makeTenant());
  const api = await ownerOf(tenant);
  const mia = await memberOf(tenant);
  await expect(api().limits.askForMore({ extraNano: "1" })).rejects.toMatchObject({
    message: TEXT_RAISE_YOURSELF,
  });
  const { id: requestId } = await mia.api().limits.askForMore({ extraNano: "1" });
  await expect(neighbour().limits.decide({ requestId, decision: "accept" })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
});

test("the forecast goes on as the month began, and is silent while it is too early", () => {
  const startAt = new Date("2026-01-01T00:00:00Z");
  const endAt = new Date("2026-01-31T00:00:00Z");
  const spending = { capNano: 0n, isHardStop: true, version: 0, spentNano: 6n * DOLLAR, heldNano: 0n };
  const month = { startAt, endAt, tenant: spending, member: spending };
  expect(forecastOf(month, new Date("2026-01-03T00:00:00Z"))).toBeNull();
  expect(forecastOf(month, new Date("2026-01-11T00:00:00Z"))).toBe(18n * DOLLAR);
});

test("a late payment is told to those who look after the money, with its day of grace, and to nobody else", async () => {
  const tenant = await makeTenant();
  const api = await ownerOf(tenant);
  const mia = await memberOf(tenant);
  const until = new Date(Date.now() + 3 * DAY_MS).toISOString();
  const set = (standing: string, graceEndsAt: string | null) =>
    platformPool().query("UPDATE tenant_plans SET standing = $2, grace_ends_at = $3 WHERE tenant_id = $1", [
      ...[tenant.id, standing, graceEndsAt],
    ]);
  await set("past_due", until);
  expect((await api().limits.notices()).items).toEqual([{ kind: "payment", until }]);
  expect((await mia.api().limits.notices()).items).toEqual([]);
  await set("past_due", new Date(Date.now() - DAY_MS).toISOString());
  expect((await api().limits.notices()).items).toEqual([{ kind: "payment", until: null }]);
  await set("active", null);
  expect((await api().limits.notices()).items).toEqual([]);
});

test("notices tell those who look after the money of shares, and others of what holds them up alone", async () => {
  const tenant = await makePayingTenant(DOLLAR);
  const api = await ownerOf(tenant);
  const mia = await memberOf(tenant);
  await api().limits.set({ monthlyCapNano: "200000", hardStop: true });
  await settle(
    tenant.scope,
    await dispatchCall(tenant.scope, callOf({ outputTokens: 0, inputTokens: 100 })),
    usageOf({ outputTokens: 0, inputTokens: 90 }),
  );
  expect(await api().limits.notices()).toEqual({
    items: [
      { kind: "cap", whose: "workspace", percent: 80, isStopped: false },
      { kind: "reserve", isUsedUp: false },
    ],
    mayAct: true,
  });
  expect(await mia.api().limits.notices()).toEqual({ items: [], mayAct: false });
});

test("an allowance that is nearly used up is told, and one that blocks is told to everybody", async () => {
  const tenant = await makeTenant();
  await givePlan(tenant, { message: 5 }, "block");
  const api = await ownerOf(tenant);
  const mia = await memberOf(tenant);
  for (let call = 0; call < 4; call += 1) await settle(tenant.scope, await dispatchCall(tenant.scope));
  const nearly = { kind: "allowance", meter: "message", percent: 80, isStopped: false };
  expect((await api().limits.notices()).items).toEqual([nearly]);
  expect((await mia.api().limits.notices()).items).toEqual([]);
  await settle(tenant.scope, await dispatchCall(tenant.scope));
  const over = { kind: "allowance", meter: "message", percent: 100, isStopped: true };
  expect((await mia.api().limits.notices()).items).toEqual([over]);
});

test("a call that fails before its first word is no message of the allowance; one that was begun is", async () => {
  const tenant = await makeTenant();
  await givePlan(tenant, { message: 2 }, "block");
  const failed = { outcome: "error" as const, inputTokens: 0, outputTokens: 0 };
  for (let call = 0; call < 3; call += 1)
    await settle(tenant.scope, await dispatchCall(tenant.scope), usageOf(failed));
  await settle(tenant.scope, await dispatchCall(tenant.scope), usageOf({ outcome: "aborted" }));
  const { rows } = await platformPool().query<{ used: string; held: string }>(
    "SELECT used, held FROM quota_counters WHERE tenant_id = $1 AND meter = 'message'",
    [tenant.id],
  );
  expect(rows).toEqual([{ used: "1", held: "0" }]);
});

test("a reserve that recovers by a lower threshold is told of again when it runs low again", async () => {
  const tenant = await makePayingTenant(6n * DOLLAR);
  const api = await ownerOf(tenant);
  const alarms = async () => {
    const { rows } = await platformPool().query<{ subject: string }>(
      "SELECT subject FROM spend_alarms WHERE tenant_id = $1 AND kind = 'low_balance' ORDER BY subject",
      [tenant.id],
    );
    return rows.length;
  };
  const spend = async (nano: bigint) => {
    const outputTokens = Number(nano / 8_000n);
    const call = callOf({ inputTokens: 0, expectedInputTokens: 0, outputTokens });
    await settle(
      tenant.scope,
      await dispatchCall(tenant.scope, call),
      usageOf({ inputTokens: 0, outputTokens }),
    );
  };
  await spend(2n * DOLLAR);
  await spend(DOLLAR / 10n);
  expect(await alarms()).toBe(1);
  await api().reserve.setPolicy({ policy: "warn", thresholdNano: "1000000000" });
  await spend(3n * DOLLAR);
  expect(await alarms()).toBe(2);
  await credit(tenant.scope, 5n * DOLLAR);
  await spend(5n * DOLLAR);
  expect(await alarms()).toBe(3);
});
