// What the chat asks of the server, as the components see it: one interface, so that tests can answer in its place.

import { apiFor } from "~/api";
import type {
  ConversationDetail,
  ConversationItem,
  ConversationMarks,
  MessagePage,
  Page,
  SearchResult,
  StartedRun,
} from "../../../server/chat/contract";
import type { AnswerCost } from "../../../server/usage/usage-events";
import type { RunEvent } from "./run-fold";

/** What becomes of a watched run; `onEvent` carries the id that a later watch resumes from. */
export interface RunListener {
  onStarted(): void;
  onEvent(id: string, event: RunEvent): void;
  onError(): void;
}

export interface NewMessage {
  conversationId: string;
  text: string;
  clientMessageId: string;
  model?: string | undefined;
  agentId?: string | undefined;
}

interface Repeat {
  messageId: string;
  clientMessageId: string;
}

export interface ChatApi {
  createConversation(choice: {
    model?: string | undefined;
    agentId?: string | undefined;
  }): Promise<{ conversationId: string }>;
  getConversation(conversationId: string): Promise<ConversationDetail>;
  listConversations(page: {
    cursor?: string | undefined;
    archived?: boolean;
  }): Promise<Page<ConversationItem>>;
  searchConversations(query: string, cursor?: string): Promise<Page<SearchResult>>;
  marks(): Promise<ConversationMarks>;
  rename(conversationId: string, title: string): Promise<unknown>;
  archive(conversationId: string, archived: boolean): Promise<unknown>;
  remove(conversationId: string): Promise<unknown>;
  restore(conversationId: string): Promise<unknown>;
  markRead(conversationId: string): Promise<unknown>;
  setLeaf(conversationId: string, messageId: string): Promise<unknown>;
  setModel(conversationId: string, model: string): Promise<unknown>;
  listMessages(page: {
    conversationId: string;
    before?: string | undefined;
    around?: string;
    limit?: number;
  }): Promise<MessagePage>;
  send(message: NewMessage): Promise<StartedRun>;
  edit(edit: Repeat & { text: string }): Promise<StartedRun>;
  regenerate(repeat: Repeat): Promise<StartedRun>;
  retry(repeat: Repeat): Promise<StartedRun>;
  continueAnswer(repeat: Repeat): Promise<StartedRun>;
  stop(runId: string): Promise<unknown>;
  costs(messageIds: string[]): Promise<{ items: AnswerCost[] }>;
  /** Opens the stream of a run; the answer closes it. */
  watchRun(runId: string, lastEventId: string | null, listener: RunListener): () => void;
}

/** The procedures of one tenant. */
export function chatApiOf(tenantSlug: string): ChatApi {
  const { chat, conversations, messages, usage } = apiFor(tenantSlug);
  return {
    createConversation: (choice) => conversations.create.mutate(choice),
    getConversation: (conversationId) => conversations.get.query({ conversationId }),
    listConversations: (page) => conversations.list.query(page),
    searchConversations: (query, cursor) => conversations.search.query({ query, cursor }),
    marks: () => conversations.marks.query(),
    rename: (conversationId, title) => conversations.rename.mutate({ conversationId, title }),
    archive: (conversationId, archived) => conversations.archive.mutate({ conversationId, archived }),
    remove: (conversationId) => conversations.delete.mutate({ conversationId }),
    restore: (conversationId) => conversations.restore.mutate({ conversationId }),
    markRead: (conversationId) => conversations.markRead.mutate({ conversationId }),
    setLeaf: (conversationId, messageId) => conversations.setLeaf.mutate({ conversationId, messageId }),
    setModel: (conversationId, model) => conversations.setModel.mutate({ conversationId, model }),
    listMessages: (page) => messages.list.query(page),
    send: (message) => chat.send.mutate(message),
    edit: (edit) => chat.edit.mutate(edit),
    regenerate: (repeat) => chat.regenerate.mutate(repeat),
    retry: (repeat) => chat.retry.mutate(repeat),
    continueAnswer: (repeat) => chat.continue.mutate(repeat),
    stop: (runId) => chat.stop.mutate({ runId }),
    costs: (messageIds) => usage.costs.query({ messageIds }),
    watchRun: (runId, lastEventId, listener) => {
      const subscription = chat.runEvents.subscribe(
        { runId, lastEventId },
        {
          onStarted: listener.onStarted,
          onData: ({ id, data }) => listener.onEvent(id, data),
          onError: listener.onError,
        },
      );
      return () => subscription.unsubscribe();
    },
  };
}
