// What an operator sees of conversations under a live grant. Titles and bodies leave the database only when the grant says
// content; under the other scope their places hold nothing but their length. Which conversation was read is written down.

import { z } from "zod";
import { recordAudit } from "../audit/log";
import { now } from "../platform/clock";
import { CursorInstant, decodeCursor, encodeCursor } from "../platform/cursor";
import { notFound } from "../platform/errors";
import { type TenantDb, withTenant } from "../platform/tenant-db";
import type { Scope } from "../tenants/scope";
import type { InspectConversations, InspectMessages } from "./contract";
import { SUPPORT_PAGE_SIZE, type SupportScope } from "./terms";

export interface InspectedConversation {
  id: string;
  personName: string;
  /** Null when it is masked or there is none. */
  title: string | null;
  model: string;
  messageCount: number;
  createdAt: string;
  lastMessageAt: string;
}

export interface InspectedMessage {
  id: string;
  role: "user" | "assistant";
  status: string;
  model: string | null;
  agent: string | null;
  errorReason: string | null;
  createdAt: string;
  inputTokens: number;
  outputTokens: number;
  lengthCharacters: number;
  /** Null when it is masked. */
  text: string | null;
}

const conversationPosition = z.tuple([CursorInstant, z.uuid()]);
const messagePosition = z.tuple([z.uuid()]);
const NEWEST = [new Date(8_640_000_000_000).toISOString(), "ffffffff-ffff-ffff-ffff-ffffffffffff"] as const;
const FIRST = ["00000000-0000-0000-0000-000000000000"] as const;

/** The workspace's conversations, newest first. Throws `not_found` for everybody without a live grant. */
export async function inspectConversations(scope: Scope, { cursor }: InspectConversations) {
  const [at, id] = cursor === undefined ? NEWEST : decodeCursor(cursor, conversationPosition);
  return withTenant(scope, async (db) => {
    const granted = await requireGrant(db, scope);
    const rows = await db.$queryRaw<ConversationRow[]>`
      SELECT c.id::text, coalesce(p.display_name, 'Somebody who left') AS person_name, c.model, c.message_count,
             CASE WHEN ${granted === "content"} THEN c.title END AS title, c.created_at, c.last_message_at
        FROM conversations c LEFT JOIN user_profiles p ON p.user_id = c.user_id
       WHERE c.tenant_id = ${scope.tenantId}::uuid AND c.deleted_at IS NULL
         AND (c.last_message_at, c.id) < (${at}::timestamptz, ${id}::uuid)
       ORDER BY c.last_message_at DESC, c.id DESC LIMIT ${SUPPORT_PAGE_SIZE + 1}`;
    const items = rows.slice(0, SUPPORT_PAGE_SIZE).map(conversationItem);
    const last = rows.length > SUPPORT_PAGE_SIZE ? items.at(-1) : undefined;
    return { scope: granted, items, nextCursor: last ? encodeCursor([last.lastMessageAt, last.id]) : null };
  });
}

/** One conversation's messages of all branches, oldest first. Throws `not_found` as if it were not there. */
export async function inspectMessages(scope: Scope, { conversationId, cursor }: InspectMessages) {
  const [after] = cursor === undefined ? FIRST : decodeCursor(cursor, messagePosition);
  return withTenant(scope, async (db) => {
    const granted = await requireGrant(db, scope);
    const conversation = await db.conversation.findFirst({
      where: { tenantId: scope.tenantId, id: conversationId, deletedAt: null },
      select: { title: true },
    });
    if (!conversation) throw notFound("Conversation");
    const rows = await db.$queryRaw<MessageRow[]>`
      SELECT m.id::text, m.role::text, m.status::text, m.model, m.agent, m.error_reason, m.created_at, m.input_tokens,
             m.output_tokens, length(m.content) AS length, CASE WHEN ${granted === "content"} THEN m.content END AS text
        FROM messages m
       WHERE m.tenant_id = ${scope.tenantId}::uuid AND m.conversation_id = ${conversationId}::uuid
         AND m.id > ${after}::uuid ORDER BY m.id LIMIT ${SUPPORT_PAGE_SIZE + 1}`;
    const items = rows.slice(0, SUPPORT_PAGE_SIZE).map(messageItem);
    const last = rows.length > SUPPORT_PAGE_SIZE ? items.at(-1) : undefined;
    await noteReading(db, scope, { conversationId, granted });
    const title = granted === "content" ? conversation.title : null;
    return { scope: granted, title, items, nextCursor: last ? encodeCursor([last.id]) : null };
  });
}

// Asked once more where the content is, whatever led here.
async function requireGrant(db: TenantDb, { tenantId, grantId, userId }: Scope): Promise<SupportScope> {
  if (grantId === undefined) throw notFound();
  const grant = await db.supportGrant.findFirst({
    where: { tenantId, id: grantId, operatorId: userId, state: "live", expiresAt: { gt: now() } },
    select: { scope: true },
  });
  if (!grant) throw notFound();
  return grant.scope ?? "metadata";
}

async function noteReading(
  db: TenantDb,
  scope: Scope,
  { conversationId, granted }: { conversationId: string; granted: SupportScope },
): Promise<void> {
  await recordAudit(db, {
    tenantId: scope.tenantId,
    actor: scope.actor,
    action: "support_access.read_conversation",
    category: "tenant",
    target: { type: "conversation", id: conversationId },
    metadata: { grantId: scope.grantId ?? null, scope: granted },
    request: scope.request,
  });
}

interface ConversationRow {
  id: string;
  person_name: string;
  title: string | null;
  model: string;
  message_count: number;
  created_at: Date;
  last_message_at: Date;
}

function conversationItem(row: ConversationRow): InspectedConversation {
  return {
    id: row.id,
    personName: row.person_name,
    title: row.title,
    model: row.model,
    messageCount: row.message_count,
    createdAt: row.created_at.toISOString(),
    lastMessageAt: row.last_message_at.toISOString(),
  };
}

interface MessageRow {
  id: string;
  role: "user" | "assistant";
  status: string;
  model: string | null;
  agent: string | null;
  error_reason: string | null;
  created_at: Date;
  input_tokens: number;
  output_tokens: number;
  length: number;
  text: string | null;
}

function messageItem(row: MessageRow): InspectedMessage {
  return {
    ...{ id: row.id, role: row.role, status: row.status, model: row.model, agent: row.agent, text: row.text },
    errorReason: row.error_reason,
    createdAt: row.created_at.toISOString(),
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    lengthCharacters: row.length,
  };
}
