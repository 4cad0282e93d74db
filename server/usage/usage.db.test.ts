import { expect, test } from "vitest";
import { callAs } from "../../tests/factories/callers";
import { makeConversation } from "../../tests/factories/conversations";
import { converse } from "../../tests/factories/messages";
import { asSuperuser } from "../../tests/factories/superuser";
import { makeMember, makeTenant, type TestTenant } from "../../tests/factories/tenants";
import { signIn } from "../../tests/factories/users";
import {
  accountOf,
  callOf,
  credit,
  dispatchCall,
  givePlan,
  makePayingTenant,
  settle,
  usageOf,
} from "../../tests/factories/wallet";
import { keepBooks } from "../../tests/setup/books";
import { now, travel } from "../platform/clock";
import { parseCsv } from "../platform/csv";
import { platformDb, platformPool } from "../platform/db";
import { newId } from "../platform/ids";
import { erasePersonOf } from "../platform/personal-data";
import type { Scope } from "../tenants/scope";
import { checkpointHolds, sweepHolds } from "../wallet/holds";
import { listWalletFaults } from "../wallet/reconciliation";
import { personalData } from "./personal-data";
import { USAGE_EXPORTS_PER_HOUR } from "./terms";

/** What `usageOf()` costs on `fake-1`: 40 input tokens at 2,000 nano and 10 output tokens at 8,000. */
const COST_NANO = 160_000n;
const DOLLAR = 1_000_000_000n;
const MINUTES_3 = 180_000;

keepBooks();

const as = (cookie: string, tenant: { slug: string }) => callAs({ cookie, tenantSlug: tenant.slug }).api;
const ownerOf = async (tenant: TestTenant) => as((await signIn(tenant.owner)).cookie, tenant);
const today = () => now().toISOString().slice(0, 10);

/** An answered question of this person, with one settled call for it; answers the answer's id. */
async function answered(scope: Scope, change: Parameters<typeof callOf>[0] = {}): Promise<string> {
  const conversationId = await makeConversation(scope, { title: "Whose secret" });
  const { assistantMessageId: messageId, runId } = await converse(scope, conversationId, "Why?");
  await settle(scope, await dispatchCall(scope, callOf({ conversationId, messageId, runId, ...change })));
  return messageId;
}

test("the sums are those of the calls and of the ledger, whatever they are grouped by", async () => {
  const tenant = await makePayingTenant(DOLLAR);
  const { scope } = await makeMember(tenant);
  const conversationId = newId();
  const calls = [
    [tenant.scope, callOf({ conversationId })],
    [tenant.scope, callOf({ conversationId, messages: 0 })],
    [scope, callOf({ conversationId: newId(), model: "parley-demo-brief" })],
  ] as const;
  for (const [who, call] of calls) await settle(who, await dispatchCall(who, call));
  const { balance } = await accountOf(tenant.scope.tenantId);
  const api = await ownerOf(tenant);
  for (const groupBy of ["day", "model", "member", "conversation"] as const) {
    const { rows, total, isWhole } = await api.usage.summary({ groupBy });
    expect(isWhole).toBe(true);
    expect(total).toMatchObject({ calls: 3, messages: 2, inputTokens: 120, outputTokens: 30 });
    expect(BigInt(total.chargedNano)).toBe(DOLLAR - balance);
    expect(rows.reduce((sum, row) => sum + BigInt(row.costNano), 0n)).toBe(BigInt(total.costNano));
  }
  const { rows } = await api.usage.summary({ groupBy: "member" });
  expect(rows[0]).toMatchObject({ key: tenant.owner.id, calls: 2, costNano: String(COST_NANO * 2n) });
});

test("exact numbers that come after a sweep are in the sums; an answer above its hold counts once", async () => {
  const tenant = await makePayingTenant(DOLLAR);
  const late = await dispatchCall(tenant.scope);
  await checkpointHolds(tenant.scope, [{ holdId: late, outputTokens: 5 }]);
  travel(MINUTES_3);
  await sweepHolds();
  await settle(tenant.scope, late);
  const long = await dispatchCall(tenant.scope);
  await settle(tenant.scope, long, usageOf({ inputTokens: 100, outputTokens: 500 }));
  const { balance } = await accountOf(tenant.scope.tenantId);
  const { total } = await (await ownerOf(tenant)).usage.summary({});
  expect(BigInt(total.chargedNano)).toBe(DOLLAR - balance);
  expect(total).toMatchObject({ calls: 2, chargedNano: total.costNano });
});

test("thirty calls that are settled at once are all in the sums", async () => {
  const tenant = await makePayingTenant(DOLLAR);
  const conversationId = newId();
  const holds = await Promise.all(
    Array.from({ length: 30 }, () => dispatchCall(tenant.scope, callOf({ conversationId }))),
  );
  await Promise.all(holds.flatMap((id) => [settle(tenant.scope, id), settle(tenant.scope, id)]));
  const { rows, total } = await (await ownerOf(tenant)).usage.summary({ groupBy: "conversation" });
  expect(total.costNano).toBe(String(COST_NANO * 30n));
  expect(rows).toMatchObject([{ key: conversationId, calls: 30 }]);
});

test("sums that are off are found, and made anew from the calls", async () => {
  const tenant = await makePayingTenant(DOLLAR);
  await settle(tenant.scope, await dispatchCall(tenant.scope, callOf({ conversationId: newId() })));
  for (const table of ["usage_rollup_day", "usage_rollup_conversation"])
    await asSuperuser(`UPDATE ${table} SET cost_nano = cost_nano + 1 WHERE tenant_id = $1`, [tenant.id]);
  expect(await listWalletFaults(tenant.id)).toHaveLength(2);
  await asSuperuser("DELETE FROM usage_rollup_day WHERE tenant_id = $1", [tenant.id]);
  expect(await listWalletFaults(tenant.id)).toHaveLength(2);
  await platformPool().query("SELECT usage_rollup_rebuild($1)", [tenant.id]);
  expect(await listWalletFaults(tenant.id)).toEqual([]);
  const { total } = await (await ownerOf(tenant)).usage.summary({});
  expect(total).toMatchObject({ calls: 1, costNano: String(COST_NANO) });
});

test("nobody but the triggers writes the sums", async () => {
  for (const table of ["usage_rollup_day", "usage_rollup_conversation"])
    for (const change of ["cost_nano = 0", "day = day"])
      await expect(platformPool().query(`UPDATE ${table} SET ${change}`)).rejects.toThrow(
        "permission denied",
      );
});

test("members see their own use, and admins everybody's; titles are for their owners alone", async () => {
  const tenant = await makePayingTenant(DOLLAR);
  const { scope, cookie, user } = await makeMember(tenant);
  const { cookie: adminCookie } = await makeMember(tenant, "admin");
  await answered(tenant.scope);
  await answered(scope);
  const own = await as(cookie, tenant).usage.summary({ groupBy: "conversation" });
  expect(own).toMatchObject({ isWhole: false, total: { calls: 1 }, rows: [{ label: "Whose secret" }] });
  expect((await as(cookie, tenant).usage.summary({ groupBy: "member" })).rows).toMatchObject([
    { key: user.id },
  ]);
  const all = await as(adminCookie, tenant).usage.summary({ groupBy: "conversation" });
  expect(all).toMatchObject({ isWhole: true, total: { calls: 2 } });
  expect(all.rows.map(({ label }) => label)).toEqual([null, null]);
  expect(all.rows.every(({ memberName }) => memberName !== null)).toBe(true);
  const { cookie: viewer } = await makeMember(tenant, "viewer");
  await expect(as(viewer, tenant).usage.summary({})).rejects.toMatchObject({ code: "FORBIDDEN" });
});

test("a range is refused where it ends before it begins, or is longer than a year", async () => {
  const api = await ownerOf(await makeTenant());
  const refused = { code: "BAD_REQUEST" };
  for (const range of [
    { from: "2026-02-02", to: "2026-02-01" },
    { from: "2025-01-01", to: "2026-01-02" },
    { from: "0000-01-01" },
    { from: "2026-02-30" },
  ])
    await expect(api.usage.summary(range)).rejects.toMatchObject(refused);
  const year = await api.usage.summary({ from: "2025-01-01", to: "2026-01-01" });
  expect(year.rows).toHaveLength(366);
  expect((await api.usage.summary({ from: "2999-01-01" })).rows).toMatchObject([
    { key: "2999-01-01", calls: 0 },
  ]);
});

test("a receipt names tokens, prices, payer and hold of every call, the title's too", async () => {
  const tenant = await makePayingTenant(DOLLAR);
  const { scope } = tenant;
  const conversationId = await makeConversation(scope);
  const { assistantMessageId: messageId, runId } = await converse(scope, conversationId, "Why?");
  const first = callOf({ conversationId, messageId, runId, agent: "triage" });
  await settle(scope, await dispatchCall(scope, first));
  const broken = callOf({ conversationId, messageId, runId });
  await settle(scope, await dispatchCall(scope, broken), usageOf({ outcome: "aborted", source: "estimate" }));
  const title = callOf({ conversationId, runId, purpose: "title" });
  await settle(scope, await dispatchCall(scope, title));
  await dispatchCall(scope, callOf({ conversationId, messageId, runId }));
  const api = await ownerOf(tenant);
  const receipt = await api.usage.receipt({ messageId });
  expect(receipt).toMatchObject({ conversationId, isOpen: true, paidBy: "reserve", currency: "USD" });
  expect(receipt).toMatchObject({ costNano: String(COST_NANO * 3n), chargedNano: String(COST_NANO * 3n) });
  expect(receipt.open).toMatchObject([{ purpose: "chat", heldNano: "1000000" }]);
  expect(receipt.calls.map(({ purpose, outcome }) => `${purpose} ${outcome}`).sort()).toEqual([
    "chat aborted",
    "chat ok",
    "title ok",
  ]);
  expect(receipt.calls.find(({ agent }) => agent === "triage")).toMatchObject({
    priceVersion: { rateCard: "standard", version: 1 },
    plan: { code: "enterprise" },
    paidBy: "reserve",
    heldNano: "1000000",
    costNano: String(COST_NANO),
    adjustedNano: "0",
    lines: [
      { unit: "input_token", quantity: 40, priceNanoPerMillion: "2000000000" },
      { unit: "output_token", quantity: 10, priceNanoPerMillion: "8000000000" },
    ],
  });
  const { items } = await api.usage.costs({ messageIds: [messageId, newId()] });
  expect(items).toEqual([
    { messageId, costNano: receipt.costNano, cost: receipt.cost, chargedNano: receipt.chargedNano },
  ]);
});

test("the lines of a receipt add up to its cost, those of cache and reasoning too", async () => {
  const tenant = await makePayingTenant(DOLLAR);
  const conversationId = await makeConversation(tenant.scope);
  const { assistantMessageId: messageId, runId } = await converse(tenant.scope, conversationId, "Why?");
  const call = callOf({ conversationId, messageId, runId, model: "gpt-5.1" });
  const usage = usageOf({ inputTokens: 90, cachedInputTokens: 30, outputTokens: 50, reasoningTokens: 20 });
  await settle(tenant.scope, await dispatchCall(tenant.scope, call), usage);
  const { calls, costNano } = await (await ownerOf(tenant)).usage.receipt({ messageId });
  const lines = calls.flatMap((one) => one.lines);
  expect(lines.map(({ unit }) => unit)).toContain("cache_read_token");
  const sum = lines.reduce(
    (all, line) => all + BigInt(line.quantity) * BigInt(line.priceNanoPerMillion ?? 0),
    0n,
  );
  expect((sum + 500_000n) / 1_000_000n).toBe(BigInt(costNano));
});

test("what the allowance paid costs something and is charged to nobody", async () => {
  const tenant = await makeTenant();
  await givePlan(tenant, { message: 5, input_token: 1_000 }, "use_reserve");
  await credit(tenant.scope, DOLLAR);
  const messageId = await answered(tenant.scope);
  const api = await ownerOf(tenant);
  expect(await api.usage.receipt({ messageId })).toMatchObject({
    paidBy: "allowance",
    costNano: String(COST_NANO),
    chargedNano: "0",
  });
  const { items } = await api.limits.allowances();
  expect(items).toMatchObject([
    { meter: "message", used: "1", limit: "5", percent: 20, onExceed: "use_reserve" },
    { meter: "input_token", used: "40", limit: "1000", percent: 4 },
  ]);
});

test("a receipt is for the conversation's owner and for admins; for everybody else it does not exist", async () => {
  const tenant = await makePayingTenant(DOLLAR);
  const { scope, cookie } = await makeMember(tenant);
  const messageId = await answered(scope);
  expect((await as(cookie, tenant).usage.receipt({ messageId })).conversationId).not.toBeNull();
  const whole = await (await ownerOf(tenant)).usage.receipt({ messageId });
  expect(whole).toMatchObject({ conversationId: null, costNano: String(COST_NANO) });
  const missing = { code: "NOT_FOUND" };
  for (const role of ["member", "viewer"] as const) {
    const other = as((await makeMember(tenant, role)).cookie, tenant);
    await expect(other.usage.receipt({ messageId })).rejects.toMatchObject(missing);
    expect(await other.usage.costs({ messageIds: [messageId] })).toEqual({ items: [] });
  }
  const neighbour = await ownerOf(await makeTenant());
  await expect(neighbour.usage.receipt({ messageId })).rejects.toMatchObject(missing);
  expect(await neighbour.usage.costs({ messageIds: [messageId] })).toEqual({ items: [] });
});

test("a deleted conversation takes its receipts from its owner, not from the books", async () => {
  const tenant = await makePayingTenant(DOLLAR);
  const { scope, cookie } = await makeMember(tenant);
  const messageId = await answered(scope);
  await platformDb().conversation.updateMany({ where: { tenantId: tenant.id }, data: { deletedAt: now() } });
  await expect(as(cookie, tenant).usage.receipt({ messageId })).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect((await (await ownerOf(tenant)).usage.receipt({ messageId })).calls).toHaveLength(1);
});

test("a receipt keeps the prices of its day when a new version of them begins", async () => {
  const tenant = await makePayingTenant(DOLLAR);
  const cardId = newId();
  const versions = [newId(), newId()];
  const { rows } = await platformPool().query(
    "SELECT plan_version_id AS id FROM tenant_plans WHERE tenant_id = $1",
    [tenant.id],
  );
  await platformPool().query("INSERT INTO rate_cards VALUES ($1, $2, 'USD')", [cardId, `card-${cardId}`]);
  await platformPool().query(
    `INSERT INTO rate_card_versions (id, rate_card_id, version, effective_from, effective_to, checksum) VALUES
       ($1, $3, 1, now() - interval '1 hour', now() + interval '1 hour', ''), ($2, $3, 2, now() + interval '1 hour', NULL, '')`,
    [...versions, cardId],
  );
  for (const [index, id] of versions.entries())
    await platformPool().query(
      "INSERT INTO rate_lines VALUES ($1, '*', 'input_token', $2, 1000000), ($1, '*', 'output_token', 0, 1000000)",
      [id, (index + 1) * 1_000_000_000],
    );
  await asSuperuser(
    "WITH o AS (SELECT set_config('session_replication_role', 'replica', true)) UPDATE plan_versions SET rate_card_id = $2 FROM o WHERE id = $1",
    [rows[0].id, cardId],
  );
  const before = await answered(tenant.scope);
  travel(2 * 3_600_000);
  const after = await answered(tenant.scope);
  const api = await ownerOf(tenant);
  const [old, young] = [
    await api.usage.receipt({ messageId: before }),
    await api.usage.receipt({ messageId: after }),
  ];
  expect([old.costNano, young.costNano]).toEqual(["40000", "80000"]);
  expect([old, young].map(({ calls }) => calls[0]?.priceVersion?.version)).toEqual([1, 2]);
});

test("the file of use holds every sum, survives a spreadsheet, and its beginning is audited", async () => {
  const tenant = await makePayingTenant(DOLLAR);
  const { scope, user } = await makeMember(tenant);
  await platformDb().userProfile.update({ where: { userId: user.id }, data: { displayName: "=1+1" } });
  for (const who of [tenant.scope, scope]) await settle(who, await dispatchCall(who));
  const api = await ownerOf(tenant);
  const csv = await api.usage.export({ format: "csv" });
  expect(csv.nextCursor).toBeNull();
  expect(csv.content).toContain("'=1+1");
  const [header = [], ...lines] = parseCsv(csv.content);
  expect(header).toContain("chargedNano");
  expect(lines).toHaveLength(2);
  const at = header.indexOf("costNano");
  expect(lines.reduce((sum, line) => sum + BigInt(line[at] ?? ""), 0n)).toBe(COST_NANO * 2n);
  const json = JSON.parse((await api.usage.export({ format: "json" })).content);
  expect(json).toMatchObject([
    { day: today(), model: "fake-1" },
    { day: today(), calls: 1 },
  ]);
  const empty = await api.usage.export({ from: "2001-01-01", to: "2001-01-02", format: "json" });
  expect(JSON.parse(empty.content)).toEqual([]);
  const rows = await platformDb().auditLog.findMany({
    where: { tenantId: tenant.id, action: "usage.export" },
  });
  expect(rows).toHaveLength(3);
});

test("a long file is read in pieces that join without a seam, and a person begins ten of them an hour", async () => {
  const tenant = await makeTenant();
  await asSuperuser(
    `INSERT INTO usage_events (tenant_id, id, request_key, user_id, purpose, provider, model, input_tokens, output_tokens,
       latency_ms, outcome, source, occurred_at, cost_nano, charged_nano)
     SELECT $1, gen_random_uuid(), 'old-' || n, $2, 'chat', 'fake', 'model-' || n % 600, 1, 1, 1, 'ok', 'provider_final',
            '2026-01-05T12:00:00Z', 5, 0 FROM generate_series(1, 1200) n`,
    [tenant.id, tenant.owner.id],
  );
  await asSuperuser("UPDATE usage_events SET user_id = user_id WHERE tenant_id = $1", [tenant.id]);
  const api = await ownerOf(tenant);
  const range = { from: "2026-01-01", to: "2026-01-31", format: "json" } as const;
  const first = await api.usage.export(range);
  const second = await api.usage.export({ ...range, cursor: first.nextCursor ?? "" });
  expect(second.nextCursor).toBeNull();
  const items: { costNano: string }[] = JSON.parse(first.content + second.content);
  expect(items).toHaveLength(600);
  expect(items.reduce((sum, { costNano }) => sum + Number(costNano), 0)).toBe(6_000);
  for (let begun = 1; begun < USAGE_EXPORTS_PER_HOUR; begun += 1) await api.usage.export(range);
  await expect(api.usage.export(range)).rejects.toMatchObject({ code: "TOO_MANY_REQUESTS" });
  const { rest, rows } = await api.usage.summary({ from: "2026-01-01", to: "2026-01-31", groupBy: "model" });
  expect(rows).toHaveLength(20);
  expect(rest).toMatchObject({ calls: 1_160, costNano: "5800" });
  await asSuperuser("DELETE FROM usage_events WHERE tenant_id = $1", [tenant.id]);
  await platformPool().query("SELECT usage_rollup_rebuild($1)", [tenant.id]);
});

test("the status line tells reserve, tokens of the month and what runs; members see their own part", async () => {
  const tenant = await makePayingTenant(DOLLAR);
  const { scope, cookie } = await makeMember(tenant);
  for (const who of [tenant.scope, scope]) await settle(who, await dispatchCall(who));
  expect(await (await ownerOf(tenant)).statusBar.get()).toMatchObject({
    reserveBalanceNano: String(DOLLAR - COST_NANO * 2n),
    reserveBalanceCents: 99,
    reserveBalanceDollars: "0.99968",
    isLowBalance: true,
    tokensIn: 80,
    tokensOut: 20,
    jobsRunning: 0,
  });
  expect(await as(cookie, tenant).statusBar.get()).toMatchObject({
    reserveBalanceNano: null,
    isLowBalance: false,
    tokensIn: 40,
    tokensOut: 10,
  });
  const fresh = await makeTenant();
  expect(await (await ownerOf(fresh)).statusBar.get()).toMatchObject({ tokensIn: 0, isLowBalance: false });
});

test("the list of members shows what the reserve paid for each of them this month", async () => {
  const tenant = await makePayingTenant(DOLLAR);
  const { scope, user } = await makeMember(tenant);
  await settle(scope, await dispatchCall(scope));
  const { items } = await (await ownerOf(tenant)).members.list();
  const spent = Object.fromEntries(items.map(({ userId, spendNano }) => [userId, spendNano]));
  expect(spent).toEqual({ [user.id]: String(COST_NANO), [tenant.owner.id]: "0" });
});

test("the use of two erased people stays in the sums, and names neither", async () => {
  const tenant = await makePayingTenant(DOLLAR);
  for (let person = 0; person < 2; person += 1) {
    const { user, scope } = await makeMember(tenant);
    await settle(scope, await dispatchCall(scope, callOf({ conversationId: newId() })));
    await erasePersonOf(personalData, { id: user.id, email: user.email, addresses: [], accountKey: "" });
  }
  const api = await ownerOf(tenant);
  const { rows, total } = await api.usage.summary({ groupBy: "member" });
  expect(total).toMatchObject({ calls: 2, costNano: String(COST_NANO * 2n) });
  expect(rows).toMatchObject([{ label: null, calls: 2 }]);
  expect(JSON.parse((await api.usage.export({ format: "json" })).content)).toMatchObject([{ calls: 2 }]);
});
