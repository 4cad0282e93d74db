// Words and limits of the chat that both sides need. Pure: the browser imports this file as it is.

/** Characters (UTF-16 units, as the browser counts them) of one message. */
export const MESSAGE_LENGTH_MAX = 32_000;
/** Characters of a conversation's title. */
export const TITLE_LENGTH_MAX = 200;
/** Characters of the last message that a list shows. */
export const PREVIEW_LENGTH_MAX = 200;
/** Characters of a client's message id. */
export const CLIENT_MESSAGE_ID_LENGTH_MAX = 64;
/** Characters of a search query. */
export const QUERY_LENGTH_MAX = 200;
/** Characters of a model's or an agent's id. */
export const NAME_LENGTH_MAX = 100;

/** Rows of one page, when the client names no number and at most. */
export const CONVERSATIONS_PER_PAGE = 30;
export const CONVERSATIONS_PER_PAGE_MAX = 100;
export const MESSAGES_PER_PAGE = 40;
export const MESSAGES_PER_PAGE_MAX = 100;
export const RESULTS_PER_PAGE = 20;
export const RESULTS_PER_PAGE_MAX = 50;
export const EXPORT_MESSAGES_PER_PAGE = 200;

/** Conversations that one poll of the marks names, newest first. */
export const MARKS_MAX = 200;

/** Days that a deleted conversation can be brought back by its owner, then it is gone. */
export const DELETED_RETENTION_DAYS = 30;

/** The same words as in the database. */
export const MESSAGE_ROLES = ["user", "assistant"] as const;
export type MessageRole = (typeof MESSAGE_ROLES)[number];

export const MESSAGE_STATUSES = ["complete", "streaming", "stopped", "interrupted", "error"] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

/** Answers that broke off: they can be continued when they have text, and retried. */
export const BROKEN_OFF_STATUSES: readonly MessageStatus[] = ["stopped", "interrupted", "error"];

/** Where a title comes from: from nobody yet, from a model, from a person. The same words as in the database. */
export type TitleSource = "none" | "auto" | "person";

export const EXPORT_FORMATS = ["markdown", "json"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
