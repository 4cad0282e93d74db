// A run comes to its end whatever becomes of what hangs on it.

import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { makeRun, type TestRun, untilEnded } from "../../tests/factories/runs";
import { makeTenant, type TestTenant } from "../../tests/factories/tenants";
import { keepAnswer } from "../chat/answers";
import { listMessages } from "../chat/messages";
import { replaceLlm } from "../platform/model";
import { demoProvider } from "../platform/model-demo";
import { withTenant } from "../platform/tenant-db";
import { handOverRuns, startRunDispatcher } from "./dispatcher";
import type { SettlementHooks } from "./settlement";

let tenant: TestTenant;

beforeAll(async () => {
  const models = [{ id: "parley-demo", label: "Demo", contextTokens: 32_000, maxOutputTokens: 4_000 }];
  replaceLlm(demoProvider(models, 0));
  tenant = await makeTenant();
});

afterEach(() => handOverRuns());

afterAll(async () => {
  replaceLlm();
});

async function settle(hooks: Partial<SettlementHooks>) {
  await startRunDispatcher({ searchOwnConversations: async () => [], keepAnswer, ...hooks });
  const run = await makeRun(tenant.scope, "hello", { model: "parley-demo" });
  return { started: run, ...(await untilEnded(tenant.scope, run)) };
}

async function shown(run: TestRun) {
  await withTenant(tenant.scope, (db) =>
    db.conversation.update({
      where: { tenantId_id: { tenantId: tenant.id, id: run.conversationId } },
      data: { activeLeafId: run.assistantMessageId },
    }),
  );
  return (await listMessages(tenant.scope, { conversationId: run.conversationId, limit: 10 })).items[0];
}

test("what follows an answer and fails costs neither the answer nor the run's end", async () => {
  let tries = 0;
  const { message, events, folded } = await settle({
    onSettled: async () => {
      tries += 1;
      throw new Error("no title today");
    },
  });
  expect(tries).toBe(1);
  expect(message).toMatchObject({ status: "complete", content: folded.text });
  expect(events.at(-1)).toMatchObject({ type: "final", status: "complete" });
});

test("an answer that cannot be stored ends its run with one error, and the message as interrupted", async () => {
  const ended = await settle({
    keepAnswer: async (db, { run }) => {
      await db.$queryRaw`SELECT ${run.id}::uuid / 0`;
    },
  });
  expect(ended.run).toMatchObject({ status: "error", errorReason: "internal" });
  expect(ended.events.filter((event) => event.type === "final" || event.type === "error")).toEqual([
    expect.objectContaining({ type: "error", reason: "internal" }),
  ]);
  expect(ended.usage).toHaveLength(1);
  expect(await shown(ended.started)).toMatchObject({ status: "interrupted", runId: null });
});
