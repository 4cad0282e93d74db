import fc from "fast-check";
import pg from "pg";
import { expect, test } from "vitest";
import { asSuperuser } from "../../tests/factories/superuser";
import { addMember, makeTenant } from "../../tests/factories/tenants";
import {
  accountOf,
  book,
  callOf,
  credit,
  dispatchCall,
  givePlan,
  makePayingTenant,
  settle,
  usageOf,
} from "../../tests/factories/wallet";
import { keepBooks } from "../../tests/setup/books";
import { travel } from "../platform/clock";
import { platformPool } from "../platform/db";
import { queryTenant, type TenantScope } from "../platform/tenant-db";
import { holdFor } from "./admission";
import { checkpointHolds, markDispatched, releaseHold, sweepHolds } from "./holds";
import { listWalletFaults } from "./reconciliation";
import { TEXT_CAP_REACHED } from "./terms";

/** What `callOf()` holds: 100 input tokens at 2,000 nano and 100 output tokens at 8,000. */
const HOLD_NANO = 1_000_000n;
/** What `usageOf()` costs: 40 and 10 of them. */
const COST_NANO = 160_000n;
const MINUTES_3 = 180_000;

keepBooks();

const each = <T>(count: number, work: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));
const isAdmitted = (work: Promise<unknown>) => work.then(() => true).catch(() => false);

async function capOf(
  tenantId: string,
  spender: string,
  spenderId: string,
  capNano: bigint,
  isHardStop = true,
) {
  await platformPool().query("INSERT INTO spend_limits VALUES ($1, $2, $3, $4, $5, now())", [
    tenantId,
    spender,
    spenderId,
    capNano,
    isHardStop,
  ]);
}

async function alarmsOf(tenantId: string) {
  const { rows } = await platformPool().query<{ kind: string; threshold: number }>(
    "SELECT kind, threshold FROM spend_alarms WHERE tenant_id = $1 ORDER BY kind, threshold",
    [tenantId],
  );
  return rows.map(({ kind, threshold }) => `${kind} ${threshold}`);
}

test("two hundred calls at once are admitted exactly as often as the reserve covers them, and charged once", async () => {
  const { scope } = await makePayingTenant(HOLD_NANO * 50n + HOLD_NANO / 2n);
  const holds: string[] = [];
  await each(200, () =>
    holdFor(scope, callOf({ outputTokens: 100 }))
      .then(({ id, outputTokens }) => (outputTokens === 100 ? holds.push(id) : undefined))
      .catch(() => undefined),
  );
  expect(holds).toHaveLength(50);
  await each(50, (index) => markDispatched(scope, holds[index] ?? ""));
  await each(100, (index) => settle(scope, holds[index % 50] ?? ""));
  expect(await accountOf(scope.tenantId)).toMatchObject({
    entries: 50,
    held: 0n,
    balance: HOLD_NANO * 50n + HOLD_NANO / 2n - COST_NANO * 50n,
  });
});

test("a request that is asked again has the same hold", async () => {
  const { scope } = await makePayingTenant(HOLD_NANO * 10n);
  const call = callOf();
  const holds = await each(20, () => holdFor(scope, call));
  expect(new Set(holds.map(({ id }) => id)).size).toBe(1);
  expect(await accountOf(scope.tenantId)).toMatchObject({ held: HOLD_NANO });
});

test("the answer is clamped to what is affordable, down to the least that is an answer", async () => {
  const { scope } = await makePayingTenant(200_000n + 8_000n * 300n);
  const hold = await holdFor(scope, callOf({ outputTokens: 1_000 }));
  expect(hold).toMatchObject({ outputTokens: 300, payer: "reserve" });
  await expect(holdFor(scope, callOf({ outputTokens: 1_000 }))).rejects.toMatchObject({
    code: "payment_required",
    details: { reason: "reserve_insufficient" },
  });
});

test("an allowance pays first, and the reserve when it is used up", async () => {
  const tenant = await makeTenant();
  await givePlan(tenant, { message: 1 }, "use_reserve");
  await credit(tenant.scope, HOLD_NANO * 2n);
  expect(await holdFor(tenant.scope, callOf())).toMatchObject({ payer: "allowance", amountNano: 0n });
  expect(await holdFor(tenant.scope, callOf())).toMatchObject({ payer: "reserve", amountNano: HOLD_NANO });
});

test("an allowance that blocks refuses with plan, feature, limit, usage and window", async () => {
  const tenant = await makeTenant();
  await givePlan(tenant, { message: 2 }, "block");
  expect((await each(20, () => isAdmitted(holdFor(tenant.scope, callOf())))).filter(Boolean)).toHaveLength(2);
  await expect(holdFor(tenant.scope, callOf())).rejects.toMatchObject({
    code: "over_limit",
    details: {
      reason: "usage_limit_exceeded",
      plan: "enterprise",
      feature: "message",
      limit: "2",
      usage: "2",
      window: "period",
    },
  });
});

test("a hard cap refuses with T-6 although the reserve would pay, and nothing is left behind", async () => {
  const { scope } = await makePayingTenant(HOLD_NANO * 100n);
  await capOf(scope.tenantId, "tenant", scope.tenantId, HOLD_NANO * 3n);
  const admitted = await each(30, () => isAdmitted(holdFor(scope, callOf())));
  expect(admitted.filter(Boolean)).toHaveLength(3);
  await expect(holdFor(scope, callOf())).rejects.toMatchObject({
    message: TEXT_CAP_REACHED,
    details: { reason: "monthly_cap_reached" },
  });
  expect(await accountOf(scope.tenantId)).toMatchObject({ held: HOLD_NANO * 3n });
  expect(await alarmsOf(scope.tenantId)).toEqual(["cap_reached 100"]);
});

test("a member's cap stops that member alone", async () => {
  const tenant = await makePayingTenant(HOLD_NANO * 100n);
  const { user, scope } = await addMember(tenant);
  await capOf(tenant.id, "member", user.id, HOLD_NANO);
  await holdFor(scope, callOf());
  await expect(holdFor(scope, callOf())).rejects.toMatchObject({
    details: { reason: "monthly_cap_reached" },
  });
  expect(await holdFor(tenant.scope, callOf())).toMatchObject({ payer: "reserve" });
});

test("a soft cap refuses nothing and warns at 50, 80 and 100 %, once each", async () => {
  const { scope } = await makePayingTenant(HOLD_NANO * 100n);
  await capOf(scope.tenantId, "tenant", scope.tenantId, COST_NANO * 10n, false);
  const holds = await each(12, () => dispatchCall(scope));
  await each(12, (index) => settle(scope, holds[index] ?? ""));
  expect(await alarmsOf(scope.tenantId)).toEqual(["cap 50", "cap 80", "cap 100"]);
});

test("sixty-four charges that cross the threshold together warn once, and again only after a recovery", async () => {
  const low = 5_000_000_000n;
  const { scope } = await makePayingTenant(low + COST_NANO);
  const crossing = async () => {
    const holds = await each(64, () => dispatchCall(scope));
    await each(64, (index) => settle(scope, holds[index] ?? ""));
  };
  await crossing();
  expect(await alarmsOf(scope.tenantId)).toEqual(["low_balance 0"]);
  await credit(scope, COST_NANO * 64n);
  await crossing();
  expect(await alarmsOf(scope.tenantId)).toEqual(["low_balance 0", "low_balance 0"]);
});

test("a refund or an adjustment that takes the balance away warns as a charge does", async () => {
  const { scope } = await makePayingTenant(8_000_000_000n);
  await book(scope, "refund", -4_000_000_000n);
  expect(await alarmsOf(scope.tenantId)).toEqual(["low_balance 0"]);
  await book(scope, "adjustment", -4_000_000_000n);
  expect(await alarmsOf(scope.tenantId)).toEqual(["depleted 0", "low_balance 0"]);
  await credit(scope, 9_000_000_000n);
  await book(scope, "dispute_hold", -5_000_000_000n);
  expect(await alarmsOf(scope.tenantId)).toEqual(["depleted 0", "low_balance 0", "low_balance 0"]);
});

test("the policies of a low balance differ", async () => {
  const blocked = await makePayingTenant(0n);
  const setPolicy = (tenantId: string, policy: string, floor: bigint) =>
    platformPool()
      .query("UPDATE reserve_accounts SET floor_nano = $2 WHERE tenant_id = $1", [tenantId, floor])
      .then(() =>
        asSuperuser("UPDATE reserve_accounts SET low_policy = $2 WHERE tenant_id = $1", [tenantId, policy]),
      );
  await setPolicy(blocked.id, "block", -HOLD_NANO * 5n);
  await expect(holdFor(blocked.scope, callOf())).rejects.toMatchObject({ code: "payment_required" });
  await setPolicy(blocked.id, "warn", -HOLD_NANO * 5n);
  expect((await each(20, () => isAdmitted(holdFor(blocked.scope, callOf())))).filter(Boolean)).toHaveLength(
    5,
  );
  const limited = await makePayingTenant(HOLD_NANO * 20n);
  await setPolicy(limited.id, "limited", 0n);
  await expect(holdFor(limited.scope, callOf())).rejects.toMatchObject({
    cheapModels: expect.arrayContaining(["parley-demo-brief"]),
  });
  expect(
    await holdFor(limited.scope, callOf({ model: "parley-demo-brief", outputTokens: 5_000 })),
  ).toMatchObject({
    isLimited: true,
    outputTokens: 1_024,
  });
});

test("no usable plan refuses with subscription_inactive, an unknown model is not available", async () => {
  const { id, scope } = await makePayingTenant(HOLD_NANO);
  await expect(holdFor(scope, callOf({ model: "mystery" }))).rejects.toMatchObject({ code: "invalid" });
  await platformPool().query("UPDATE tenant_plans SET standing = 'suspended' WHERE tenant_id = $1", [id]);
  await expect(holdFor(scope, callOf())).rejects.toMatchObject({
    details: { reason: "subscription_inactive" },
  });
});

test("an answer that was longer than allowed is charged in full, by an entry of its own, and said", async () => {
  const { scope } = await makePayingTenant(HOLD_NANO * 2n);
  const id = await dispatchCall(scope);
  const { chargedNano } = await settle(scope, id, usageOf({ inputTokens: 100, outputTokens: 150 }));
  expect(chargedNano).toBe(HOLD_NANO + 400_000n);
  expect(await accountOf(scope.tenantId)).toMatchObject({ balance: HOLD_NANO - 400_000n, entries: 1 });
  expect(await alarmsOf(scope.tenantId)).toContain("overshoot 0");
});

test("a hold that was never sent is released in full", async () => {
  const { scope } = await makePayingTenant(HOLD_NANO);
  const { id } = await holdFor(scope, callOf());
  travel(MINUTES_3);
  await sweepHolds();
  expect(await accountOf(scope.tenantId)).toMatchObject({ held: 0n, balance: HOLD_NANO });
  expect(await markDispatched(scope, id)).toBe(false);
  expect(await settle(scope, id)).toMatchObject({ isSettled: false });
});

test("a call of which nothing was heard expires uncharged; one that had begun is settled up to its checkpoint", async () => {
  const { scope } = await makePayingTenant(HOLD_NANO * 2n);
  await dispatchCall(scope);
  const begun = await dispatchCall(scope);
  await checkpointHolds(scope, [{ holdId: begun, outputTokens: 30 }]);
  travel(MINUTES_3);
  await sweepHolds();
  const charged = 50n * 2_000n + 30n * 8_000n;
  expect(await accountOf(scope.tenantId)).toMatchObject({
    held: 0n,
    balance: HOLD_NANO * 2n - charged,
    entries: 1,
  });
});

test("a checkpoint keeps a long answer from being swept", async () => {
  const { scope } = await makePayingTenant(HOLD_NANO);
  const id = await dispatchCall(scope);
  travel(MINUTES_3 / 2);
  await checkpointHolds(scope, [{ holdId: id, outputTokens: 1 }]);
  travel(MINUTES_3);
  await sweepHolds();
  expect(await settle(scope, id)).toMatchObject({ isSettled: true, chargedNano: COST_NANO });
});

/** Calls that went out and were answered in part: a statement for each step of all of them. */
async function answerInPart(scope: TenantScope, count: number): Promise<string[]> {
  const call = { ...callOf(), userId: scope.userId, outputTokensMin: 100 };
  const rows = await queryTenant<{ id: string }>(scope, {
    name: "test_hold_many",
    text: `SELECT reserve_hold($1, $2::jsonb || jsonb_build_object('requestId', n::text, 'holdId', gen_random_uuid()), now())
             ->> 'holdId' AS id FROM generate_series(1, $3::int) AS n`,
    values: [scope.tenantId, JSON.stringify(call), count],
  });
  const ids = rows.map(({ id }) => id);
  await queryTenant(scope, {
    name: "test_dispatch_many",
    text: "SELECT mark_dispatched($1, id, now()) FROM unnest($2::uuid[]) AS t (id)",
    values: [scope.tenantId, ids],
  });
  await checkpointHolds(
    scope,
    ids.map((holdId) => ({ holdId, outputTokens: 5 })),
  );
  return ids;
}

test("a thousand times a sweep and a late settlement meet, and one wins; exact numbers that come later add one entry", async () => {
  const [rounds, lanes] = [1_000n, 6];
  const { scope } = await makePayingTenant(HOLD_NANO * rounds);
  const holds = await answerInPart(scope, Number(rounds));
  travel(MINUTES_3);
  const waiting = [...holds];
  const settleAll = async () => {
    for (let id = waiting.pop(); id; id = waiting.pop()) await settle(scope, id);
  };
  const sweepAll = async () => {
    while ((await sweepHolds()) > 0);
  };
  await Promise.all([sweepAll(), sweepAll(), ...Array.from({ length: lanes }, settleAll)]);
  await each(20, (index) => settle(scope, holds[index] ?? ""));
  expect(await accountOf(scope.tenantId)).toMatchObject({
    held: 0n,
    entries: Number(rounds),
    balance: (HOLD_NANO - COST_NANO) * rounds,
  });
});

test("what is released, settled or swept in any order leaves the books in order", async () => {
  const { scope } = await makePayingTenant(HOLD_NANO * 30n);
  const step = fc.record({
    what: fc.constantFrom("hold", "dispatch", "checkpoint", "settle", "release", "credit", "sweep"),
    which: fc.nat({ max: 5 }),
    tokens: fc.nat({ max: 200 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const holds: string[] = [];
      for (const { what, which, tokens } of steps) {
        const id = holds[which % Math.max(holds.length, 1)];
        if (what === "credit") await credit(scope, BigInt(tokens + 1) * 1_000n);
        if (what === "hold")
          await holdFor(scope, callOf({ inputTokens: tokens }))
            .then((hold) => holds.push(hold.id))
            .catch(() => {});
        if (what === "sweep") {
          travel(MINUTES_3);
          await sweepHolds();
          travel(0);
        }
        if (!id) continue;
        if (what === "dispatch") await markDispatched(scope, id);
        if (what === "checkpoint") await checkpointHolds(scope, [{ holdId: id, outputTokens: tokens }]);
        if (what === "release") await releaseHold(scope, id);
        if (what === "settle") await settle(scope, id, usageOf({ outputTokens: tokens }));
      }
      expect(await listWalletFaults(scope.tenantId)).toEqual([]);
    }),
    { numRuns: 25 },
  );
});

test("cost is the exact sum over the lines, rounded half up once", async () => {
  const tokens = fc.nat({ max: 300_000 });
  const { rows } = await platformPool().query(
    "SELECT rate_card_version_id AS id FROM rate_lines WHERE item = 'gpt-5.1' LIMIT 1",
  );
  await fc.assert(
    fc.asyncProperty(tokens, tokens, tokens, async (inputTokens, outputTokens, cachedInputTokens) => {
      const usage = JSON.stringify({ inputTokens, outputTokens, cachedInputTokens });
      const answer = await platformPool().query("SELECT usage_cost($1, 'gpt-5.1', $2) AS cost", [
        rows[0].id,
        usage,
      ]);
      const cached = BigInt(Math.min(cachedInputTokens, inputTokens));
      const sum =
        (BigInt(inputTokens) - cached) * 1_250_000_000n +
        cached * 125_000_000n +
        BigInt(outputTokens) * 10_000_000_000n;
      expect(BigInt(answer.rows[0].cost)).toBe((sum + 500_000n) / 1_000_000n);
    }),
    { numRuns: 60 },
  );
});

test.each([
  "UPDATE ledger_entries SET amount_nano = -1",
  "DELETE FROM ledger_entries",
  "TRUNCATE ledger_entries",
  "UPDATE usage_events SET cost_nano = 0",
])("history cannot be rewritten, even by the database's owner: %s", async (sql) => {
  const { scope } = await makePayingTenant(HOLD_NANO);
  await settle(scope, await dispatchCall(scope));
  await expect(asSuperuser(sql)).rejects.toThrow("append-only");
});

test.each([
  "UPDATE reserve_accounts SET balance_nano = 1",
  "UPDATE reserve_accounts SET floor_nano = -1",
  "INSERT INTO ledger_entries SELECT * FROM ledger_entries",
  "UPDATE holds SET state = 'released'",
  "SELECT book_reserve(gen_random_uuid(), '{}', now())",
  "SELECT * FROM wallet_faults()",
])("a request cannot give itself money: %s", async (sql) => {
  const client = new pg.Client({ connectionString: process.env["DATABASE_URL"] });
  await client.connect();
  await expect(client.query(sql)).rejects.toThrow("permission denied");
  await client.end();
});

test("a workspace's wallet is closed to every other one", async () => {
  const mine = await makePayingTenant(HOLD_NANO);
  const other = await makePayingTenant(HOLD_NANO);
  const id = await dispatchCall(mine.scope);
  expect(await settle(other.scope, id)).toMatchObject({ isSettled: false });
  const stolen = { ...other.scope, tenantId: mine.scope.tenantId };
  expect(await isAdmitted(holdFor(stolen, callOf()))).toBe(false);
  const client = new pg.Client({ connectionString: process.env["DATABASE_URL"] });
  await client.connect();
  await client.query("SELECT set_config('app.tenant_id', $1, false)", [other.id]);
  await expect(client.query("SELECT release_hold($1, $2, now())", [mine.id, id])).rejects.toThrow(
    "another tenant",
  );
  await client.end();
});
