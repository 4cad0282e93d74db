import { readFileSync } from "node:fs";
import pg from "pg";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { callAs } from "../../../tests/factories/callers";
import { makeOperator } from "../../../tests/factories/operators";
import {
  callOf,
  dispatchCall,
  givePlan,
  makePayingTenant,
  settle,
  usageOf,
} from "../../../tests/factories/wallet";
import { travel } from "../../platform/clock";
import { platformDb } from "../../platform/db";
import { holdFor } from "../../wallet/admission";
import { listWalletFaults } from "../../wallet/reconciliation";
import { loadCatalogue } from "../load";
import { TEXT_BEGINS_LATER, TEXT_DRAFT_EXISTS, TEXT_DRAFT_MOVED } from "../terms";

const DAY_MS = 86_400_000;
const reason = "Prices of the provider rose";
const at = new Date();
const inDays = (days: number) => new Date(at.getTime() + days * DAY_MS).toISOString();
let client: pg.Client;

beforeAll(async () => {
  client = new pg.Client({ connectionString: process.env["DATABASE_PLATFORM_URL"] });
  await client.connect();
});
afterEach(() => {
  travel(0);
});
afterAll(async () => {
  await client.end();
});

const desk = async () => callAs(await makeOperator("billing_admin")).api.admin.billing;
type Desk = Awaited<ReturnType<typeof desk>>;

/** The shipped prices under a rate card of its own, so that tests do not meet. */
function fileFor(card: string): string {
  const { rateCards } = JSON.parse(readFileSync("prisma/catalogue.json", "utf8")) as { rateCards: object[] };
  return JSON.stringify({ rateCards: [{ ...rateCards[0], code: card }], plans: [] });
}

async function draftOn(card: string): Promise<Desk> {
  await loadCatalogue(client, fileFor(card), { at });
  const operator = await desk();
  await operator.beginRateDraft({ card });
  return operator;
}

async function saveWith({ rateCard, saveRateDraft }: Desk, card: string, change: object) {
  const { draft } = await rateCard({ card });
  if (!draft) throw new Error("no draft");
  const { revision, effectiveFrom, cheapModels, lines } = draft;
  const kept = { revision, effectiveFrom, cheapModels, lines };
  await saveRateDraft({ card, ...kept, ...change } as Parameters<typeof saveRateDraft>[0]);
  return lines;
}

const withPrice = (lines: { item: string; unit: string; price: string; per: number }[], price: string) =>
  lines.map((line) => (line.item === "gpt-5.1" && line.unit === "input_token" ? { ...line, price } : line));

test("a draft is a copy of the newest version, one a card, and tells what it changes", async () => {
  const operator = await draftOn("drafted");
  await expect(operator.beginRateDraft({ card: "drafted" })).rejects.toThrow(TEXT_DRAFT_EXISTS);
  const { draft, versions } = await operator.rateCard({ card: "drafted" });
  expect(draft).toMatchObject({ revision: 1, differences: [], lines: versions[0]?.lines });
  const lines = await saveWith(operator, "drafted", {});
  await saveWith(operator, "drafted", { lines: withPrice(lines, "1.5") });
  const changed = await operator.rateCard({ card: "drafted" });
  expect(changed.draft).toMatchObject({
    revision: 3,
    differences: [
      { item: "gpt-5.1", unit: "input_token", before: { price: "1.25" }, after: { price: "1.5" } },
    ],
  });
  expect((await operator.rateCards()).items).toContainEqual(
    expect.objectContaining({ code: "drafted", currentVersion: 1, hasDraft: true }),
  );
});

test.each([
  ["a negative price", (lines: object[]) => ({ lines: [{ ...lines[0], price: "-1" }, ...lines.slice(1)] })],
  [
    "a price that is no exact nano",
    (lines: object[]) => ({ lines: [{ ...lines[0], price: "0.0000000000000001" }, ...lines.slice(1)] }),
  ],
  ["no number", (lines: object[]) => ({ lines: [{ ...lines[0], price: "NaN" }, ...lines.slice(1)] })],
  [
    "a unit nobody knows",
    (lines: object[]) => ({ lines: [{ ...lines[0], unit: "thought" }, ...lines.slice(1)] }),
  ],
  ["a fraction of a unit", (lines: object[]) => ({ lines: [{ ...lines[0], per: 0.5 }, ...lines.slice(1)] })],
  ["a line twice", (lines: object[]) => ({ lines: [lines[0], ...lines] })],
  [
    "input without output",
    () => ({ lines: [{ item: "m", unit: "input_token", price: "1", per: 1 }], cheapModels: [] }),
  ],
  ["a cheap model without a price", () => ({ cheapModels: ["mystery"] })],
])("a draft with %s is refused and changes nothing", async (what, change) => {
  const card = `bad-${what.replaceAll(" ", "-")}`.slice(0, 40);
  const operator = await draftOn(card);
  const { draft } = await operator.rateCard({ card });
  await expect(saveWith(operator, card, change(draft?.lines ?? []))).rejects.toMatchObject({
    code: "BAD_REQUEST",
  });
  expect((await operator.rateCard({ card })).draft).toEqual(draft);
});

test("of twenty operators who publish one draft, one does; the version before ends where it begins, and it is audited", async () => {
  const operator = await draftOn("published");
  const lines = await saveWith(operator, "published", {});
  await saveWith(operator, "published", { lines: withPrice(lines, "2"), effectiveFrom: inDays(10) });
  const named = { card: "published", revision: 3, reason };
  await expect(operator.publishRateDraft({ ...named, revision: 2 })).rejects.toThrow(TEXT_DRAFT_MOVED);
  const done = await Promise.allSettled(Array.from({ length: 20 }, () => operator.publishRateDraft(named)));
  expect(done.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  const { versions, draft } = await operator.rateCard({ card: "published" });
  expect(draft).toBeNull();
  expect(versions).toMatchObject([
    { version: 2, state: "coming", isFixed: true, effectiveFrom: inDays(10), effectiveTo: null },
    { version: 1, state: "current", effectiveTo: inDays(10) },
  ]);
  const rows = await platformDb().auditLog.findMany({
    where: { action: "change_rate", targetId: "published" },
  });
  expect(rows.map(({ metadata }) => metadata)).toMatchObject([
    { reason, version: 2, changes: ["gpt-5.1 input_token: 1.25 per 1000000 -> 2 per 1000000"] },
  ]);
});

test("a version begins in the future and after the one before, or is refused with nothing changed", async () => {
  const operator = await draftOn("late");
  await saveWith(operator, "late", { effectiveFrom: inDays(-1) });
  await expect(operator.publishRateDraft({ card: "late", revision: 2, reason })).rejects.toThrow(
    TEXT_BEGINS_LATER,
  );
  const { draft, versions } = await operator.rateCard({ card: "late" });
  expect(draft).toMatchObject({ revision: 2 });
  expect(versions).toHaveLength(1);
  await saveWith(operator, "late", { effectiveFrom: inDays(5) });
  await operator.publishRateDraft({ card: "late", revision: 3, reason });
  await operator.beginRateDraft({ card: "late" });
  await saveWith(operator, "late", { effectiveFrom: inDays(5) });
  await expect(operator.publishRateDraft({ card: "late", revision: 2, reason })).rejects.toThrow(
    TEXT_BEGINS_LATER,
  );
});

test("the file leaves what operators published alone, and may take it over, not contradict it", async () => {
  const operator = await draftOn("both");
  await saveWith(operator, "both", { effectiveFrom: inDays(10) });
  await operator.publishRateDraft({ card: "both", revision: 2, reason });
  expect(await loadCatalogue(client, fileFor("both"), { at })).toEqual([]);
  const file = JSON.parse(fileFor("both"));
  const [first] = file.rateCards[0].versions;
  const other = { ...first, version: 2, effectiveFrom: inDays(20) };
  file.rateCards[0].versions = [first, other];
  await expect(loadCatalogue(client, JSON.stringify(file), { at })).rejects.toThrow("published by operators");
  file.rateCards[0].versions = [first, { ...other, version: 3, effectiveFrom: inDays(9) }];
  await expect(loadCatalogue(client, JSON.stringify(file), { at })).rejects.toThrow("does not follow");
  file.rateCards[0].versions = [first, { ...other, version: 3 }];
  await loadCatalogue(client, JSON.stringify(file), { at });
  expect((await operator.rateCard({ card: "both" })).versions).toMatchObject([
    { version: 3, isFixed: false },
    { version: 2, effectiveTo: inDays(20) },
    { version: 1 },
  ]);
});

test("what operators published is recalled before it begins, and never after", async () => {
  const operator = await draftOn("recalled");
  await saveWith(operator, "recalled", { effectiveFrom: inDays(3) });
  await operator.publishRateDraft({ card: "recalled", revision: 2, reason });
  await expect(operator.recallRateVersion({ card: "recalled", version: 1, reason })).rejects.toMatchObject({
    code: "CONFLICT",
  });
  await operator.recallRateVersion({ card: "recalled", version: 2, reason });
  expect((await operator.rateCard({ card: "recalled" })).versions).toMatchObject([
    { version: 1, effectiveTo: null },
  ]);
});

test("a call is priced by the version in force at its admission: the old one until the instant, the new one from it on", async () => {
  const operator = await desk();
  await operator.beginRateDraft({ card: "standard" });
  const { draft } = await operator.rateCard({ card: "standard" });
  const lines = draft?.lines.map((line) => (line.item === "fake-1" ? { ...line, price: "1" } : line));
  await saveWith(operator, "standard", { lines, effectiveFrom: inDays(2) });
  await operator.publishRateDraft({ card: "standard", revision: 2, reason });
  const { scope, id } = await makePayingTenant(100_000_000n);
  await givePlan({ id }, { message: 0 }, "use_reserve");
  const begin = Date.parse(inDays(2));
  travel(begin - 5_000 - Date.now());
  expect(await holdFor(scope, callOf())).toMatchObject({ amountNano: 1_000_000n });
  travel(begin + 1_000 - Date.now());
  expect(await holdFor(scope, callOf())).toMatchObject({ amountNano: 200_000n });
});

test("every unit of a model costs what its line says, tokens written to the cache too, within what was held", async () => {
  const operator = await desk();
  const { versions } = await operator.rateCard({ card: "standard" });
  const prices = { input_token: "2", cache_read_token: "0.2", cache_write_token: "2.5", output_token: "8" };
  const whole = { ...prices, reasoning_token: "9", message: "3" };
  const lines = Object.entries(whole).map(([unit, price]) => ({
    item: "all-1",
    unit,
    price,
    per: 1_000_000,
  }));
  await operator.beginRateDraft({ card: "standard" });
  const effectiveFrom = inDays(30);
  await saveWith(operator, "standard", { lines: [...(versions[0]?.lines ?? []), ...lines], effectiveFrom });
  await operator.publishRateDraft({ card: "standard", revision: 2, reason });
  travel(Date.parse(effectiveFrom) + 1_000 - Date.now());
  const { scope } = await makePayingTenant(100_000_000n);
  const id = await dispatchCall(scope, callOf({ model: "all-1", inputTokens: 1_000 }));
  const tokens = { inputTokens: 1_000, cachedInputTokens: 300, cacheWriteTokens: 200 };
  const settled = await settle(scope, id, usageOf({ ...tokens, outputTokens: 100, reasoningTokens: 40 }));
  const cost = 500 * 2_000 + 300 * 200 + 200 * 2_500 + 60 * 8_000 + 40 * 9_000 + 3_000;
  expect(settled).toMatchObject({ costNano: BigInt(cost), chargedNano: BigInt(cost) });
  expect(await listWalletFaults(scope.tenantId)).toEqual([]);
});

test("support reads no prices and drafts none", async () => {
  const { billing } = callAs(await makeOperator("support")).api.admin;
  await expect(billing.rateCards()).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(billing.beginRateDraft({ card: "standard" })).rejects.toMatchObject({ code: "FORBIDDEN" });
});
