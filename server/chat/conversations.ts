// A person's own conversations: listed, opened, begun. Every read starts from tenant and creator, so that nobody else's
// conversation can be named, listed or counted; one that was deleted is as absent as one that never was.

import { z } from "zod";
import { offeredModels } from "../catalogue/models";
import { now } from "../platform/clock";
import { CursorInstant, decodeCursor, encodeCursor } from "../platform/cursor";
import { notFound } from "../platform/errors";
import { newId } from "../platform/ids";
import { queryTenant, type TenantScope, withTenant } from "../platform/tenant-db";
import { readPreferences } from "../tenants/settings";
import { chosenAgent, chosenModel } from "./choices";
import type {
  ConversationDetail,
  ConversationItem,
  ConversationMarks,
  CreateConversation,
  ListConversations,
  Page,
} from "./contract";
import { usualAgent, usualModel } from "./defaults";
import { MARKS_MAX, type TitleSource } from "./terms";

interface ItemRow {
  id: string;
  title: string | null;
  title_source: TitleSource;
  last_preview: string | null;
  model: string;
  active_agent: string;
  message_count: number;
  last_message_at: Date;
  created_at: Date;
  archived_at: Date | null;
  is_unread: boolean;
  run_id: string | null;
}

interface DetailRow extends ItemRow {
  active_leaf_id: string | null;
  input_tokens: string;
  output_tokens: string;
  handoff_count: number;
}

const ITEM_COLUMNS = `
  c.id, c.title, c.title_source, c.last_preview, c.model, c.active_agent, c.message_count, c.last_message_at, c.created_at,
  c.archived_at, r.id IS NULL AND c.last_message_at > c.last_read_at AS is_unread, r.id AS run_id`;

const WITH_ACTIVE_RUN = `
  conversations c LEFT JOIN runs r
    ON r.tenant_id = c.tenant_id AND r.conversation_id = c.id AND r.status IN ('queued', 'running')`;

const PAGE_END = ` AND (c.last_message_at, c.id) < ($3::timestamptz, $4::uuid)
  ORDER BY c.last_message_at DESC, c.id DESC LIMIT $5`;

const OWN = "c.tenant_id = $1 AND c.user_id = $2 AND c.deleted_at IS NULL";

const LIST = {
  name: "conversations_list",
  text: `SELECT ${ITEM_COLUMNS} FROM ${WITH_ACTIVE_RUN} WHERE ${OWN} AND c.archived_at IS NULL${PAGE_END}`,
};

const LIST_ARCHIVED = {
  name: "conversations_list_archived",
  text: `SELECT ${ITEM_COLUMNS} FROM ${WITH_ACTIVE_RUN} WHERE ${OWN} AND c.archived_at IS NOT NULL${PAGE_END}`,
};

const GET = {
  name: "conversations_get",
  text: `SELECT ${ITEM_COLUMNS}, c.active_leaf_id, c.input_tokens, c.output_tokens, c.handoff_count
    FROM ${WITH_ACTIVE_RUN} WHERE ${OWN} AND c.id = $3`,
};

const MARKS = {
  name: "conversations_marks",
  text: `
    (SELECT r.conversation_id, r.id AS run_id FROM runs r
       JOIN conversations c ON c.tenant_id = r.tenant_id AND c.id = r.conversation_id AND c.deleted_at IS NULL
      WHERE r.tenant_id = $1 AND r.user_id = $2 AND r.status IN ('queued', 'running') ORDER BY r.id DESC LIMIT $3)
    UNION ALL
    (SELECT c.id, NULL FROM conversations c
      WHERE ${OWN} AND c.last_message_at > c.last_read_at ORDER BY c.last_message_at DESC LIMIT $3)`,
};

const ListPosition = z.tuple([CursorInstant, z.uuid()]);
const BEFORE_ALL: [string, string] = ["infinity", "ffffffff-ffff-ffff-ffff-ffffffffffff"];

/** One page of the person's conversations, the one that moved last first; the archive is a list of its own. */
export async function listConversations(
  scope: TenantScope,
  input: ListConversations,
): Promise<Page<ConversationItem>> {
  const [at, id] = input.cursor === undefined ? BEFORE_ALL : decodeCursor(input.cursor, ListPosition);
  const rows = await queryTenant<ItemRow & Record<string, unknown>>(scope, {
    ...(input.archived ? LIST_ARCHIVED : LIST),
    values: [scope.tenantId, scope.userId, at, id, input.limit + 1],
  });
  const items = rows.slice(0, input.limit).map(itemOf);
  const last = items.at(-1);
  const hasMore = rows.length > input.limit && last !== undefined;
  return { items, nextCursor: hasMore ? encodeCursor([last.lastMessageAt, last.id]) : null };
}

/** One of the person's own conversations; anything else is `not_found`. */
export async function getConversation(
  scope: TenantScope,
  conversationId: string,
): Promise<ConversationDetail> {
  const [row] = await queryTenant<DetailRow & Record<string, unknown>>(scope, {
    ...GET,
    values: [scope.tenantId, scope.userId, conversationId],
  });
  if (row === undefined) throw notFound("Conversation");
  return {
    ...itemOf(row),
    activeLeafId: row.active_leaf_id,
    inputTokens: Number(row.input_tokens),
    outputTokens: Number(row.output_tokens),
    handoffCount: row.handoff_count,
  };
}

/** Which of the person's conversations are being answered and which were answered unseen; cheap enough to poll. */
export async function readMarks(scope: TenantScope): Promise<ConversationMarks> {
  const rows = await queryTenant<{ conversation_id: string; run_id: string | null }>(scope, {
    ...MARKS,
    values: [scope.tenantId, scope.userId, MARKS_MAX],
  });
  const running = rows.flatMap((row) =>
    row.run_id === null ? [] : [{ conversationId: row.conversation_id, runId: row.run_id }],
  );
  const isRunning = new Set(running.map((mark) => mark.conversationId));
  const unread = rows.filter((row) => row.run_id === null && !isRunning.has(row.conversation_id));
  return { running, unread: unread.map((row) => row.conversation_id) };
}

/** Begins an empty conversation with this agent and model, or the ones that are usual in the workspace. */
export async function createConversation(
  scope: TenantScope,
  input: CreateConversation,
): Promise<{ conversationId: string }> {
  const named = input.agentId === undefined ? null : chosenAgent(input.agentId);
  const offered = await offeredModels(scope);
  const namedModel = input.model === undefined ? null : chosenModel(offered, input.model);
  const conversationId = newId();
  const at = now();
  await withTenant(scope, async (db) => {
    const preferences = await readPreferences(db, scope.tenantId);
    const agent = named ?? usualAgent(preferences);
    await db.conversation.create({
      data: {
        tenantId: scope.tenantId,
        id: conversationId,
        userId: scope.userId,
        model: namedModel ?? usualModel(offered, preferences),
        entryAgent: agent,
        activeAgent: agent,
        agentSessionId: newId(),
        lastMessageAt: at,
        lastReadAt: at,
      },
    });
  });
  return { conversationId };
}

function itemOf(row: ItemRow): ConversationItem {
  return {
    id: row.id,
    title: row.title,
    titleSource: row.title_source,
    preview: row.last_preview,
    model: row.model,
    agent: row.active_agent,
    messageCount: row.message_count,
    lastMessageAt: row.last_message_at.toISOString(),
    createdAt: row.created_at.toISOString(),
    archivedAt: row.archived_at?.toISOString() ?? null,
    isUnread: row.is_unread,
    activeRunId: row.run_id,
  };
}
