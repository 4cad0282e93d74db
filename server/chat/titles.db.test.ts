import { afterEach, expect, test } from "vitest";
import { makeConversation, readConversation } from "../../tests/factories/conversations";
import { converse } from "../../tests/factories/messages";
import { makeTenant } from "../../tests/factories/tenants";
import { makePayingTenant } from "../../tests/factories/wallet";
import { config } from "../platform/config";
import { platformDb, platformPool } from "../platform/db";
import { newId } from "../platform/ids";
import { logger } from "../platform/logger";
import { replaceLlm } from "../platform/model";
import { demoProvider } from "../platform/model-demo";
import { withTenant } from "../platform/tenant-db";
import type { Scope } from "../tenants/scope";
import { renameConversation } from "./conversation-changes";
import { getConversation, listConversations } from "./conversations";
import { sendMessage } from "./start-run";
import { titleJob, titleLater } from "./titles";

afterEach(() => replaceLlm());

const QUESTION = "how do I bake bread without an oven, please?";

async function titled(scope: Scope, attempt = 1, question = QUESTION) {
  const conversationId = await makeConversation(scope);
  const { runId } = await converse(scope, conversationId, question);
  const payload = { tenantId: scope.tenantId, userId: scope.userId, conversationId, runId };
  const helpers = {
    attempt,
    attemptsMax: 4,
    signal: new AbortController().signal,
    logger: logger("test"),
  };
  return { conversationId, runId, run: () => titleJob.run(payload, helpers) };
}

function useDemo(): void {
  replaceLlm(demoProvider(config().model.models, 0));
}

function useBroken(): void {
  const demo = demoProvider(config().model.models, 0);
  replaceLlm({
    ...demo,
    getModel: () => {
      throw new Error("no model today");
    },
  });
}

test("a conversation is named by its first question, and the call is recorded once", async () => {
  useDemo();
  const { scope } = await makeTenant();
  const { conversationId, runId, run } = await titled(scope);
  await run();
  const conversation = await readConversation(scope, conversationId);
  expect(conversation.titleSource).toBe("auto");
  expect(conversation.title).toBe("How do I bake bread without");
  await run();
  const usage = await platformDb().usageEvent.findMany({ where: { runId, purpose: "title" } });
  expect(usage).toHaveLength(1);
  expect(usage[0]).toMatchObject({ outcome: "ok", source: "provider_final", conversationId });
});

test("a title that a person gave is never replaced", async () => {
  useDemo();
  const { scope } = await makeTenant();
  const { conversationId, run } = await titled(scope);
  await renameConversation(scope, { conversationId, title: "Mine" });
  await run();
  expect((await readConversation(scope, conversationId)).title).toBe("Mine");
});

test("a failed call is recorded and tried again; the last try falls back to the question's words", async () => {
  useBroken();
  const { scope } = await makeTenant();
  const first = await titled(scope, 1);
  await expect(first.run()).rejects.toThrow();
  expect((await readConversation(scope, first.conversationId)).titleSource).toBe("none");
  const last = await titled(scope, 4);
  await last.run();
  expect((await readConversation(scope, last.conversationId)).title).toBe("how do I bake bread without an…");
  const where = { tenantId: scope.tenantId, purpose: "title" };
  const usage = await platformDb().usageEvent.findMany({ where });
  expect(usage.map((event) => event.outcome)).toEqual(["error", "error"]);
});

test("a reserve that is low and limited pays for no title: the question's words serve, and nothing is held", async () => {
  useDemo();
  const { scope } = await makePayingTenant(1_000_000_000n);
  await platformPool().query("UPDATE reserve_accounts SET low_policy = 'limited' WHERE tenant_id = $1", [
    scope.tenantId,
  ]);
  const { conversationId, runId, run } = await titled(scope);
  await run();
  expect((await readConversation(scope, conversationId)).title).toBe("how do I bake bread without an…");
  expect(await platformDb().usageEvent.count({ where: { runId, purpose: "title" } })).toBe(0);
  expect(await platformDb().reserveAccount.findUnique({ where: { tenantId: scope.tenantId } })).toMatchObject(
    {
      balanceNano: 1_000_000_000n,
      heldNano: 0n,
    },
  );
});

test("a finished run has its conversation named later, once, unless it has a title", async () => {
  const { scope } = await makeTenant();
  const { conversationId, runId } = await titled(scope);
  const queued = async () => {
    const sql = "SELECT count(*)::int AS count FROM graphile_worker.jobs WHERE key = $1";
    return (await platformPool().query(sql, [`chat.title:${conversationId}`])).rows[0].count;
  };
  const finish = () => withTenant(scope, (db) => titleLater(db, scope, { id: runId, conversationId }));
  await finish();
  await finish();
  expect(await queued()).toBe(1);
  const named = await makeConversation(scope, { title: "Named" });
  await withTenant(scope, (db) => titleLater(db, scope, { id: runId, conversationId: named }));
  const sql = "SELECT count(*)::int AS count FROM graphile_worker.jobs WHERE key = $1";
  expect((await platformPool().query(sql, [`chat.title:${named}`])).rows[0].count).toBe(0);
});

test("until it is named, a conversation goes by the first words of its question", async () => {
  const { scope } = await makeTenant();
  const conversationId = await makeConversation(scope);
  await sendMessage(scope, {
    conversationId,
    text: "How  do I bake bread\nwithout an oven?",
    clientMessageId: newId(),
  });
  const provisional = { title: "How do I bake bread without an…", titleSource: "none" };
  expect(await readConversation(scope, conversationId)).toMatchObject(provisional);
  expect(await getConversation(scope, conversationId)).toMatchObject(provisional);
  const { items } = await listConversations(scope, { limit: 1, archived: false });
  expect(items).toMatchObject([provisional]);
});
