// What goes in and out of the chat procedures. Outputs are plain JSON: instants are ISO 8601 UTC texts.

import { z } from "zod";
import { Id, isStorable, TEXT_UNSTORABLE } from "../platform/contract";
import type { Activity } from "../runs/fold";
import { SettingsVersion } from "../tenants/contract";
import { RETENTION_DAYS_MAX } from "../tenants/terms";
import {
  CLIENT_MESSAGE_ID_LENGTH_MAX,
  CONVERSATIONS_PER_PAGE,
  CONVERSATIONS_PER_PAGE_MAX,
  EXPORT_FORMATS,
  type ExportFormat,
  MESSAGE_LENGTH_MAX,
  MESSAGES_PER_PAGE,
  MESSAGES_PER_PAGE_MAX,
  type MessageRole,
  type MessageStatus,
  NAME_LENGTH_MAX,
  QUERY_LENGTH_MAX,
  RESULTS_PER_PAGE,
  RESULTS_PER_PAGE_MAX,
  TITLE_LENGTH_MAX,
  type TitleSource,
} from "./terms";

export type { Activity, RunEvent } from "../runs/fold";

const CONTROL = /\p{Control}/u;
const CURSOR_LENGTH_MAX = 200;

const text = (lengthMax: number) =>
  z
    .string()
    .max(lengthMax)
    .refine(isStorable, TEXT_UNSTORABLE)
    .refine((value) => value.trim() !== "", "This field is required.");

const line = (lengthMax: number) =>
  text(lengthMax).refine((value) => !CONTROL.test(value), "Control characters are not allowed here.");

const cursor = line(CURSOR_LENGTH_MAX);
const pageSize = (usual: number, max: number) => z.int().min(1).max(max).default(usual);

const messageText = text(MESSAGE_LENGTH_MAX);
const clientMessageId = line(CLIENT_MESSAGE_ID_LENGTH_MAX);
const model = line(NAME_LENGTH_MAX);
const agentId = line(NAME_LENGTH_MAX);

export const ListConversations = z.strictObject({
  cursor: cursor.optional(),
  limit: pageSize(CONVERSATIONS_PER_PAGE, CONVERSATIONS_PER_PAGE_MAX),
  archived: z.boolean().default(false),
});
export type ListConversations = z.infer<typeof ListConversations>;

export const CreateConversation = z.strictObject({ agentId: agentId.optional(), model: model.optional() });
export type CreateConversation = z.infer<typeof CreateConversation>;

export const RetentionPreview = z.strictObject({ days: z.int().min(1).max(RETENTION_DAYS_MAX) });
export type RetentionPreview = z.infer<typeof RetentionPreview>;

/** Null means the usual one. */
export const SetDefaults = z.strictObject({
  version: SettingsVersion,
  agentId: agentId.nullable(),
  model: model.nullable(),
});
export type SetDefaults = z.infer<typeof SetDefaults>;

export const ConversationId = z.strictObject({ conversationId: Id });
export type ConversationId = z.infer<typeof ConversationId>;

export const RenameConversation = z.strictObject({
  conversationId: Id,
  title: line(TITLE_LENGTH_MAX).transform((value) => value.trim()),
});
export type RenameConversation = z.infer<typeof RenameConversation>;

export const ArchiveConversation = z.strictObject({
  conversationId: Id,
  archived: z.boolean().default(true),
});
export type ArchiveConversation = z.infer<typeof ArchiveConversation>;

export const SetLeaf = z.strictObject({ conversationId: Id, messageId: Id });
export type SetLeaf = z.infer<typeof SetLeaf>;

export const SetModel = z.strictObject({ conversationId: Id, model });
export type SetModel = z.infer<typeof SetModel>;

export const SearchConversations = z.strictObject({
  query: text(QUERY_LENGTH_MAX),
  cursor: cursor.optional(),
  limit: pageSize(RESULTS_PER_PAGE, RESULTS_PER_PAGE_MAX),
});
export type SearchConversations = z.infer<typeof SearchConversations>;

export const ExportConversation = z.strictObject({
  conversationId: Id,
  format: z.enum(EXPORT_FORMATS),
  cursor: cursor.optional(),
});
export type ExportConversation = z.infer<typeof ExportConversation>;

/** The newest page, the one before a message, or the one around a message. */
export const ListMessages = z.strictObject({
  conversationId: Id,
  before: Id.optional(),
  around: Id.optional(),
  limit: pageSize(MESSAGES_PER_PAGE, MESSAGES_PER_PAGE_MAX),
});
export type ListMessages = z.infer<typeof ListMessages>;

export const SendMessage = z.strictObject({
  conversationId: Id,
  text: messageText,
  clientMessageId,
  model: model.optional(),
  agentId: agentId.optional(),
});
export type SendMessage = z.infer<typeof SendMessage>;

export const EditMessage = z.strictObject({ messageId: Id, text: messageText, clientMessageId });
export type EditMessage = z.infer<typeof EditMessage>;

/** Continue, retry or regenerate an answer. */
export const RepeatMessage = z.strictObject({ messageId: Id, clientMessageId });
export type RepeatMessage = z.infer<typeof RepeatMessage>;

export const StopRun = z.strictObject({ runId: Id });
export type StopRun = z.infer<typeof StopRun>;

const EVENT_ID_LENGTH_MAX = 64;

/** An unknown or misshapen last event id is no fault: the stream starts over with a `reset`. */
export const WatchRun = z.strictObject({
  runId: Id,
  lastEventId: z.string().max(EVENT_ID_LENGTH_MAX).nullish(),
});
export type WatchRun = z.infer<typeof WatchRun>;

export interface ConversationItem {
  id: string;
  /** Null before the first question; then its first words until the first answer has been named. */
  title: string | null;
  /** `none` while the title is not the final one. */
  titleSource: TitleSource;
  preview: string | null;
  model: string;
  agent: string;
  messageCount: number;
  lastMessageAt: string;
  createdAt: string;
  archivedAt: string | null;
  /** True when an answer was finished since its owner last looked. */
  isUnread: boolean;
  activeRunId: string | null;
}

export interface ConversationDetail extends ConversationItem {
  activeLeafId: string | null;
  inputTokens: number;
  outputTokens: number;
  handoffCount: number;
}

/** What a light poll needs to draw the marks of a sidebar. */
export interface ConversationMarks {
  running: { conversationId: string; runId: string }[];
  unread: string[];
}

export interface MessageItem {
  id: string;
  parentId: string | null;
  /** All versions of this turn, oldest first, itself included. */
  siblingIds: string[];
  role: MessageRole;
  text: string;
  status: MessageStatus;
  errorReason: string | null;
  errorMessage: string | null;
  agent: string | null;
  model: string | null;
  activity: Activity[];
  isTrimmed: boolean;
  inputTokens: number;
  outputTokens: number;
  createdAt: string;
  /** The run that is writing this answer. */
  runId: string | null;
}

export interface MessagePage {
  /** Newest first. */
  items: MessageItem[];
  nextBefore: string | null;
  /** Of a page around a message alone. */
  window?: MessageWindow;
}

export interface MessageWindow {
  /** The newest item when the conversation goes on after it: the page around that one leads on. */
  nextAfter: string | null;
  /** False when the message lies on another branch than the active one: the page shows that branch. */
  isActiveBranch: boolean;
}

export interface StartedRun {
  runId: string;
  userMessageId: string;
  assistantMessageId: string;
}

/** A piece of a snippet; matches are marked by the reader, no HTML travels. */
export interface SnippetPart {
  text: string;
  isMatch: boolean;
}

export interface SearchResult {
  conversationId: string;
  /** Null when the title matched. */
  messageId: string | null;
  title: string | null;
  snippet: SnippetPart[];
  createdAt: string;
  isArchived: boolean;
}

/** A piece of an export: the pieces, joined in order, are the file. */
export interface ExportPage {
  format: ExportFormat;
  fileName: string;
  mediaType: string;
  content: string;
  nextCursor: string | null;
}

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}
