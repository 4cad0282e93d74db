// Messages of a conversation, read along its active path: from the leaf towards the first turn, a page at a time.
// A page costs its own length, wherever it lies and however large the conversation is.

import { notFound } from "../platform/errors";
import { queryTenant, type TenantScope } from "../platform/tenant-db";
import { emptyTranscript, foldEvents, type RunEvent } from "../runs/fold";
import type { ListMessages, MessageItem, MessagePage } from "./contract";
import type { StoredMessage } from "./message-row";
import { findWindow } from "./message-window";

interface MessageRow extends StoredMessage {
  /** Null in the single row of a page without messages. */
  id: string | null;
  sibling_ids: string[];
  run_id: string | null;
  is_start_known: boolean;
  /** What the active run has committed so far, for the answer it writes. */
  events: RunEvent[] | null;
}

/** Walks by primary key and fetches only what is on the page; versions of a turn come from the index of the tree. */
export const MESSAGES_PAGE = {
  name: "messages_page",
  text: `
  WITH RECURSIVE opened AS (
    SELECT c.id, r.id AS run_id, r.assistant_message_id,
           CASE WHEN $4::uuid IS NOT NULL THEN b.parent_id ELSE coalesce($6::uuid, c.active_leaf_id) END AS start_id,
           $4::uuid IS NULL OR b.id IS NOT NULL AS is_start_known
      FROM conversations c
      LEFT JOIN messages b ON b.tenant_id = $1 AND b.conversation_id = c.id AND b.id = $4
      LEFT JOIN runs r ON r.tenant_id = $1 AND r.conversation_id = c.id AND r.status IN ('queued', 'running')
     WHERE c.tenant_id = $1 AND c.user_id = $2 AND c.id = $3 AND c.deleted_at IS NULL
  ), path AS (
    SELECT m.id, m.parent_id, 1 AS step FROM opened o
      JOIN messages m ON m.tenant_id = $1 AND m.conversation_id = o.id AND m.id = o.start_id
    UNION ALL
    SELECT m.id, m.parent_id, p.step + 1 FROM path p
      JOIN messages m ON m.tenant_id = $1 AND m.conversation_id = $3 AND m.id = p.parent_id
     WHERE p.step < $5
  )
  SELECT m.id, m.parent_id, m.role, m.content, m.status, m.error_reason, m.error_message, m.agent, m.model, m.activity,
         m.is_trimmed, m.input_tokens, m.output_tokens, m.created_at, o.is_start_known,
         CASE WHEN m.id = o.assistant_message_id THEN o.run_id END AS run_id,
         CASE WHEN m.id = o.assistant_message_id THEN (SELECT jsonb_agg(e.data ORDER BY e.fence, e.sequence)
           FROM run_events e WHERE e.tenant_id = $1 AND e.run_id = o.run_id) END AS events,
         CASE WHEN m.parent_id IS NULL
           THEN ARRAY(SELECT s.id FROM messages s
             WHERE s.tenant_id = $1 AND s.conversation_id = $3 AND s.parent_id IS NULL ORDER BY s.id)
           ELSE ARRAY(SELECT s.id FROM messages s
             WHERE s.tenant_id = $1 AND s.conversation_id = $3 AND s.parent_id = m.parent_id ORDER BY s.id)
         END AS sibling_ids
    FROM opened o
    LEFT JOIN path p ON true
    LEFT JOIN messages m ON m.tenant_id = $1 AND m.id = p.id
   ORDER BY p.step`,
};

/**
 * One page of the active path, newest first; `before` is the last item of the page before, `around` any message of the
 * conversation. Conversations of others and unknown messages are `not_found`.
 */
export async function listMessages(scope: TenantScope, input: ListMessages): Promise<MessagePage> {
  const { around, before, ...rest } = input;
  if (around === undefined || before !== undefined) return readPage(scope, input, null);
  const { startId, ...window } = await findWindow(scope, { ...rest, around });
  return { ...(await readPage(scope, rest, startId)), window };
}

async function readPage(
  scope: TenantScope,
  input: ListMessages,
  startId: string | null,
): Promise<MessagePage> {
  const rows = await queryTenant<MessageRow & Record<string, unknown>>(scope, {
    ...MESSAGES_PAGE,
    values: [scope.tenantId, scope.userId, input.conversationId, input.before ?? null, input.limit, startId],
  });
  const [first] = rows;
  if (first === undefined) throw notFound("Conversation");
  if (!first.is_start_known) throw notFound("Message");
  const items = rows.flatMap((row) => (row.id === null ? [] : [itemOf(row, row.id)]));
  const last = items.at(-1);
  return { items, nextBefore: last === undefined || last.parentId === null ? null : last.id };
}

// An answer that is being written shows what its run has committed, so that polling works where streams do not; its
// row holds the text when the run has ended.
function itemOf(row: MessageRow, id: string): MessageItem {
  const shown = foldEvents(row.events ?? [], emptyTranscript({ text: row.content, activity: row.activity }));
  return {
    id,
    parentId: row.parent_id,
    siblingIds: row.sibling_ids,
    role: row.role,
    text: shown.text,
    // An answer that nobody writes any more broke off, whatever its row says.
    status: row.status === "streaming" && row.run_id === null ? "interrupted" : row.status,
    errorReason: row.error_reason,
    errorMessage: row.error_message,
    agent: row.agent,
    model: row.model,
    activity: shown.activity,
    isTrimmed: row.is_trimmed,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    createdAt: row.created_at.toISOString(),
    runId: row.run_id,
  };
}
