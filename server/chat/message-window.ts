// Where a page around one message begins: some steps below it, towards the leaf of its branch.

import { notFound } from "../platform/errors";
import { queryTenant, type TenantScope } from "../platform/tenant-db";
import type { MessageWindow } from "./contract";

interface WindowRow {
  start_id: string;
  has_newer: boolean;
  is_active: boolean;
}

// On the active path from its leaf up to the message; otherwise from the message down its newest answers, as choosing
// that version would. Positions count steps from the first turn, so the walk knows how far it has to go.
const MESSAGE_WINDOW = {
  name: "message_window",
  text: `
  WITH RECURSIVE target AS (
    SELECT m.id, m.position, c.active_leaf_id FROM conversations c
      JOIN messages m ON m.tenant_id = $1 AND m.conversation_id = c.id AND m.id = $4
     WHERE c.tenant_id = $1 AND c.user_id = $2 AND c.id = $3 AND c.deleted_at IS NULL
  ), active AS (
    SELECT m.id, m.parent_id, m.position FROM target t
      JOIN messages m ON m.tenant_id = $1 AND m.conversation_id = $3 AND m.id = t.active_leaf_id
    UNION ALL
    SELECT m.id, m.parent_id, m.position FROM active a
      JOIN messages m ON m.tenant_id = $1 AND m.conversation_id = $3 AND m.id = a.parent_id
     WHERE a.position > (SELECT position FROM target)
  ), standing AS (
    SELECT EXISTS (SELECT FROM active a JOIN target t ON a.id = t.id) AS is_active
  ), descent AS (
    SELECT t.id, t.position FROM target t, standing s WHERE NOT s.is_active
    UNION ALL
    SELECT child.id, child.position FROM descent d CROSS JOIN LATERAL (
      SELECT s.id, s.position FROM messages s
       WHERE s.tenant_id = $1 AND s.conversation_id = $3 AND s.parent_id = d.id ORDER BY s.id DESC LIMIT 1) child
     WHERE d.position <= (SELECT position FROM target) + $5
  ), line AS (
    SELECT id, position FROM active, standing WHERE is_active
    UNION ALL
    SELECT id, position FROM descent
  )
  SELECT l.id AS start_id, s.is_active,
         EXISTS (SELECT FROM line newer WHERE newer.position > t.position + $5) AS has_newer
    FROM target t, standing s, line l
   WHERE l.position <= t.position + $5
   ORDER BY l.position DESC LIMIT 1`,
};

/** A page of `limit` items that has the message in its middle. Unknown messages and those of others are `not_found`. */
export async function findWindow(
  scope: TenantScope,
  { conversationId, around, limit }: { conversationId: string; around: string; limit: number },
): Promise<MessageWindow & { startId: string }> {
  const [row] = await queryTenant<WindowRow & Record<string, unknown>>(scope, {
    ...MESSAGE_WINDOW,
    values: [scope.tenantId, scope.userId, conversationId, around, Math.floor(limit / 2)],
  });
  if (row === undefined) throw notFound("Message");
  return {
    startId: row.start_id,
    nextAfter: row.has_newer ? row.start_id : null,
    isActiveBranch: row.is_active,
  };
}
