// Runs that are paid for: what is refused never reaches the provider, and what was held is settled once.

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { makeConversation } from "../../tests/factories/conversations";
import { makeRun, type TestRun, untilEnded } from "../../tests/factories/runs";
import { accountOf, givePlan, makePayingTenant } from "../../tests/factories/wallet";
import { type FakeProvider, startFakeProvider } from "../../tests/fake-provider";
import { keepAnswer } from "../chat/answers";
import { sendMessage } from "../chat/start-run";
import { sleep } from "../platform/clock";
import { platformPool } from "../platform/db";
import { newId } from "../platform/ids";
import { replaceLlm } from "../platform/model";
import { openAiProvider } from "../platform/model-openai";
import { listWalletFaults } from "../wallet/reconciliation";
import { TEXT_CAP_REACHED, TEXT_STOPPED_AT_LIMIT } from "../wallet/terms";
import { handOverRuns, startRunDispatcher } from "./dispatcher";

const DOLLAR = 1_000_000_000n;
const MODELS = [{ id: "fake-1", label: "Fake", contextTokens: 8_000, maxOutputTokens: 1_000 }];

let provider: FakeProvider;

beforeAll(async () => {
  provider = await startFakeProvider();
  const timeouts = { firstByteMs: 30_000, idleMs: 30_000 };
  replaceLlm(openAiProvider({ apiKey: "test", baseUrl: provider.url, models: MODELS, timeouts }));
  await startRunDispatcher({
    leaseMs: 60_000,
    renewMs: 400,
    pollMs: 200,
    tools: [],
    searchOwnConversations: async () => [],
    keepAnswer,
  });
});
beforeEach(() => {
  provider.calls.length = 0;
});
afterAll(async () => {
  await handOverRuns();
  await provider.close();
  replaceLlm();
});

async function send(scope: Parameters<typeof sendMessage>[0], text: string) {
  const conversationId = await makeConversation(scope);
  return sendMessage(scope, { conversationId, text, clientMessageId: newId() });
}

test("an answer is charged to the nano, and its usage event is its hold", async () => {
  const { scope } = await makePayingTenant(DOLLAR);
  const { usage } = await untilEnded(scope, await makeRun(scope, "say 40 words"));
  const [event] = usage;
  const cost = BigInt(event?.inputTokens ?? 0) * 2_000n + 41n * 8_000n;
  expect(event).toMatchObject({ payer: "reserve", costNano: cost, chargedNano: cost, messages: 1 });
  expect(await accountOf(scope.tenantId)).toEqual({ balance: DOLLAR - cost, held: 0n, entries: 1 });
  const { rows } = await platformPool().query("SELECT state FROM holds WHERE tenant_id = $1 AND id = $2", [
    scope.tenantId,
    event?.id,
  ]);
  expect(rows).toEqual([{ state: "settled" }]);
});

test("a question that cannot be paid for is refused with 402, and no provider hears of it", async () => {
  const { scope } = await makePayingTenant(1_000n);
  await expect(send(scope, "say 5 words")).rejects.toMatchObject({
    code: "payment_required",
    details: { reason: "reserve_insufficient" },
  });
  await platformPool().query("INSERT INTO spend_limits VALUES ($1, 'tenant', $1, 1, true, now())", [
    scope.tenantId,
  ]);
  await expect(send(scope, "say 5 words")).rejects.toMatchObject({ message: TEXT_CAP_REACHED });
  expect(provider.calls).toEqual([]);
});

test("a plan whose allowance is used up refuses with 429 and says which one", async () => {
  const tenant = await makePayingTenant(DOLLAR);
  await givePlan(tenant, { message: 0 }, "block");
  await expect(send(tenant.scope, "say 5 words")).rejects.toMatchObject({
    code: "over_limit",
    details: { reason: "usage_limit_exceeded", feature: "message", limit: "0", window: "period" },
  });
  expect(provider.calls).toEqual([]);
});

test("a run that meets its limit after it was queued ends with the reason, and the provider hears nothing", async () => {
  const { scope } = await makePayingTenant(1_000n);
  const { message, usage } = await untilEnded(scope, await makeRun(scope, "say 5 words"));
  expect(message).toMatchObject({ status: "error", errorReason: "reserve_insufficient" });
  expect(usage).toEqual([]);
  expect(provider.calls).toEqual([]);
});

test("an answer that uses up what could be held ends there, keeps its text, and says why", async () => {
  const { scope } = await makePayingTenant(DOLLAR);
  await untilEnded(scope, await makeRun(scope, "say 5 words"));
  await capAtOneMoreAnswer(scope, 400);
  const { message, usage } = await untilEnded(scope, await makeRun(scope, "say 700 words"));
  expect(message).toMatchObject({ status: "error", errorReason: "monthly_cap_reached" });
  expect(message?.errorMessage).toBe(`${TEXT_STOPPED_AT_LIMIT} ${TEXT_CAP_REACHED}`);
  expect(message?.content).not.toBe("");
  expect(usage).toMatchObject([{ outcome: "ok" }]);
});

/** Caps what may still be spent at one more question like the last and so many tokens of an answer. */
async function capAtOneMoreAnswer({ tenantId }: { tenantId: string }, outputTokens: number): Promise<void> {
  await platformPool().query(
    `INSERT INTO spend_limits
     SELECT $1, 'tenant', $1, c.spent_nano + h.input_tokens * 2000 + $2 * 8000, true, now()
       FROM holds h JOIN spend_counters c ON c.tenant_id = h.tenant_id AND c.spender = 'tenant' WHERE h.tenant_id = $1`,
    [tenantId, outputTokens],
  );
}

test("two dozen questions at once never spend and hold more than the reserve has, at any instant", async () => {
  const { scope } = await makePayingTenant(DOLLAR / 20n);
  let isOver = false;
  let worst = 0n;
  const watch = (async () => {
    while (!isOver) {
      const { balance, held } = await accountOf(scope.tenantId);
      if (held - balance > worst) worst = held - balance;
      await sleep(5);
    }
  })();
  // Answers that have begun go on only when all were asked for: their holds are open together.
  const goOn = provider.holdAfter(1);
  const runs: TestRun[] = [];
  for (let index = 0; index < 24; index += 1)
    runs.push(await makeRun(scope, index % 4 ? "say 30 words" : "cut 3"));
  goOn();
  const ended = await Promise.all(runs.map((run) => untilEnded(scope, run)));
  isOver = true;
  await watch;
  expect(worst).toBe(0n);
  const admitted = ended.filter(({ usage }) => usage.length > 0);
  expect(admitted.length).toBeGreaterThan(0);
  expect(await accountOf(scope.tenantId)).toMatchObject({ held: 0n });
  expect(await listWalletFaults(scope.tenantId)).toEqual([]);
});
