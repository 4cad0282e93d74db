import { expect, test, vi } from "vitest";
import { makeConversation, readConversation } from "../../tests/factories/conversations";
import { converse, endRun } from "../../tests/factories/messages";
import { addMember, makeTenant } from "../../tests/factories/tenants";
import { makePayingTenant } from "../../tests/factories/wallet";
import { newId } from "../platform/ids";
import { LIMITS } from "../platform/limit-table";
import { consumeLimits } from "../platform/rate-limit";
import { withTenant } from "../platform/tenant-db";
import type { Scope } from "../tenants/scope";
import { listMessages } from "./messages";
import { continueAnswer, editMessage, regenerateAnswer, retryAnswer, sendMessage } from "./start-run";

const PAGE = { limit: 100 };

async function pathOf(scope: Scope, conversationId: string): Promise<string[]> {
  const { items } = await listMessages(scope, { conversationId, ...PAGE });
  return items.map((item) => item.text).reverse();
}

function countOf(scope: Scope, table: "run" | "message", conversationId: string): Promise<number> {
  const where = { tenantId: scope.tenantId, conversationId };
  return withTenant(scope, (db) => (table === "run" ? db.run.count({ where }) : db.message.count({ where })));
}

test("twenty concurrent duplicates of a message start one run and get one answer", async () => {
  const { scope } = await makeTenant();
  const conversationId = await makeConversation(scope);
  const input = { conversationId, text: "Once only", clientMessageId: newId() };
  const answers = await Promise.all(Array.from({ length: 20 }, () => sendMessage(scope, input)));
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(await countOf(scope, "run", conversationId)).toBe(1);
  expect(await countOf(scope, "message", conversationId)).toBe(2);
  const conversation = await readConversation(scope, conversationId);
  expect(conversation).toMatchObject({
    messageCount: 2,
    activeLeafId: answers[0]?.assistantMessageId,
    lastPreview: "Once only",
  });
});

test("a repeated message gets its first answer also after the run has ended", async () => {
  const { scope } = await makeTenant();
  const conversationId = await makeConversation(scope);
  const input = { conversationId, text: "Again", clientMessageId: "mine-1" };
  const first = await endRun(scope, await sendMessage(scope, input));
  expect(await sendMessage(scope, input)).toEqual(first);
  expect(await countOf(scope, "run", conversationId)).toBe(1);
});

test("the same client message id with another text is a conflict", async () => {
  const { scope } = await makeTenant();
  const conversationId = await makeConversation(scope);
  await sendMessage(scope, { conversationId, text: "One", clientMessageId: "mine-2" });
  const attempt = sendMessage(scope, { conversationId, text: "Two", clientMessageId: "mine-2" });
  await expect(attempt).rejects.toMatchObject({
    code: "conflict",
    details: { reason: "message_id_reused" },
  });
});

test("the same client message id in two conversations at once starts one run", async () => {
  const { scope } = await makeTenant();
  const first = await makeConversation(scope);
  const second = await makeConversation(scope);
  const attempts = await Promise.allSettled(
    [first, second].map((conversationId) =>
      sendMessage(scope, { conversationId, text: "Hi", clientMessageId: "mine-3" }),
    ),
  );
  expect(attempts.filter((attempt) => attempt.status === "fulfilled")).toHaveLength(1);
  const [refused] = attempts.flatMap((attempt) =>
    attempt.status === "rejected" ? [attempt.reason as unknown] : [],
  );
  expect(refused).toMatchObject({ code: "conflict", details: { reason: "message_id_reused" } });
});

test("two people may use the same client message id", async () => {
  const tenant = await makeTenant();
  const { scope: other } = await addMember(tenant);
  const run = async (scope: Scope) => {
    const conversationId = await makeConversation(scope);
    return sendMessage(scope, { conversationId, text: "Hi", clientMessageId: "shared" });
  };
  expect((await run(tenant.scope)).runId).not.toBe((await run(other)).runId);
});

test("while a run is active every way to start another one is refused", async () => {
  const { scope } = await makeTenant();
  const conversationId = await makeConversation(scope);
  const done = await converse(scope, conversationId, "First");
  await sendMessage(scope, { conversationId, text: "Second", clientMessageId: newId() });
  const messageId = done.assistantMessageId;
  const clientMessageId = newId();
  const attempts = [
    () => sendMessage(scope, { conversationId, text: "Third", clientMessageId }),
    () => regenerateAnswer(scope, { messageId, clientMessageId }),
    () => retryAnswer(scope, { messageId, clientMessageId }),
    () => continueAnswer(scope, { messageId, clientMessageId }),
    () => editMessage(scope, { messageId: done.userMessageId, text: "Else", clientMessageId }),
  ];
  for (const attempt of attempts) {
    await expect(attempt()).rejects.toMatchObject({ code: "conflict", details: { reason: "run_active" } });
  }
  expect(await countOf(scope, "run", conversationId)).toBe(2);
});

test("twenty different messages at once: one run starts, the others hear run_active", async () => {
  const { scope } = await makeTenant();
  const conversationId = await makeConversation(scope);
  const attempts = await Promise.allSettled(
    Array.from({ length: 20 }, (_, n) =>
      sendMessage(scope, { conversationId, text: `Message ${n}`, clientMessageId: newId() }),
    ),
  );
  expect(attempts.filter((attempt) => attempt.status === "fulfilled")).toHaveLength(1);
  expect(await countOf(scope, "message", conversationId)).toBe(2);
});

test("regenerating keeps the answer as a sibling and moves the leaf", async () => {
  const { scope } = await makeTenant();
  const conversationId = await makeConversation(scope);
  const first = await converse(scope, conversationId, "Question", { text: "Answer one" });
  const again = await regenerateAnswer(scope, {
    messageId: first.assistantMessageId,
    clientMessageId: newId(),
  });
  await endRun(scope, again, { text: "Answer two" });
  expect(again.userMessageId).toBe(first.userMessageId);
  expect(await pathOf(scope, conversationId)).toEqual(["Question", "Answer two"]);
  const { items } = await listMessages(scope, { conversationId, ...PAGE });
  expect(items[0]?.siblingIds).toEqual([first.assistantMessageId, again.assistantMessageId]);
  expect((await readConversation(scope, conversationId)).messageCount).toBe(3);
});

test("editing starts a branch beside the question and keeps what followed it", async () => {
  const { scope } = await makeTenant();
  const conversationId = await makeConversation(scope);
  const first = await converse(scope, conversationId, "Q1", { text: "A1" });
  await converse(scope, conversationId, "Q2", { text: "A2" });
  const edit = { messageId: first.userMessageId, text: "Q1 edited", clientMessageId: newId() };
  const edited = await endRun(scope, await editMessage(scope, edit), { text: "A1 edited" });
  expect(await pathOf(scope, conversationId)).toEqual(["Q1 edited", "A1 edited"]);
  const { items } = await listMessages(scope, { conversationId, ...PAGE });
  expect(items[1]?.siblingIds).toEqual([first.userMessageId, edited.userMessageId]);
  expect(await countOf(scope, "message", conversationId)).toBe(6);
});

test("continuing an answer that broke off keeps its text and its place", async () => {
  const { scope } = await makeTenant();
  const conversationId = await makeConversation(scope);
  const first = await converse(scope, conversationId, "Q", { text: "Half an", status: "interrupted" });
  const messageId = first.assistantMessageId;
  const again = await continueAnswer(scope, { messageId, clientMessageId: newId() });
  expect(again.assistantMessageId).toBe(messageId);
  expect(await pathOf(scope, conversationId)).toEqual(["Q", "Half an"]);
  const { items } = await listMessages(scope, { conversationId, ...PAGE });
  expect(items[0]).toMatchObject({ status: "streaming", runId: again.runId });
  const run = await withTenant(scope, (db) =>
    db.run.findUniqueOrThrow({ where: { tenantId_id: { tenantId: scope.tenantId, id: again.runId } } }),
  );
  expect(run).toMatchObject({ kind: "continue", baseTextLength: "Half an".length });
});

test("only broken-off answers at the end can be continued, only those with text", async () => {
  const { scope } = await makeTenant();
  const conversationId = await makeConversation(scope);
  const complete = await converse(scope, conversationId, "Q1");
  const empty = await converse(scope, conversationId, "Q2", { text: "", status: "error" });
  const stopped = await converse(scope, conversationId, "Q3", { status: "stopped" });
  await converse(scope, conversationId, "Q4");
  for (const { assistantMessageId } of [complete, empty, stopped]) {
    const attempt = continueAnswer(scope, { messageId: assistantMessageId, clientMessageId: newId() });
    await expect(attempt).rejects.toMatchObject({ code: "conflict" });
  }
});

test("retrying is for answers that failed, editing for questions, regenerating for answers", async () => {
  const { scope } = await makeTenant();
  const conversationId = await makeConversation(scope);
  const { userMessageId, assistantMessageId } = await converse(scope, conversationId, "Q");
  const clientMessageId = newId();
  await expect(retryAnswer(scope, { messageId: assistantMessageId, clientMessageId })).rejects.toMatchObject({
    code: "conflict",
  });
  await expect(
    editMessage(scope, { messageId: assistantMessageId, text: "x", clientMessageId }),
  ).rejects.toMatchObject({ code: "conflict" });
  await expect(regenerateAnswer(scope, { messageId: userMessageId, clientMessageId })).rejects.toMatchObject({
    code: "conflict",
  });
});

test("writing in an archived conversation takes it out of the archive", async () => {
  const { scope } = await makeTenant();
  const conversationId = await makeConversation(scope, { archivedAt: new Date() });
  await converse(scope, conversationId, "Back");
  expect((await readConversation(scope, conversationId)).archivedAt).toBeNull();
});

test("an unknown model or agent is refused and nothing is written", async () => {
  const { scope } = await makeTenant();
  const conversationId = await makeConversation(scope);
  const base = { conversationId, text: "Hi", clientMessageId: newId() };
  await expect(sendMessage(scope, { ...base, model: "none" })).rejects.toMatchObject({ code: "invalid" });
  await expect(sendMessage(scope, { ...base, agentId: "none" })).rejects.toMatchObject({ code: "invalid" });
  expect(await countOf(scope, "message", conversationId)).toBe(0);
});

test("the neighbour, the colleague and the owner of a deleted conversation find nothing", async () => {
  const tenant = await makeTenant();
  const neighbour = await makeTenant();
  const { scope: colleague } = await addMember(tenant, "admin");
  const conversationId = await makeConversation(tenant.scope);
  const { assistantMessageId, userMessageId } = await converse(tenant.scope, conversationId, "Mine");
  const gone = await makeConversation(tenant.scope, { deletedAt: new Date() });
  const tries = [neighbour.scope, colleague].flatMap((scope) => [
    () => sendMessage(scope, { conversationId, text: "x", clientMessageId: newId() }),
    () => regenerateAnswer(scope, { messageId: assistantMessageId, clientMessageId: newId() }),
    () => editMessage(scope, { messageId: userMessageId, text: "x", clientMessageId: newId() }),
  ]);
  tries.push(() => sendMessage(tenant.scope, { conversationId: gone, text: "x", clientMessageId: newId() }));
  for (const attempt of tries) await expect(attempt()).rejects.toMatchObject({ code: "not_found" });
  expect(await countOf(tenant.scope, "message", conversationId)).toBe(2);
});

test("a viewer may not chat, and is not counted for trying", async () => {
  const tenant = await makeTenant();
  const { scope } = await addMember(tenant, "viewer");
  const conversationId = await makeConversation(scope);
  const attempt = sendMessage(scope, { conversationId, text: "x", clientMessageId: newId() });
  await expect(attempt).rejects.toMatchObject({ code: "forbidden" });
  expect(scope.request.reply.limit).toBeNull();
});

test("a person's sixty-first message in a minute is refused with the time to wait; a repeat is not", async () => {
  const { scope } = await makeTenant();
  const conversationId = await makeConversation(scope);
  const warn = vi.spyOn(scope.logger, "warn");
  const first = { conversationId, text: "First", clientMessageId: newId() };
  await endRun(scope, await sendMessage(scope, first));
  await consumeLimits([{ ...LIMITS["chat.user"], name: "chat.user", key: scope.userId, weight: 58 }]);
  await converse(scope, conversationId, "The sixtieth");
  const attempt = sendMessage(scope, { conversationId, text: "Too much", clientMessageId: newId() });
  await expect(attempt).rejects.toMatchObject({
    code: "over_limit",
    details: { reason: "rate_limited", retryAfterSeconds: expect.any(Number) },
  });
  expect(warn).toHaveBeenCalledWith(
    expect.objectContaining({ event: "rate_limit.block" }),
    expect.anything(),
  );
  await expect(sendMessage(scope, first)).resolves.toHaveProperty("runId");
});

test("whoever goes on in a conversation is asked what its own model costs, not the first one", async () => {
  // Enough for the least answer of the brief model, not for one of the default.
  const { scope } = await makePayingTenant(500_000n);
  const conversationId = await makeConversation(scope);
  const ask = (model?: string) => ({
    conversationId,
    text: "Q",
    clientMessageId: newId(),
    ...(model && { model }),
  });
  await expect(sendMessage(scope, ask())).rejects.toMatchObject({
    details: { reason: "reserve_insufficient" },
  });
  const broken = { text: "Half", status: "interrupted" } as const;
  const first = await endRun(scope, await sendMessage(scope, ask("parley-demo-brief")), broken);
  const { assistantMessageId: messageId, userMessageId } = first;
  await endRun(scope, await continueAnswer(scope, { messageId, clientMessageId: newId() }), broken);
  await endRun(scope, await retryAnswer(scope, { messageId, clientMessageId: newId() }));
  await endRun(scope, await regenerateAnswer(scope, { messageId, clientMessageId: newId() }));
  const again = { messageId: userMessageId, text: "Q?", clientMessageId: newId() };
  await endRun(scope, await editMessage(scope, again));
  await endRun(scope, await sendMessage(scope, ask()));
  expect((await readConversation(scope, conversationId)).model).toBe("parley-demo-brief");
  const attempt = sendMessage(scope, ask("parley-demo"));
  await expect(attempt).rejects.toMatchObject({ details: { reason: "reserve_insufficient" } });
});
