// What the open page and its tab are called: by the title that is written after the first answer, and with a dot while an
// answer waits that nobody has seen.

import { createRemixStub } from "@remix-run/testing";
import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import type { ConversationDetail, ConversationItem } from "../../../server/chat/contract";
import { FakeStream, FINISHED_TURN, fakeChatApi } from "../../../tests/factories/chat-api";
import { CHAT_ROUTE, type ChatData } from "./chat-data";
import { ChatSidebar } from "./chat-sidebar";
import { ChatTopBar, CONVERSATION_ROUTE } from "./chat-top-bar";
import { Conversation } from "./conversation";

const server = vi.hoisted(() => ({ api: null as unknown }));
// why: there is no server behind this page.
vi.mock("./chat-api", () => ({ chatApiOf: () => server.api }));

afterEach(() => Reflect.deleteProperty(document, "visibilityState"));

const AT = "2026-01-01T00:00:00.000Z";
const FIRST_WORDS = { title: "how do I bake bread without an…", titleSource: "none" as const };
const WRITTEN = { title: "Bread without an oven", titleSource: "auto" as const };

function conversation(change: Partial<ConversationDetail> = {}): ConversationDetail {
  return {
    ...{ id: "c-1", preview: null, model: "demo", agent: "triage", messageCount: 2 },
    ...{ lastMessageAt: AT, createdAt: AT, archivedAt: null, isUnread: false, activeRunId: null },
    ...{ activeLeafId: "a-1", inputTokens: 0, outputTokens: 0, handoffCount: 0 },
    ...FIRST_WORDS,
    ...change,
  };
}

/** The page of a conversation that the side bar knows as `listed`; its server tells `told`, one after the other. */
async function show(listed: ConversationItem, opened: ConversationDetail, told: ConversationDetail[]) {
  const stream = new FakeStream();
  const getConversation = vi.fn(async () => told.shift() ?? conversation(WRITTEN));
  const listConversations = vi.fn(async () => ({ items: [listed], nextCursor: null }));
  const markRead = vi.fn(async () => ({}));
  server.api = fakeChatApi(stream, { getConversation, listConversations, markRead });
  const data: ChatData = {
    conversations: { items: [listed], nextCursor: null },
    models: [{ id: "demo", label: "Demo" }],
    usual: { agentId: "triage", model: "demo" },
    canExport: true,
    canWrite: true,
    renderedAt: AT,
  };
  const Page = () => (
    <>
      <ChatSidebar />
      <ChatTopBar />
      <Conversation conversation={opened} page={FINISHED_TURN} clientMessageId="form-1" refusal={null} />
    </>
  );
  const loaded = { conversation: opened };
  const page = { id: CONVERSATION_ROUTE, path: ":conversationId", loader: () => loaded, Component: Page };
  const Stub = createRemixStub([
    { id: CHAT_ROUTE, path: "/t/:tenant/chat", loader: () => data, children: [page] },
  ]);
  const slug = crypto.randomUUID();
  const loaderData = { [CHAT_ROUTE]: data, [CONVERSATION_ROUTE]: loaded };
  render(<Stub initialEntries={[`/t/${slug}/chat/c-1`]} hydrationData={{ loaderData }} />);
  const composer = await screen.findByRole("textbox", { name: "Message" });
  return { stream, composer, getConversation, listConversations, markRead };
}

const titles = () => ({
  heading: screen.getByRole("heading", { level: 1 }).textContent,
  sideBar: screen.getByRole("navigation", { name: "Conversations" }).querySelector("a")?.textContent,
  topBar: document.querySelector("p.font-medium")?.textContent,
  tab: document.title,
});
const everywhere = (title: string) => ({
  heading: title,
  sideBar: title,
  topBar: title,
  tab: `${title} · Parley`,
});

test("the title that follows an answer takes the place of the question's first words", async () => {
  const { stream, composer, getConversation } = await show(
    conversation({ messageCount: 0 }),
    conversation({ messageCount: 0 }),
    [conversation(), conversation(WRITTEN)],
  );
  expect(titles()).toEqual(everywhere(FIRST_WORDS.title));
  await userEvent.type(composer, "how do I bake bread without an oven, please?{Enter}");
  await expect.poll(() => stream.listener).not.toBeNull();
  expect(getConversation).not.toHaveBeenCalled();
  act(() => stream.tell({ type: "final", messageId: "a-2", status: "complete" }));
  await expect.poll(titles).toEqual(everywhere(WRITTEN.title));
  expect(getConversation).toHaveBeenCalledTimes(2);
});

test("a page that is opened before its title is written learns it, too", async () => {
  await show(conversation(), conversation(), []);
  expect(titles()).toEqual(everywhere(FIRST_WORDS.title));
  await expect.poll(titles).toEqual(everywhere(WRITTEN.title));
});

test("a title that came with the page stands in the side bar at once, and is not asked for", async () => {
  const { getConversation } = await show(conversation(), conversation(WRITTEN), []);
  await expect.poll(titles).toEqual(everywhere(WRITTEN.title));
  expect(getConversation).not.toHaveBeenCalled();
});

function turn(state: DocumentVisibilityState): void {
  Object.defineProperty(document, "visibilityState", { configurable: true, value: state });
  document.dispatchEvent(new Event("visibilitychange"));
}

test("an answer that ends while nobody sees the page marks the tab, and is read when the page is shown", async () => {
  const named = conversation(WRITTEN);
  const { stream, composer, listConversations, markRead } = await show(named, named, []);
  expect(markRead).toHaveBeenCalledTimes(1);
  await userEvent.type(composer, "And without a bowl?{Enter}");
  await expect.poll(() => stream.listener).not.toBeNull();
  act(() => turn("hidden"));
  listConversations.mockResolvedValue({ items: [{ ...named, isUnread: true }], nextCursor: null });
  act(() => stream.tell({ type: "final", messageId: "a-2", status: "complete" }));
  await expect.poll(() => document.title).toBe(`• ${WRITTEN.title} · Parley`);
  expect(markRead).toHaveBeenCalledTimes(1);
  await act(async () => turn("visible"));
  expect(document.title).toBe(`${WRITTEN.title} · Parley`);
  expect(markRead).toHaveBeenCalledTimes(2);
});
