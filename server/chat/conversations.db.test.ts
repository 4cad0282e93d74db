import { expect, test } from "vitest";
import { makeConversation, readConversation } from "../../tests/factories/conversations";
import { converse, endRun } from "../../tests/factories/messages";
import { addMember, makeTenant } from "../../tests/factories/tenants";
import { travel } from "../platform/clock";
import { encodeCursor } from "../platform/cursor";
import { platformDb } from "../platform/db";
import { newId } from "../platform/ids";
import { logger } from "../platform/logger";
import { withTenant } from "../platform/tenant-db";
import { stopRun } from "../runs/stop";
import type { Scope } from "../tenants/scope";
import {
  archiveConversation,
  deleteConversation,
  markRead,
  renameConversation,
  restoreConversation,
  setModel,
} from "./conversation-changes";
import { createConversation, getConversation, listConversations, readMarks } from "./conversations";
import { purgeJob } from "./purge";
import { sendMessage } from "./start-run";

const HELPERS = { attempt: 1, attemptsMax: 1, signal: new AbortController().signal, logger: logger("test") };
const PAGE = { limit: 30, archived: false };
const DAY_MS = 86_400_000;

async function idsOf(scope: Scope, limit: number, archived = false): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listConversations(scope, { limit, archived, ...(cursor ? { cursor } : {}) });
    ids.push(...page.items.map((item) => item.id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  return ids;
}

test("the list is in order of the last message, in pages of any size, also for equal instants", async () => {
  const { scope } = await makeTenant();
  const at = new Date();
  const ids: string[] = [];
  for (let n = 0; n < 7; n += 1) ids.push(await makeConversation(scope, { lastMessageAt: at }));
  const newest = await makeConversation(scope, { lastMessageAt: new Date(at.getTime() + 1_000) });
  const expected = [newest, ...ids.reverse()];
  for (const limit of [1, 3, 8, 30]) expect(await idsOf(scope, limit)).toEqual(expected);
});

test("archived conversations are a list of their own", async () => {
  const { scope } = await makeTenant();
  const kept = await makeConversation(scope);
  const archived = await makeConversation(scope);
  await archiveConversation(scope, { conversationId: archived, archived: true });
  expect(await idsOf(scope, 30)).toEqual([kept]);
  expect(await idsOf(scope, 30, true)).toEqual([archived]);
  await archiveConversation(scope, { conversationId: archived, archived: false });
  expect(await idsOf(scope, 30)).toHaveLength(2);
  await archiveConversation(scope, { conversationId: archived, archived: true });
  await restoreConversation(scope, { conversationId: archived });
  expect(await idsOf(scope, 30, true)).toEqual([]);
});

test("a conversation is running, then unread, then read", async () => {
  const { scope } = await makeTenant();
  const conversationId = await makeConversation(scope);
  const run = await sendMessage(scope, { conversationId, text: "Q", clientMessageId: newId() });
  expect(await readMarks(scope)).toEqual({ running: [{ conversationId, runId: run.runId }], unread: [] });
  expect(await getConversation(scope, conversationId)).toMatchObject({
    activeRunId: run.runId,
    isUnread: false,
  });
  await endRun(scope, run);
  expect(await readMarks(scope)).toEqual({ running: [], unread: [conversationId] });
  const { items } = await listConversations(scope, PAGE);
  expect(items[0]).toMatchObject({ id: conversationId, isUnread: true, activeRunId: null });
  await markRead(scope, { conversationId });
  expect(await readMarks(scope)).toEqual({ running: [], unread: [] });
});

test("what a person names, chooses and counts is kept", async () => {
  const { scope } = await makeTenant();
  const { conversationId } = await createConversation(scope, { agentId: "code-assistant" });
  await renameConversation(scope, { conversationId, title: "Übung 🎈" });
  await setModel(scope, { conversationId, model: "parley-demo-brief" });
  expect(await getConversation(scope, conversationId)).toMatchObject({
    title: "Übung 🎈",
    model: "parley-demo-brief",
    agent: "code-assistant",
  });
  expect((await readConversation(scope, conversationId)).titleSource).toBe("person");
  await expect(setModel(scope, { conversationId, model: "none" })).rejects.toMatchObject({ code: "invalid" });
});

test("a deleted conversation is gone until it is restored, its run is stopped, both are audited", async () => {
  const { scope } = await makeTenant();
  const conversationId = await makeConversation(scope);
  const run = await sendMessage(scope, { conversationId, text: "Q", clientMessageId: newId() });
  await deleteConversation(scope, { conversationId });
  expect(await idsOf(scope, 30)).toEqual([]);
  expect(await readMarks(scope)).toEqual({ running: [], unread: [] });
  await expect(getConversation(scope, conversationId)).rejects.toMatchObject({ code: "not_found" });
  await expect(deleteConversation(scope, { conversationId })).rejects.toMatchObject({ code: "not_found" });
  const key = { tenantId: scope.tenantId, id: run.runId };
  const stored = await withTenant(scope, (db) => db.run.findUnique({ where: { tenantId_id: key } }));
  expect(stored?.stopRequestedAt).not.toBeNull();
  await restoreConversation(scope, { conversationId });
  await restoreConversation(scope, { conversationId });
  expect(await idsOf(scope, 30)).toEqual([conversationId]);
  const rows = await withTenant(scope, (db) =>
    db.auditLog.findMany({ where: { targetId: conversationId }, orderBy: { seq: "asc" } }),
  );
  expect(rows.map((row) => row.action)).toEqual(["conversation.delete", "conversation.restore"]);
});

test("after thirty days a deleted conversation and all it holds are removed, others stay", async () => {
  const { scope } = await makeTenant();
  const kept = await makeConversation(scope);
  const conversationId = await makeConversation(scope);
  const young = await makeConversation(scope, { deletedAt: new Date() });
  await converse(scope, conversationId, "Q");
  await withTenant(scope, (db) =>
    db.conversation.update({
      where: { tenantId_id: { tenantId: scope.tenantId, id: conversationId } },
      data: { deletedAt: new Date(Date.now() - 31 * DAY_MS) },
    }),
  );
  await expect(restoreConversation(scope, { conversationId })).rejects.toMatchObject({ code: "not_found" });
  await purgeJob.run({}, HELPERS);
  const where = { tenantId: scope.tenantId };
  const left = await platformDb().conversation.findMany({ where, select: { id: true } });
  expect(left.map(({ id }) => id).sort()).toEqual([kept, young].sort());
  expect(await platformDb().message.count({ where })).toBe(0);
  expect(await platformDb().run.count({ where })).toBe(0);
});

test("no one else, not even the tenant's owner, sees or changes a conversation", async () => {
  const tenant = await makeTenant();
  const neighbour = await makeTenant();
  const { scope: member } = await addMember(tenant);
  const { scope: viewer } = await addMember(tenant, "viewer");
  const conversationId = await makeConversation(member, { title: "Private" });
  const run = await sendMessage(member, { conversationId, text: "Q", clientMessageId: newId() });
  for (const scope of [tenant.scope, viewer, neighbour.scope]) {
    expect(await listConversations(scope, PAGE)).toEqual({ items: [], nextCursor: null });
    expect(await readMarks(scope)).toEqual({ running: [], unread: [] });
    const tries = [
      () => getConversation(scope, conversationId),
      () => renameConversation(scope, { conversationId, title: "Taken" }),
      () => archiveConversation(scope, { conversationId, archived: true }),
      () => setModel(scope, { conversationId, model: "parley-demo" }),
      () => markRead(scope, { conversationId }),
      () => deleteConversation(scope, { conversationId }),
      () => restoreConversation(scope, { conversationId }),
      () => stopRun(scope, { runId: run.runId }),
    ];
    for (const attempt of tries) await expect(attempt()).rejects.toMatchObject({ code: "not_found" });
  }
  const untouched = await getConversation(member, conversationId);
  expect(untouched).toMatchObject({ title: "Private", archivedAt: null, activeRunId: run.runId });
});

test("stopping is a row, may be repeated, and does nothing to a run that has ended", async () => {
  const { scope } = await makeTenant();
  const conversationId = await makeConversation(scope);
  const run = await sendMessage(scope, { conversationId, text: "Q", clientMessageId: newId() });
  const read = () =>
    withTenant(scope, (db) =>
      db.run.findUniqueOrThrow({ where: { tenantId_id: { tenantId: scope.tenantId, id: run.runId } } }),
    );
  await stopRun(scope, { runId: run.runId });
  const { stopRequestedAt } = await read();
  travel(1_000);
  await stopRun(scope, { runId: run.runId });
  travel(0);
  expect((await read()).stopRequestedAt).toEqual(stopRequestedAt);
  await endRun(scope, run, { status: "stopped" });
  await stopRun(scope, { runId: run.runId });
  expect((await read()).status).toBe("stopped");
});

test("a cursor that was not made here is refused", async () => {
  const { scope } = await makeTenant();
  const forged = [["now", "x"], ["0000-01-01T00:00:00.000Z", newId()], ["9999-12-31T23:59:59Z"]];
  for (const cursor of ["x", "!!!", "e30", ...forged.map(encodeCursor)]) {
    await expect(listConversations(scope, { ...PAGE, cursor })).rejects.toMatchObject({ code: "invalid" });
  }
});
