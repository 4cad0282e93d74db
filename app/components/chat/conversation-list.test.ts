import { afterEach, expect, test, vi } from "vitest";
import type { ConversationDetail, ConversationItem } from "../../../server/chat/contract";
import { FakeStream, fakeChatApi } from "../../../tests/factories/chat-api";
import { ConversationList } from "./conversation-list";

afterEach(() => vi.useRealTimers());

function item(id: string, change: Partial<ConversationItem> = {}): ConversationItem {
  const at = `2026-01-01T00:00:0${9 - Number(id.slice(1))}.000Z`;
  return {
    id,
    title: `Title ${id}`,
    titleSource: "person",
    preview: null,
    model: "demo",
    agent: "triage",
    messageCount: 2,
    lastMessageAt: at,
    createdAt: at,
    archivedAt: null,
    isUnread: false,
    activeRunId: null,
    ...change,
  };
}

function listed(items: ConversationItem[], change: Parameters<typeof fakeChatApi>[1] = {}) {
  const api = fakeChatApi(new FakeStream(), change);
  const list = new ConversationList(api, { items, nextCursor: "next" });
  return { api, list, ids: () => list.snapshot().items.map((known) => known.id) };
}

test("marks show what runs and what is new; the open conversation is never new", async () => {
  const marks = vi.fn(async () => ({
    running: [{ conversationId: "c1", runId: "r" }],
    unread: ["c2", "c3"],
  }));
  const { list } = listed([item("c1"), item("c2"), item("c3")], { marks });
  await list.readMarks("c3");
  expect(list.snapshot().items.map(({ activeRunId, isUnread }) => [activeRunId, isUnread])).toEqual([
    ["r", false],
    [null, true],
    [null, false],
  ]);
});

test("an answer that finished elsewhere is told once, and the list is read again", async () => {
  const marks = vi.fn(async () => ({ running: [], unread: ["c1"] }));
  const { api, list } = listed([item("c1", { activeRunId: "r" })], { marks });
  api.listConversations.mockResolvedValue({
    items: [item("c1", { isUnread: true })],
    nextCursor: null,
  });
  expect((await list.readMarks(null)).map((known) => known.id)).toEqual(["c1"]);
  expect(await list.readMarks(null)).toEqual([]);
  expect(api.listConversations).toHaveBeenCalledTimes(1);
});

test("the title of an answer that finished elsewhere is asked for until it is the final one, and no more", async () => {
  vi.useFakeTimers();
  const untitled = item("c1", { activeRunId: "r", title: "First words", titleSource: "none" });
  const { api, list } = listed([untitled, item("c2", { activeRunId: "r2" })], {
    listConversations: vi.fn(async () => ({ items: [untitled, item("c2")], nextCursor: null })),
  });
  const asked = api.getConversation as unknown as ReturnType<typeof vi.fn>;
  asked.mockResolvedValueOnce(untitled);
  asked.mockResolvedValue({ ...untitled, title: "Written", titleSource: "auto" });
  await list.readMarks(null);
  list.awaitTitle("c1");
  await vi.runAllTimersAsync();
  expect(list.find("c1")).toMatchObject({ title: "Written", titleSource: "auto" });
  expect(asked.mock.calls).toEqual([["c1"], ["c1"]]);
});

test("a title that a person gives while it is waited for stays, and one that never comes is given up", async () => {
  vi.useFakeTimers();
  const untitled = { title: "First words", titleSource: "none" as const };
  const getConversation = vi.fn(async (id: string) => item(id, untitled) as ConversationDetail);
  const { list } = listed([item("c1", untitled), item("c2", untitled)], { getConversation });
  list.awaitTitle("c1");
  getConversation.mockImplementationOnce(async (id) => {
    await list.rename(id, "Mine");
    return item(id, { title: "Written", titleSource: "auto" }) as ConversationDetail;
  });
  await vi.runAllTimersAsync();
  expect(list.find("c1")).toMatchObject({ title: "Mine", titleSource: "person" });
  expect(getConversation).toHaveBeenCalledTimes(1);
  list.awaitTitle("c2");
  await vi.runAllTimersAsync();
  expect(getConversation).toHaveBeenCalledTimes(8);
});

test("what cannot be deleted comes back", async () => {
  const { list, ids } = listed([item("c1"), item("c2")], {
    remove: vi.fn().mockRejectedValue(new Error("no")),
  });
  const removing = list.remove("c1");
  expect(ids()).toEqual(["c2"]);
  await expect(removing).rejects.toThrow("no");
  expect(ids()).toEqual(["c1", "c2"]);
});

test("reading the first page again keeps what was loaded below it and drops what left it", async () => {
  const { api, list, ids } = listed([item("c1"), item("c2")]);
  api.listConversations.mockResolvedValueOnce({
    items: [item("c3"), item("c4")],
    nextCursor: null,
  });
  await list.loadMore();
  expect(ids()).toEqual(["c1", "c2", "c3", "c4"]);
  api.listConversations.mockResolvedValueOnce({
    items: [item("c2")],
    nextCursor: "next",
  });
  await list.refresh();
  expect(ids()).toEqual(["c2", "c3", "c4"]);
});
