// Full-text search in a person's own conversations: titles and messages, best first. The SQL function `chat_search`
// names tenant and person itself and bounds how much is ranked; snippets are cut and marked here.

import { z } from "zod";
import type { ConversationHit } from "../agents/tool";
import { decodeCursor, encodeCursor } from "../platform/cursor";
import { queryTenant, type TenantScope } from "../platform/tenant-db";
import type { Page, SearchConversations, SearchResult, SnippetPart } from "./contract";
import { withoutMarkdown } from "./preview";
import { type QueryWords, readQuery, snippetOf } from "./query-words";
import { QUERY_LENGTH_MAX } from "./terms";

interface ResultRow {
  conversation_id: string;
  message_id: string | null;
  title: string | null;
  /** The beginning of the message, or the title. */
  body: string;
  created_at: Date;
  archived_at: Date | null;
}

const SEARCH = { name: "chat_search", text: "SELECT * FROM chat_search($1, $2, $3, $4, $5)" };

// The function ranks at most 500 messages and 500 titles.
const OFFSET_MAX = 1_000;
const TOOL_HITS_MAX = 8;

const ResultPosition = z.tuple([z.int().min(0).max(OFFSET_MAX)]);

/** One page of matches. The last word matches by its beginning, since it may still be typed; any text is a query. */
export async function searchConversations(
  scope: TenantScope,
  input: SearchConversations,
): Promise<Page<SearchResult>> {
  const [offset] = input.cursor === undefined ? [0] : decodeCursor(input.cursor, ResultPosition);
  const words = readQuery(input.query);
  const rows = await findMatches(scope, words, { limit: input.limit + 1, offset });
  const items = rows.slice(0, input.limit).map((row) => resultOf(row, words));
  const hasMore = rows.length > input.limit && offset + input.limit <= OFFSET_MAX;
  return { items, nextCursor: hasMore ? encodeCursor([offset + input.limit]) : null };
}

/** The best matches as an agent's tool reads them. */
export async function searchOwnConversations(scope: TenantScope, query: string): Promise<ConversationHit[]> {
  const words = readQuery(query.slice(0, QUERY_LENGTH_MAX).replace(/\0|\p{Surrogate}/gu, " "));
  const rows = await findMatches(scope, words, { limit: TOOL_HITS_MAX, offset: 0 });
  return rows.map((row) => ({
    conversationId: row.conversation_id,
    title: row.title,
    snippet: plainSnippetOf(row.body, words)
      .map((part) => part.text)
      .join(""),
    createdAt: row.created_at.toISOString(),
  }));
}

function findMatches(
  scope: TenantScope,
  { phrases, unwanted, beginning }: QueryWords,
  page: { limit: number; offset: number },
): Promise<ResultRow[]> {
  const values = [phrases, unwanted, beginning, page.limit, page.offset];
  return queryTenant<ResultRow & Record<string, unknown>>(scope, { ...SEARCH, values });
}

// A match inside of a mark (the address of a link) is shown with it.
function plainSnippetOf(body: string, words: QueryWords): SnippetPart[] {
  const plain = snippetOf(withoutMarkdown(body), words);
  return plain.some((part) => part.isMatch) ? plain : snippetOf(body, words);
}

function resultOf(row: ResultRow, words: QueryWords): SearchResult {
  return {
    conversationId: row.conversation_id,
    messageId: row.message_id,
    title: row.title,
    snippet: plainSnippetOf(row.body, words),
    createdAt: row.created_at.toISOString(),
    isArchived: row.archived_at !== null,
  };
}
