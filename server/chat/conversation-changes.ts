// What a person changes about an own conversation without an agent: name, place, branch, model, end of life. Each is one
// statement that names tenant and creator, and counts what it changed: nothing changed means `not_found`.

import { recordAudit } from "../audit/log";
import { offeredModels } from "../catalogue/models";
import { fromNow, now } from "../platform/clock";
import { notFound } from "../platform/errors";
import { queryTenant, type TenantDb, type TenantScope, withTenant } from "../platform/tenant-db";
import { requestStop, tellOwners } from "../runs/stop";
import type { Scope } from "../tenants/scope";
import { chosenModel } from "./choices";
import type { ArchiveConversation, ConversationId, RenameConversation, SetLeaf, SetModel } from "./contract";
import { DELETED_RETENTION_DAYS } from "./terms";

const DAY_MS = 86_400_000;

// From any version of a turn down to where that branch was left: the newest answer to each turn.
const SET_LEAF = {
  name: "conversations_set_leaf",
  text: `
  WITH RECURSIVE descent AS (
    SELECT m.id, 1 AS step FROM messages m WHERE m.tenant_id = $1 AND m.conversation_id = $3 AND m.id = $4
    UNION ALL
    SELECT child.id, d.step + 1 FROM descent d CROSS JOIN LATERAL (
      SELECT s.id FROM messages s
       WHERE s.tenant_id = $1 AND s.conversation_id = $3 AND s.parent_id = d.id ORDER BY s.id DESC LIMIT 1) child
  )
  UPDATE conversations c SET active_leaf_id = (SELECT id FROM descent ORDER BY step DESC LIMIT 1), updated_at = $5
   WHERE c.tenant_id = $1 AND c.user_id = $2 AND c.id = $3 AND c.deleted_at IS NULL AND EXISTS (SELECT FROM descent)
  RETURNING c.active_leaf_id`,
};

// Never earlier than the answer that was seen, even when two instances' clocks differ.
const MARK_READ = {
  name: "conversations_mark_read",
  text: `UPDATE conversations c SET last_read_at = greatest($4::timestamptz, c.last_message_at)
    WHERE c.tenant_id = $1 AND c.user_id = $2 AND c.id = $3 AND c.deleted_at IS NULL RETURNING c.id`,
};

/** Gives the conversation a person's title; no automatic one replaces it. */
export async function renameConversation(
  scope: TenantScope,
  input: RenameConversation,
): Promise<{ title: string }> {
  await change(scope, input, { title: input.title, titleSource: "person" });
  return { title: input.title };
}

/** Puts the conversation into the archive or takes it out. */
export async function archiveConversation(
  scope: TenantScope,
  input: ArchiveConversation,
): Promise<{ archivedAt: string | null }> {
  const archivedAt = input.archived ? now() : null;
  await change(scope, input, { archivedAt });
  return { archivedAt: archivedAt?.toISOString() ?? null };
}

/** Chooses the model of the answers to come. */
export async function setModel(scope: TenantScope, input: SetModel): Promise<{ model: string }> {
  const model = chosenModel(await offeredModels(scope), input.model);
  await change(scope, input, { model });
  return { model };
}

/** Shows the branch through this message: its newest leaf becomes the active one. */
export async function setLeaf(scope: TenantScope, input: SetLeaf): Promise<{ activeLeafId: string }> {
  const [row] = await queryTenant<{ active_leaf_id: string }>(scope, {
    ...SET_LEAF,
    values: [scope.tenantId, scope.userId, input.conversationId, input.messageId, now()],
  });
  if (row === undefined) throw notFound("Message");
  return { activeLeafId: row.active_leaf_id };
}

/** Notes that the person has seen what is there. */
export async function markRead(
  scope: TenantScope,
  input: ConversationId,
): Promise<{ conversationId: string }> {
  const rows = await queryTenant(scope, {
    ...MARK_READ,
    values: [scope.tenantId, scope.userId, input.conversationId, now()],
  });
  if (rows.length === 0) throw notFound("Conversation");
  return { conversationId: input.conversationId };
}

/** Takes the conversation away and stops its run; `restoreConversation` brings it back while its rows are kept. */
export async function deleteConversation(
  scope: Scope,
  { conversationId }: ConversationId,
): Promise<{ restorableUntil: string }> {
  const stopped = await withTenant(scope, async (db) => {
    // Run before conversation, as where a run settles: the other order could deadlock with it.
    const runIds = await requestStop(db, scope, { conversationId });
    await changeIn(db, scope, { conversationId, data: { deletedAt: now() } });
    await auditConversation(db, scope, { action: "conversation.delete", id: conversationId });
    return runIds;
  });
  tellOwners(stopped);
  return { restorableUntil: fromNow(DELETED_RETENTION_DAYS * DAY_MS).toISOString() };
}

/** Undoes a deletion, or else takes the conversation out of the archive. What was purged is `not_found`. */
export async function restoreConversation(
  scope: Scope,
  { conversationId }: ConversationId,
): Promise<{ conversationId: string }> {
  await withTenant(scope, async (db) => {
    const { count } = await db.conversation.updateMany({
      where: {
        tenantId: scope.tenantId,
        id: conversationId,
        userId: scope.userId,
        deletedAt: { gt: fromNow(-DELETED_RETENTION_DAYS * DAY_MS) },
      },
      data: { deletedAt: null },
    });
    if (count === 0) return changeIn(db, scope, { conversationId, data: { archivedAt: null } });
    await auditConversation(db, scope, { action: "conversation.restore", id: conversationId });
  });
  return { conversationId };
}

/** Writes who did what to an own conversation. Last in its transaction, as every audit row. */
export async function auditConversation(
  db: TenantDb,
  scope: Scope,
  { action, id, metadata = {} }: { action: string; id: string; metadata?: Record<string, string> },
): Promise<void> {
  await recordAudit(db, {
    tenantId: scope.tenantId,
    actor: scope.actor,
    action,
    category: "chat",
    target: { type: "conversation", id },
    metadata,
    request: scope.request,
  });
}

type Change = {
  title?: string;
  titleSource?: "person";
  model?: string;
  archivedAt?: Date | null;
  deletedAt?: Date;
};

function change(scope: TenantScope, { conversationId }: ConversationId, data: Change): Promise<void> {
  return withTenant(scope, (db) => changeIn(db, scope, { conversationId, data }));
}

async function changeIn(
  db: TenantDb,
  scope: TenantScope,
  { conversationId, data }: { conversationId: string; data: Change },
): Promise<void> {
  const { tenantId, userId } = scope;
  const { count } = await db.conversation.updateMany({
    where: { tenantId, id: conversationId, userId, deletedAt: null },
    data,
  });
  if (count === 0) throw notFound("Conversation");
}
