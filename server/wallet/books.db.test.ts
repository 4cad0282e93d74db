// The books after anything that can happen: sequences of commands over two workspaces with two members each, compared with
// a model that shares nothing with them. WALLET_SEED tries other sequences.

import fc from "fast-check";
import { afterEach, beforeAll, expect, test } from "vitest";
import { addMember, makeTenant, type TestTenant } from "../../tests/factories/tenants";
import { callOf, givePlan, settle, usageOf } from "../../tests/factories/wallet";
import { monthsSince } from "../../tests/factories/wallet-arithmetic";
import { WalletModel } from "../../tests/factories/wallet-model";
import { now, travel } from "../platform/clock";
import { platformDb, platformPool } from "../platform/db";
import { newId } from "../platform/ids";
import { queryTenant, type TenantScope } from "../platform/tenant-db";
import { holdFor } from "./admission";
import { checkpointHolds, markDispatched, releaseHold, sweepHolds } from "./holds";
import { bookReserve, type CreditKind } from "./ledger";
import { listWalletFaults } from "./reconciliation";

const MODEL = "fake-manifold";
/** Nano per million, chosen so that most costs have to be rounded. */
const PRICES = {
  input: 1_234_567_891n,
  cached: 123_456_789n,
  output: 7_654_321_987n,
  reasoning: 9_876_543_211n,
  message: 55_500_123_457n,
};
const THRESHOLD = 20_000_000n;
const MESSAGES_FREE = 3;
const DAY_MS = 86_400_000;
const MINUTES_3 = 180_000;
const seed = Number(process.env["WALLET_SEED"] ?? 20_261_121);

beforeAll(async () => {
  const units = { input_token: PRICES.input, cache_read_token: PRICES.cached, output_token: PRICES.output };
  const lines = { ...units, reasoning_token: PRICES.reasoning, message: PRICES.message };
  await platformPool().query(
    `INSERT INTO rate_lines
     SELECT v.id, $1, l.key, l.value::bigint, 1000000
       FROM rate_card_versions v JOIN rate_cards c ON c.id = v.rate_card_id AND c.code = 'standard',
            jsonb_each_text($2::jsonb) l`,
    [MODEL, JSON.stringify(lines, (_key, value) => (typeof value === "bigint" ? value.toString() : value))],
  );
});
afterEach(() => travel(0));

interface Books {
  tenant: TestTenant;
  scopes: TenantScope[];
  model: WalletModel;
  /** In the order they were admitted. */
  holdIds: string[];
}

// Months begin half a day away from every instant at which the commands run.
const ANCHOR_AGE_MS = 40.5 * DAY_MS;

async function openBooks(): Promise<Books> {
  const tenant = await makeTenant();
  const member = await addMember(tenant);
  await givePlan(tenant, { message: MESSAGES_FREE }, "use_reserve");
  const anchor = new Date(now().getTime() - ANCHOR_AGE_MS);
  await platformPool().query("UPDATE tenant_plans SET anchor_at = $2 WHERE tenant_id = $1", [
    tenant.id,
    anchor,
  ]);
  const facts = { anchor, messagesFree: MESSAGES_FREE, threshold: THRESHOLD };
  return { tenant, scopes: [tenant.scope, member.scope], model: new WalletModel(PRICES, facts), holdIds: [] };
}

const books = fc.nat({ max: 1 });
const which = fc.nat({ max: 11 });
const size = fc.nat({ max: 3_000 });
const tokens = fc.record({
  inputTokens: size,
  outputTokens: size,
  cachedInputTokens: size,
  reasoningTokens: size,
});
const kinds = ["topup", "auto_topup", "grant", "dispute_return", "refund", "dispute_hold", "expiry"] as const;
const amount = fc.bigInt({ min: 1n, max: 60_000_000n });

const command = fc.oneof(
  {
    weight: 7,
    arbitrary: fc.record({
      do: fc.constant("hold" as const),
      books,
      member: books,
      input: size,
      wanted: size,
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("dispatch" as const), books, which }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("settle" as const), books, which, tokens }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("checkpoint" as const), books, which, shown: size }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("release" as const), books, which }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("book" as const),
      books,
      kind: fc.constantFrom(...kinds),
      amount,
      cause: books,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("adjust" as const), books, amount, isDown: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("policy" as const),
      books,
      policy: fc.constantFrom("block", "warn", "limited"),
      floor: amount,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("cap" as const),
      books,
      of: fc.nat({ max: 2 }),
      amount,
      isHard: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("sweep" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("wait" as const), days: fc.integer({ min: 1, max: 25 }) }),
  },
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;
type Of<Do extends Command["do"]> = Extract<Command, { do: Do }>;

test("after any sequence of commands the books are those of the model, to the nano", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 20, maxLength: 60, size: "max" }), async (commands) => {
      travel(0);
      const world = new World([await openBooks(), await openBooks()]);
      for (const step of commands) await world.play(step);
      for (const opened of world.books) await expectSame(opened);
      await world.sweep();
      for (const opened of world.books) await expectSame(opened);
    }),
    { numRuns: 20, seed, endOnFailure: true },
  );
}, 180_000);

class World {
  private offsetMs = 0;

  constructor(readonly books: Books[]) {}

  async play(step: Command): Promise<void> {
    if (step.do === "wait") return this.wait(step.days * DAY_MS);
    if (step.do === "sweep") return this.sweep();
    const opened = this.books[step.books];
    if (!opened) return;
    if (step.do === "hold") return hold(opened, step);
    if (step.do === "book") return book(opened, step);
    if (step.do === "adjust") return adjust(opened, step);
    if (step.do === "policy") return setPolicy(opened, step);
    if (step.do === "cap") return setCap(opened, step);
    return playOnHold(opened, step);
  }

  async sweep(): Promise<void> {
    this.wait(MINUTES_3);
    const at = now();
    await sweepHolds();
    for (const { model } of this.books) model.sweep(at);
  }

  private wait(ms: number): void {
    this.offsetMs += ms;
    travel(this.offsetMs);
  }
}

async function hold({ scopes, model, holdIds }: Books, { member, input, wanted }: Of<"hold">): Promise<void> {
  const scope = scopes[member];
  if (!scope) return;
  const bounds = { inputTokens: input, expectedInputTokens: Math.floor(input / 2), outputTokens: wanted };
  const decided = model.decide({ member: scope.userId, input, wanted }, now());
  const answer = holdFor(scope, callOf({ model: MODEL, ...bounds }));
  if (typeof decided === "string") {
    await expect(answer).rejects.toMatchObject({ code: "payment_required", details: { reason: decided } });
    return;
  }
  const admitted = await answer;
  const { payer, amount: amountNano, output: outputTokens } = decided;
  expect(admitted).toMatchObject({ payer, amountNano, outputTokens });
  model.holds.set(admitted.id, decided);
  holdIds.push(admitted.id);
  if (payer === "allowance") return;
  // Nothing is admitted below the floor (L2), nor above a hard cap (C2).
  const floor = model.policy === "warn" ? model.floor : 0n;
  expect(model.balance - model.held).toBeGreaterThanOrEqual(floor);
}

async function playOnHold(
  { scopes, model, holdIds }: Books,
  step: Of<"dispatch" | "settle" | "checkpoint" | "release">,
): Promise<void> {
  const id = holdIds.at(-1 - (step.which % Math.max(holdIds.length, 1)));
  const held = id && model.holds.get(id);
  const [scope] = scopes;
  if (!id || !held || !scope) return;
  if (step.do === "dispatch") expect(await markDispatched(scope, id)).toBe(model.dispatch(held, now()));
  if (step.do === "release") expect(await releaseHold(scope, id)).toBe(model.release(held));
  if (step.do === "checkpoint") {
    model.checkpoint(held, step.shown, now());
    await checkpointHolds(scope, [{ holdId: id, outputTokens: step.shown }]);
  }
  if (step.do === "settle") {
    await settle(scope, id, usageOf(step.tokens));
    model.settle(held, step.tokens);
  }
}

const LOSSES: readonly string[] = ["refund", "dispute_hold", "expiry"];

async function book(opened: Books, { kind, amount: size, cause }: Of<"book">): Promise<void> {
  // Few causes, so that some are told of twice.
  const sourceRef = `${opened.tenant.id} ${kind} ${cause}`;
  await bookAs(opened, { kind, sourceRef, amountNano: LOSSES.includes(kind) ? -size : size });
}

async function adjust(opened: Books, { amount: size, isDown }: Of<"adjust">): Promise<void> {
  await bookAs(opened, { kind: "adjustment", sourceRef: newId(), amountNano: isDown ? -size : size });
}

async function bookAs(
  { tenant, model }: Books,
  booking: { kind: CreditKind; sourceRef: string; amountNano: bigint },
): Promise<void> {
  const isNew = model.book(booking.sourceRef, booking.amountNano);
  const isBooked = await platformDb().$transaction((tx) => bookReserve(tx, tenant.scope.tenantId, booking));
  expect(isBooked).toBe(isNew);
}

async function setPolicy({ tenant, model }: Books, { policy, floor }: Of<"policy">): Promise<void> {
  model.policy = policy;
  model.floor = -floor;
  await platformPool().query("UPDATE reserve_accounts SET floor_nano = $2 WHERE tenant_id = $1", [
    tenant.id,
    -floor,
  ]);
  await queryTenant(tenant.scope, {
    name: "test_set_policy",
    text: "UPDATE reserve_accounts SET low_policy = $2::low_balance_policy, low_threshold_nano = $3 WHERE tenant_id = $1",
    values: [tenant.id, policy, THRESHOLD],
  });
}

async function setCap(
  { tenant, scopes, model }: Books,
  { of, amount: nano, isHard }: Of<"cap">,
): Promise<void> {
  const member = of === 0 ? null : (scopes[of - 1]?.userId ?? null);
  model.caps.set(member ?? "tenant", { nano, isHard });
  await platformPool().query(
    `INSERT INTO spend_limits VALUES ($1, $2, $3, $4, $5, now())
     ON CONFLICT (tenant_id, spender, spender_id) DO UPDATE SET cap_nano = $4, is_hard_stop = $5`,
    [tenant.id, member ? "member" : "tenant", member ?? tenant.id, nano, isHard],
  );
}

/** Books of the database and of the model agree, and hold by themselves (L1, L2, L4, K2). */
async function expectSame({ tenant, model, scopes }: Books): Promise<void> {
  expect(await listWalletFaults(tenant.id)).toEqual([]);
  const { rows: accounts } = await platformPool().query(
    "SELECT balance_nano AS balance, held_nano AS held FROM reserve_accounts WHERE tenant_id = $1",
    [tenant.id],
  );
  expect(accounts).toEqual([{ balance: String(model.balance), held: String(model.held) }]);
  const { rows: holds } = await platformPool().query<{ id: string; state: string }>(
    "SELECT id, state FROM holds WHERE tenant_id = $1",
    [tenant.id],
  );
  expect(new Map(holds.map(({ id, state }) => [id, state]))).toEqual(
    new Map([...model.holds].map(([id, { state }]) => [id, state])),
  );
  await expectCounters(tenant, model, scopes);
  expect(await unmatched(tenant.id)).toEqual([]);
}

async function expectCounters(tenant: TestTenant, model: WalletModel, scopes: TenantScope[]): Promise<void> {
  const { rows } = await platformPool().query<{
    start: Date;
    anchor: Date;
    spender_id: string;
    held: string;
    spent: string;
  }>(
    `SELECT b.start_at AS start, p.anchor_at AS anchor, c.spender_id, c.held_nano AS held, c.spent_nano AS spent
       FROM spend_counters c
       JOIN billing_periods b ON b.tenant_id = c.tenant_id AND b.id = c.period_id
       JOIN tenant_plans p ON p.tenant_id = c.tenant_id
      WHERE c.tenant_id = $1`,
    [tenant.id],
  );
  for (const { start, anchor, spender_id, held, spent } of rows) {
    const month = monthsSince(anchor, start);
    const member = scopes.find(({ userId }) => userId === spender_id)?.userId;
    const counted = model.counted(month, member);
    expect({ held, spent }).toEqual({ held: String(counted.held), spent: String(counted.spent) });
  }
}

/** Charges without use, use without its charge, and holds that were corrected more than once. */
async function unmatched(tenantId: string): Promise<unknown[]> {
  const { rows } = await platformPool().query(
    `SELECT 'charge' AS what, l.source_ref AS id FROM ledger_entries l
      WHERE l.tenant_id = $1 AND l.kind IN ('usage', 'late_adjust')
        AND NOT EXISTS (SELECT 1 FROM usage_events u WHERE u.tenant_id = $1 AND u.id::text = l.source_ref)
     UNION ALL SELECT 'use', u.id::text FROM usage_events u
      WHERE u.tenant_id = $1 AND u.charged_nano > 0
        AND (SELECT count(*) FROM ledger_entries l WHERE l.tenant_id = $1 AND l.kind = 'usage'
              AND l.source_ref = u.id::text) <> 1
     UNION ALL SELECT 'corrected', l.source_ref FROM ledger_entries l
      WHERE l.tenant_id = $1 AND l.kind = 'late_adjust' GROUP BY l.source_ref HAVING count(*) > 1`,
    [tenantId],
  );
  return rows;
}
