// A ChatApi for tests: each call is noted, and a test says what is answered and what the stream tells.

import { type Mocked, vi } from "vitest";
import type { ChatApi, RunListener } from "~/components/chat/chat-api";
import type { RunEvent } from "~/components/chat/run-fold";
import type { MessageItem, MessagePage, StartedRun } from "../../server/chat/contract";

export const STARTED: StartedRun = { runId: "run-1", userMessageId: "u-2", assistantMessageId: "a-2" };

export function message(change: Partial<MessageItem> & Pick<MessageItem, "id">): MessageItem {
  return {
    parentId: null,
    siblingIds: [change.id],
    role: "assistant",
    text: "",
    status: "complete",
    errorReason: null,
    errorMessage: null,
    agent: "triage",
    model: "demo",
    activity: [],
    isTrimmed: false,
    inputTokens: 0,
    outputTokens: 0,
    createdAt: "2026-01-01T00:00:00.000Z",
    runId: null,
    ...change,
  };
}

/** One finished turn: a question and its answer. */
export const FINISHED_TURN: MessagePage = {
  items: [
    message({ id: "a-1", parentId: "u-1", text: "First answer" }),
    message({ id: "u-1", role: "user", text: "First question", agent: null }),
  ],
  nextBefore: null,
};

export class FakeStream {
  listener: RunListener | null = null;
  lastEventIds: (string | null)[] = [];
  private sequence = 0;

  open(lastEventId: string | null, listener: RunListener): () => void {
    this.lastEventIds.push(lastEventId);
    this.listener = listener;
    listener.onStarted();
    return () => {
      this.listener = null;
    };
  }

  tell(...events: RunEvent[]): void {
    for (const event of events) {
      this.sequence += 1;
      this.listener?.onEvent(`1-${this.sequence}`, event);
    }
  }
}

export function fakeChatApi(stream: FakeStream, change: Partial<ChatApi> = {}): Mocked<ChatApi> {
  const nothing = vi.fn(async () => ({}));
  const api = {
    createConversation: vi.fn(async () => ({ conversationId: "c-1" })),
    getConversation: vi.fn(),
    listConversations: vi.fn(async () => ({ items: [], nextCursor: null })),
    searchConversations: vi.fn(async () => ({ items: [], nextCursor: null })),
    marks: vi.fn(async () => ({ running: [], unread: [] })),
    rename: nothing,
    archive: nothing,
    remove: nothing,
    restore: nothing,
    markRead: nothing,
    setLeaf: vi.fn(async () => ({})),
    setModel: nothing,
    listMessages: vi.fn(async (): Promise<MessagePage> => FINISHED_TURN),
    send: vi.fn(async () => STARTED),
    edit: vi.fn(async () => STARTED),
    regenerate: vi.fn(async () => ({ ...STARTED, userMessageId: "u-1" })),
    retry: vi.fn(async () => ({ ...STARTED, userMessageId: "u-1" })),
    continueAnswer: vi.fn(async () => ({ ...STARTED, userMessageId: "u-1", assistantMessageId: "a-1" })),
    stop: vi.fn(async () => ({})),
    costs: vi.fn(async () => ({ items: [] })),
    watchRun: vi.fn((_runId: string, lastEventId: string | null, listener: RunListener) =>
      stream.open(lastEventId, listener),
    ),
    ...change,
  };
  return api as unknown as Mocked<ChatApi>;
}
