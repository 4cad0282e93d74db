import pg from "pg";
import { expect, test } from "vitest";
import { makeConversation, readConversation } from "../../tests/factories/conversations";
import { converse, makeThread } from "../../tests/factories/messages";
import { addMember, makeTenant } from "../../tests/factories/tenants";
import { newId } from "../platform/ids";
import { queryTenant, withTenant } from "../platform/tenant-db";
import type { Scope } from "../tenants/scope";
import type { MessageItem } from "./contract";
import { setLeaf } from "./conversation-changes";
import { listMessages, MESSAGES_PAGE } from "./messages";
import { regenerateAnswer, sendMessage } from "./start-run";

async function readAll(scope: Scope, conversationId: string, limit: number): Promise<MessageItem[]> {
  const items: MessageItem[] = [];
  let before: string | undefined;
  do {
    const page = await listMessages(scope, { conversationId, limit, ...(before ? { before } : {}) });
    items.push(...page.items);
    before = page.nextBefore ?? undefined;
  } while (before);
  return items;
}

test("pages join to the whole path, newest first, whatever their size", async () => {
  const { scope } = await makeTenant();
  const conversationId = await makeConversation(scope);
  await makeThread(scope, conversationId, { count: 95 });
  const expected = Array.from({ length: 95 }, (_, n) => `message ${94 - n}`);
  for (const limit of [1, 7, 40, 95, 100]) {
    const items = await readAll(scope, conversationId, limit);
    expect(items.map((item) => item.text)).toEqual(expected);
  }
});

test("a new message while older pages are read neither repeats nor hides one", async () => {
  const { scope } = await makeTenant();
  const conversationId = await makeConversation(scope);
  await makeThread(scope, conversationId, { count: 10 });
  const first = await listMessages(scope, { conversationId, limit: 4 });
  await converse(scope, conversationId, "meanwhile");
  const before = first.nextBefore ?? "";
  const second = await listMessages(scope, { conversationId, limit: 4, before });
  expect(second.items.map((item) => item.text)).toEqual(["message 5", "message 4", "message 3", "message 2"]);
});

test("a page around a message has it in its middle and leads on in both directions", async () => {
  const { scope } = await makeTenant();
  const conversationId = await makeConversation(scope);
  await makeThread(scope, conversationId, { count: 95 });
  const all = await readAll(scope, conversationId, 100);
  const idOf = (n: number) => all[94 - n]?.id ?? "";
  const around = (n: number) => listMessages(scope, { conversationId, limit: 10, around: idOf(n) });
  const middle = await around(40);
  expect(middle.items.map((item) => item.text)).toEqual(
    Array.from({ length: 10 }, (_, n) => `message ${45 - n}`),
  );
  expect(middle).toMatchObject({
    nextBefore: idOf(36),
    window: { nextAfter: idOf(45), isActiveBranch: true },
  });
  expect((await around(45)).items[0]?.text).toBe("message 50");
  const last = await around(92);
  expect([last.items[0]?.text, last.window?.nextAfter]).toEqual(["message 94", null]);
  expect((await around(0)).items.map((item) => item.text)).toEqual(
    [5, 4, 3, 2, 1, 0].map((n) => `message ${n}`),
  );
});

test("a page around a message of another branch shows that branch, and changes nothing", async () => {
  const { scope } = await makeTenant();
  const conversationId = await makeConversation(scope);
  const first = await converse(scope, conversationId, "Q1", { text: "A1" });
  const deeper = await converse(scope, conversationId, "Q2", { text: "A2" });
  const { userMessageId: messageId } = deeper;
  await regenerateAnswer(scope, { messageId: first.assistantMessageId, clientMessageId: newId() });
  const { activeLeafId } = await readConversation(scope, conversationId);
  const page = await listMessages(scope, { conversationId, limit: 10, around: messageId });
  expect(page.items.map((item) => item.text)).toEqual(["A2", "Q2", "A1", "Q1"]);
  expect(page.window).toEqual({ nextAfter: null, isActiveBranch: false });
  expect((await readConversation(scope, conversationId)).activeLeafId).toBe(activeLeafId);
  const own = await listMessages(scope, { conversationId, limit: 10, around: first.userMessageId });
  expect(own.window?.isActiveBranch).toBe(true);
});

test("an empty conversation has an empty page", async () => {
  const { scope } = await makeTenant();
  const conversationId = await makeConversation(scope);
  expect(await listMessages(scope, { conversationId, limit: 10 })).toEqual({ items: [], nextBefore: null });
});

test("choosing a version shows its branch down to where it was left", async () => {
  const { scope } = await makeTenant();
  const conversationId = await makeConversation(scope);
  const first = await converse(scope, conversationId, "Q1", { text: "A1" });
  const deeper = await converse(scope, conversationId, "Q2", { text: "A2" });
  const again = await regenerateAnswer(scope, {
    messageId: first.assistantMessageId,
    clientMessageId: newId(),
  });
  const { activeLeafId } = await setLeaf(scope, { conversationId, messageId: first.assistantMessageId });
  expect(activeLeafId).toBe(deeper.assistantMessageId);
  const { items } = await listMessages(scope, { conversationId, limit: 10 });
  expect(items.map((item) => item.text)).toEqual(["A2", "Q2", "A1", "Q1"]);
  expect(items[2]?.siblingIds).toEqual([first.assistantMessageId, again.assistantMessageId]);
});

test("an answer being written shows what its run has committed", async () => {
  const { scope } = await makeTenant();
  const conversationId = await makeConversation(scope);
  const run = await sendMessage(scope, { conversationId, text: "Q", clientMessageId: newId() });
  const events = [
    { type: "delta", text: "Hel" },
    { type: "agent", agent: "code-assistant", name: "Code assistant" },
    { type: "delta", text: "lo" },
  ];
  await withTenant(scope, (db) =>
    db.runEvent.createMany({
      data: events.map((data, n) => ({
        tenantId: scope.tenantId,
        runId: run.runId,
        fence: 1,
        sequence: n + 1,
        data,
      })),
    }),
  );
  const { items } = await listMessages(scope, { conversationId, limit: 10 });
  expect(items[0]).toMatchObject({ text: "Hello", status: "streaming", runId: run.runId });
  expect(items[0]?.activity).toEqual([
    { kind: "agent", agent: "code-assistant", name: "Code assistant", offset: 3 },
  ]);
});

test("strangers, colleagues and unknown starting points are not found", async () => {
  const tenant = await makeTenant();
  const neighbour = await makeTenant();
  const { scope: colleague } = await addMember(tenant);
  const conversationId = await makeConversation(tenant.scope);
  const other = await makeConversation(tenant.scope);
  const { userMessageId } = await converse(tenant.scope, other, "elsewhere");
  for (const scope of [neighbour.scope, colleague]) {
    await expect(listMessages(scope, { conversationId, limit: 10 })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(setLeaf(scope, { conversationId: other, messageId: userMessageId })).rejects.toMatchObject({
      code: "not_found",
    });
  }
  for (const place of [userMessageId, newId()]) {
    for (const input of [{ before: place }, { around: place }]) {
      const reading = listMessages(tenant.scope, { conversationId, limit: 10, ...input });
      await expect(reading).rejects.toMatchObject({ code: "not_found" });
    }
  }
  await expect(setLeaf(tenant.scope, { conversationId, messageId: userMessageId })).rejects.toMatchObject({
    code: "not_found",
  });
  expect((await readConversation(tenant.scope, conversationId)).activeLeafId).toBeNull();
});

test("a page reads about as many blocks in a conversation of 20,000 messages as in one of 100", async () => {
  const { scope } = await makeTenant();
  const small = await makeConversation(scope);
  const large = await makeConversation(scope);
  await makeThread(scope, small, { count: 100 });
  await makeThread(scope, large, { count: 20_000 });
  const client = new pg.Client({ connectionString: process.env["TEST_SUPERUSER_URL"] });
  await client.connect();
  await client.query("ANALYZE messages");
  await client.end();
  const blocksOf = async (conversationId: string) => {
    const explain = {
      name: `explain_${conversationId}`,
      text: `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${MESSAGES_PAGE.text}`,
    };
    const values = [scope.tenantId, scope.userId, conversationId, null, 40, null];
    const [row] = await queryTenant<{ "QUERY PLAN": PlanRow[] }>(scope, { ...explain, values });
    return row?.["QUERY PLAN"][0]?.Plan["Shared Hit Blocks"] ?? 0;
  };
  const [smallBlocks, largeBlocks] = [await blocksOf(small), await blocksOf(large)];
  expect(smallBlocks).toBeGreaterThan(0);
  // One more level of the index at most, for each of the page's messages.
  expect(largeBlocks / smallBlocks).toBeLessThan(1.5);
});

interface PlanRow {
  Plan: { "Shared Hit Blocks": number };
}
