// The reserve as people see and fill it, and its ledger as pages and as a file.

import { expect, test } from "vitest";
import { ownerOf } from "../../../tests/factories/callers";
import { makeTenant } from "../../../tests/factories/tenants";
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
import { parseCsv } from "../../platform/csv";
import { platformPool } from "../../platform/db";
import { newId } from "../../platform/ids";
import { internalRequest } from "../../request";
import { holdFor } from "../admission";
import { exportAllLedgers } from "./ledger-file";

const DOLLAR = 1_000_000_000n;

keepBooks();

test("the balance is told in nano, in cents rounded down, and in dollars", async () => {
  const tenant = await makePayingTenant(7n * DOLLAR);
  await settle(tenant.scope, await dispatchCall(tenant.scope));
  const api = await ownerOf(tenant);
  expect(await api().reserve.balance()).toEqual({
    balanceNano: "6999840000",
    balanceCents: 699,
    balanceDollars: "6.99984",
    heldNano: "0",
    currency: "USD",
    isLow: false,
    isInUse: true,
    policy: "warn",
    thresholdNano: "5000000000",
    floorNano: "0",
  });
});

test("the ledger is read by keyset, newest first, without a gap", async () => {
  const tenant = await makePayingTenant(DOLLAR);
  for (let call = 0; call < 6; call += 1) await settle(tenant.scope, await dispatchCall(tenant.scope));
  const api = await ownerOf(tenant);
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await api().reserve.ledger({ limit: 3, ...(cursor && { cursor }) });
    seen.push(...page.items.map(({ seq }) => seq));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  expect(seen).toEqual(["7", "6", "5", "4", "3", "2", "1"]);
  await expect(api().reserve.ledger({ cursor: "nonsense" })).rejects.toMatchObject({ code: "BAD_REQUEST" });
});

test("policy and threshold are saved and audited; amounts that are none are refused", async () => {
  const tenant = await makeTenant();
  const api = await ownerOf(tenant);
  expect(await api().reserve.setPolicy({ policy: "limited", thresholdNano: "1" })).toMatchObject({
    policy: "limited",
    thresholdNano: "1",
    isLow: true,
    isInUse: false,
  });
  for (const thresholdNano of ["-1", "0.5", "x"])
    await expect(api().reserve.setPolicy({ policy: "warn", thresholdNano })).rejects.toMatchObject({
      code: "BAD_REQUEST",
    });
  const { rows } = await platformPool().query(
    "SELECT metadata FROM audit_logs WHERE tenant_id = $1 AND action = 'reserve.set_policy'",
    [tenant.id],
  );
  expect(rows).toMatchObject([{ metadata: { policyBefore: "warn", policy: "limited" } }]);
});

test("in development a top-up is credited at once, and no fraction or debt is one", async () => {
  const tenant = await makeTenant();
  const api = await ownerOf(tenant);
  await api().reserve.topUp({ amountCents: 2_500 });
  expect(await api().reserve.balance()).toMatchObject({ balanceNano: "25000000000", isLow: false });
  expect((await api().reserve.ledger()).items).toMatchObject([
    { kind: "topup", amountNano: "25000000000", actorName: expect.any(String) },
  ]);
  for (const amountCents of [0, -500, 99, 1.5, Number.NaN, 2 ** 60])
    await expect(api().reserve.topUp({ amountCents })).rejects.toMatchObject({ code: "BAD_REQUEST" });
});

test("the file sums to its last line while calls are charged, and its amounts are numbers", async () => {
  const tenant = await makePayingTenant(DOLLAR);
  for (let call = 0; call < 5; call += 1) await settle(tenant.scope, await dispatchCall(tenant.scope));
  const api = await ownerOf(tenant);
  const [file] = await Promise.all([
    readFile((cursor) => api().reserve.exportLedger({ ...(cursor && { cursor }) })),
    ...Array.from({ length: 10 }, async () => settle(tenant.scope, await dispatchCall(tenant.scope))),
  ]);
  expectSums(file, tenant.id);
  const again = await readFile((cursor) => api().reserve.exportLedger({ ...(cursor && { cursor }) }));
  expect(expectSums(again, tenant.id)).toBe(16);
});

test("all workspaces' ledgers in one file: each sums to its own last line", async () => {
  const tenants = [await makePayingTenant(DOLLAR), await makePayingTenant(2n * DOLLAR)];
  for (const { scope } of tenants) await settle(scope, await dispatchCall(scope));
  const officer = { session: { userId: newId() }, request: internalRequest() };
  const file = await readFile((cursor) => exportAllLedgers(officer, { cursor }));
  for (const { id } of tenants) expect(expectSums(file, id)).toBe(2);
});

test("a reason that a spreadsheet would run is text in the file", async () => {
  const tenant = await makeTenant();
  const entry = { kind: "grant", amountNano: "5", sourceRef: tenant.id, reason: '=HYPERLINK("http://x")' };
  await platformPool().query("SELECT book_reserve($1, $2::jsonb, now())", [tenant.id, JSON.stringify(entry)]);
  const api = await ownerOf(tenant);
  const { content } = await api().reserve.exportLedger({});
  expect(content).toContain(`"'=HYPERLINK(""http://x"")"`);
});

async function readFile(read: (cursor?: string) => Promise<{ content: string; nextCursor: string | null }>) {
  let page = await read();
  let content = page.content;
  while (page.nextCursor !== null) {
    page = await read(page.nextCursor);
    content += page.content;
  }
  return content;
}

/** How many entries of this workspace the file has; they sum to what its last line says. */
function expectSums(file: string, tenantId: string): number {
  const [header = [], ...lines] = parseCsv(file);
  const at = (name: string) => header.indexOf(name);
  const own = lines.filter((line) => line[at("tenant_id")] === tenantId);
  const last = own.at(-1) ?? [];
  expect(last[at("kind")]).toBe("cut-off");
  const entries = own.slice(0, -1);
  const sum = entries.reduce((total, line) => total + BigInt(line[at("amount_nano")] ?? ""), 0n);
  expect(sum).toBe(BigInt(last[at("balance_after_nano")] ?? ""));
  expect(entries.at(-1)?.[at("seq")]).toBe(last[at("seq")]);
  expect(entries.map((line) => line[at("seq")])).toEqual(entries.map((_, index) => String(index + 1)));
  return entries.length;
}

/** A call of `fake-1` that would cost five cents and more. */
const LONG = callOf({ inputTokens: 0, expectedInputTokens: 0, outputTokens: 8_000 });
const spend = (nano: bigint) => usageOf({ inputTokens: 0, outputTokens: Number(nano / 8_000n) });

test("`block` ends at zero; `warn` goes on down to the floor, and a hard cap overrides it", async () => {
  const tenant = await makePayingTenant(DOLLAR / 100n);
  const api = await ownerOf(tenant);
  await platformPool().query("UPDATE reserve_accounts SET floor_nano = -50000000 WHERE tenant_id = $1", [
    tenant.id,
  ]);
  await api().reserve.setPolicy({ policy: "block", thresholdNano: "0" });
  const { outputTokens } = await holdFor(tenant.scope, LONG);
  expect(BigInt(outputTokens) * 8_000n).toBeLessThanOrEqual(DOLLAR / 100n);
  await expect(holdFor(tenant.scope, callOf({ outputTokens: 500 }))).rejects.toMatchObject({
    details: { reason: "reserve_insufficient" },
  });
  await api().reserve.setPolicy({ policy: "warn", thresholdNano: "0" });
  const hold = await dispatchCall(tenant.scope, callOf({ ...LONG, requestId: tenant.id }));
  await settle(tenant.scope, hold, spend(40_000_000n));
  expect(BigInt((await api().reserve.balance()).balanceNano)).toBeLessThan(0n);
  await api().limits.set({ monthlyCapNano: "40000001", hardStop: true });
  await expect(holdFor(tenant.scope, callOf())).rejects.toMatchObject({
    details: { reason: "monthly_cap_reached" },
  });
});

test("`limited` answers with a cheap model, briefly and without tools; what the allowance pays is untouched", async () => {
  const tenant = await makePayingTenant(DOLLAR);
  const api = await ownerOf(tenant);
  await api().reserve.setPolicy({ policy: "limited", thresholdNano: "5000000000" });
  await expect(holdFor(tenant.scope, callOf({ outputTokens: 4_000 }))).rejects.toMatchObject({
    details: { reason: "reserve_insufficient" },
    cheapModels: expect.arrayContaining(["parley-demo-brief"]),
  });
  const cheap = callOf({ model: "parley-demo-brief", outputTokens: 4_000 });
  expect(await holdFor(tenant.scope, cheap)).toMatchObject({ isLimited: true, outputTokens: 1_024 });
  await givePlan(tenant, { message: 1 }, "use_reserve");
  expect(await holdFor(tenant.scope, callOf())).toMatchObject({ payer: "allowance", isLimited: false });
});

test("an answer that is cut to what is left says by what", async () => {
  const tenant = await makePayingTenant(8_000n * 300n);
  const call = { inputTokens: 0, expectedInputTokens: 0, outputTokens: 1_000 };
  expect(await holdFor(tenant.scope, callOf(call))).toMatchObject({
    outputTokens: 300,
    clampedBy: "reserve_insufficient",
  });
  await credit(tenant.scope, DOLLAR);
  const api = await ownerOf(tenant);
  await api().limits.set({ monthlyCapNano: String(8_000 * 600), hardStop: true });
  expect(await holdFor(tenant.scope, callOf(call))).toMatchObject({
    outputTokens: 300,
    clampedBy: "monthly_cap_reached",
  });
});
