import { expect, test } from "vitest";
import { makeConversation } from "../../tests/factories/conversations";
import { converse, endRun, makeThread } from "../../tests/factories/messages";
import { addMember, makeTenant } from "../../tests/factories/tenants";
import { platformDb } from "../platform/db";
import { newId } from "../platform/ids";
import { LIMITS } from "../platform/limit-table";
import { consumeLimits } from "../platform/rate-limit";
import { withTenant } from "../platform/tenant-db";
import type { Scope } from "../tenants/scope";
import type { ExportPage } from "./contract";
import { deleteConversation } from "./conversation-changes";
import { exportConversation } from "./export";
import { editMessage } from "./start-run";
import type { ExportFormat } from "./terms";

async function exportAll(scope: Scope, conversationId: string, format: ExportFormat) {
  const pages: ExportPage[] = [];
  let cursor: string | undefined;
  do {
    const page = await exportConversation(scope, { conversationId, format, ...(cursor ? { cursor } : {}) });
    pages.push(page);
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  return { pages, file: pages.map((page) => page.content).join("") };
}

test("Markdown holds the active path in order, JSON the whole tree", async () => {
  const { scope } = await makeTenant();
  const conversationId = await makeConversation(scope, { title: "Über Äpfel: eine Frage?" });
  const first = await converse(scope, conversationId, "First question", { text: "First answer" });
  const edit = { messageId: first.userMessageId, text: "Other question", clientMessageId: newId() };
  await endRun(scope, await editMessage(scope, edit), { text: "Other answer", status: "stopped" });
  const { file, pages } = await exportAll(scope, conversationId, "markdown");
  expect(file.startsWith("# Über Äpfel: eine Frage?\n")).toBe(true);
  expect(file).not.toContain("First question");
  expect(file.indexOf("Other question")).toBeLessThan(file.indexOf("Other answer"));
  expect(file).toContain("*This answer is stopped.*");
  expect(pages[0]?.fileName).toMatch(/^parley-[a-z0-9-]+-\d{4}-\d{2}-\d{2}\.md$/);
  const tree = JSON.parse((await exportAll(scope, conversationId, "json")).file);
  expect(tree).toMatchObject({ format: "parley.conversation", version: 1 });
  expect(tree.conversation).toMatchObject({ id: conversationId, title: "Über Äpfel: eine Frage?" });
  expect(tree.messages.map((message: { text: string }) => message.text)).toEqual([
    "First question",
    "First answer",
    "Other question",
    "Other answer",
  ]);
});

test("a large conversation comes in pieces that join to the file", async () => {
  const { scope } = await makeTenant();
  const conversationId = await makeConversation(scope);
  await makeThread(scope, conversationId, { count: 1_001, textSql: "'line ' || n || ';'" });
  const markdown = await exportAll(scope, conversationId, "markdown");
  expect(markdown.pages.length).toBeGreaterThan(3);
  const numbers = [...markdown.file.matchAll(/line (\d+);/g)].map((match) => Number(match[1]));
  expect(numbers).toEqual(Array.from({ length: 1_001 }, (_, n) => n));
  const json = await exportAll(scope, conversationId, "json");
  expect(JSON.parse(json.file).messages).toHaveLength(1_001);
});

test("an empty conversation, and one of exactly one piece, are whole files", async () => {
  const { scope } = await makeTenant();
  const empty = await makeConversation(scope);
  expect(JSON.parse((await exportAll(scope, empty, "json")).file).messages).toEqual([]);
  expect((await exportAll(scope, empty, "markdown")).file).toContain("# Untitled conversation");
  const full = await makeConversation(scope);
  await makeThread(scope, full, { count: 200 });
  expect(JSON.parse((await exportAll(scope, full, "json")).file).messages).toHaveLength(200);
  expect((await exportAll(scope, full, "markdown")).pages).toHaveLength(1);
});

test("an export is audited once, and is its owner's alone", async () => {
  const tenant = await makeTenant();
  const { scope: colleague } = await addMember(tenant, "admin");
  const neighbour = await makeTenant();
  const conversationId = await makeConversation(tenant.scope);
  await makeThread(tenant.scope, conversationId, { count: 450 });
  await exportAll(tenant.scope, conversationId, "json");
  const where = { targetId: conversationId, action: "conversation.export" };
  expect(await withTenant(tenant.scope, (db) => db.auditLog.count({ where }))).toBe(1);
  for (const scope of [colleague, neighbour.scope]) {
    await expect(exportConversation(scope, { conversationId, format: "json" })).rejects.toMatchObject({
      code: "not_found",
    });
  }
  await deleteConversation(tenant.scope, { conversationId });
  await expect(exportConversation(tenant.scope, { conversationId, format: "json" })).rejects.toMatchObject({
    code: "not_found",
  });
});

test("too many exports in an hour are refused with the time to wait, and the pages of one count once", async () => {
  const { scope } = await makeTenant();
  const conversationId = await makeConversation(scope);
  await makeThread(scope, conversationId, { count: 450 });
  const [name, limit] = ["export.user", LIMITS["export.user"]] as const;
  await consumeLimits([{ ...limit, name, key: scope.userId, weight: limit.points - 1 }]);
  const { pages } = await exportAll(scope, conversationId, "markdown");
  expect(pages.length).toBeGreaterThan(2);
  const audited = () =>
    platformDb().auditLog.count({ where: { action: "conversation.export", actorId: scope.userId } });
  expect(await audited()).toBe(1);
  await expect(exportConversation(scope, { conversationId, format: "json" })).rejects.toMatchObject({
    code: "over_limit",
    details: { reason: "rate_limited", retryAfterSeconds: expect.any(Number) },
  });
  expect(scope.request.reply.limit).toMatchObject({ name, allowed: false, remaining: 0 });
  expect(await audited()).toBe(1);
});
