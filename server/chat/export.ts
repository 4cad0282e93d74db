// A conversation as a file: its active path as Markdown, or its whole tree as JSON. It comes in pieces that, joined in
// order, are the file; a piece costs its own length, so that no conversation is too large.

import { z } from "zod";
import { AGENT_PROFILES, isAgentId } from "../agents/terms";
import { now } from "../platform/clock";
import { CursorCount, decodeCursor, encodeCursor } from "../platform/cursor";
import { queryTenant, withTenant } from "../platform/tenant-db";
import type { Scope } from "../tenants/scope";
import { requireFeature } from "../tenants/settings";
import type { ConversationDetail, ExportConversation, ExportPage } from "./contract";
import { auditConversation } from "./conversation-changes";
import { getConversation } from "./conversations";
import type { StoredMessage } from "./message-row";
import { requireRate } from "./rate";
import { EXPORT_MESSAGES_PER_PAGE } from "./terms";

interface ExportRow extends StoredMessage {
  id: string;
  position: number;
}

interface Piece {
  content: string;
  nextCursor: string | null;
}

const COLUMNS = `m.id, m.parent_id, m.position, m.role, m.content, m.status, m.error_reason, m.error_message, m.agent,
  m.model, m.activity, m.is_trimmed, m.input_tokens, m.output_tokens, m.created_at`;

// A path has one message at each depth, so a depth is a place in the file.
const PATH = {
  name: "export_path",
  text: `
  WITH RECURSIVE path AS (
    SELECT m.id, m.parent_id, m.position FROM messages m
     WHERE m.tenant_id = $1 AND m.conversation_id = $2 AND m.id = $3
    UNION ALL
    SELECT m.id, m.parent_id, m.position FROM path p
      JOIN messages m ON m.tenant_id = $1 AND m.conversation_id = $2 AND m.id = p.parent_id
     WHERE p.position > $4::int
  )
  SELECT ${COLUMNS} FROM path p JOIN messages m ON m.tenant_id = $1 AND m.id = p.id
   WHERE p.position >= $4::int AND p.position < $4::int + $5::int ORDER BY p.position`,
};

const TREE = {
  name: "export_tree",
  text: `SELECT ${COLUMNS} FROM messages m
    WHERE m.tenant_id = $1 AND m.conversation_id = $2 AND m.id > $3 ORDER BY m.id LIMIT $4`,
};

const PathPosition = z.tuple([z.uuid(), CursorCount]);
const TreePosition = z.tuple([z.uuid()]);
const FIRST_ID = "00000000-0000-0000-0000-000000000000";
const TEXT_TOO_MANY = "You have exported a lot in the last hour. Please wait.";

/** One piece of the export of an own conversation; the first one is counted and audited. */
export async function exportConversation(scope: Scope, input: ExportConversation): Promise<ExportPage> {
  const conversation = await getConversation(scope, input.conversationId);
  await requireFeature(scope, "conversationExport");
  if (input.cursor === undefined) await noteExport(scope, input);
  const isMarkdown = input.format === "markdown";
  const piece = isMarkdown
    ? await markdownPiece(scope, conversation, input.cursor)
    : await jsonPiece(scope, conversation, input.cursor);
  return {
    format: input.format,
    fileName: `${fileNameOf(conversation)}.${isMarkdown ? "md" : "json"}`,
    mediaType: isMarkdown ? "text/markdown" : "application/json",
    ...piece,
  };
}

async function noteExport(scope: Scope, { conversationId, format }: ExportConversation): Promise<void> {
  await requireRate(scope, ["export.user"], TEXT_TOO_MANY);
  await withTenant(scope, (db) =>
    auditConversation(db, scope, { action: "conversation.export", id: conversationId, metadata: { format } }),
  );
}

async function markdownPiece(
  scope: Scope,
  conversation: ConversationDetail,
  cursor: string | undefined,
): Promise<Piece> {
  const start: [string, number] = [conversation.activeLeafId ?? FIRST_ID, 0];
  const [leafId, from] = cursor === undefined ? start : decodeCursor(cursor, PathPosition);
  const rows = await queryTenant<ExportRow & Record<string, unknown>>(scope, {
    ...PATH,
    values: [scope.tenantId, conversation.id, leafId, from, EXPORT_MESSAGES_PER_PAGE],
  });
  const isLast = rows.length < EXPORT_MESSAGES_PER_PAGE || rows.at(-1)?.id === leafId;
  const heading = cursor === undefined ? headingOf(conversation) : "";
  return {
    content: heading + rows.map(markdownOf).join(""),
    nextCursor: isLast ? null : encodeCursor([leafId, from + EXPORT_MESSAGES_PER_PAGE]),
  };
}

function headingOf(conversation: ConversationDetail): string {
  const { title, model } = conversation;
  return `# ${title ?? "Untitled conversation"}\n\nExported from Parley on ${minuteOf(now())} · model ${model}\n`;
}

function markdownOf(row: ExportRow): string {
  const agent = row.agent !== null && isAgentId(row.agent) ? AGENT_PROFILES[row.agent].name : "Assistant";
  const speaker = row.role === "user" ? "You" : agent;
  const notes = [row.status === "complete" ? "" : `*This answer is ${row.status}.*`, row.error_message ?? ""];
  const body = [`## ${speaker} · ${minuteOf(row.created_at)}`, ...toolsUsed(row), row.content, ...notes];
  return `\n${body.filter((part) => part !== "").join("\n\n")}\n`;
}

function toolsUsed(row: ExportRow): string[] {
  const names = row.activity.flatMap((entry) => (entry.kind === "tool" ? [entry.name] : []));
  return names.length === 0 ? [] : [`*Tools used: ${[...new Set(names)].join(", ")}*`];
}

async function jsonPiece(
  scope: Scope,
  conversation: ConversationDetail,
  cursor: string | undefined,
): Promise<Piece> {
  const [after] = cursor === undefined ? [FIRST_ID] : decodeCursor(cursor, TreePosition);
  const rows = await queryTenant<ExportRow & Record<string, unknown>>(scope, {
    ...TREE,
    values: [scope.tenantId, conversation.id, after, EXPORT_MESSAGES_PER_PAGE],
  });
  const last = rows.length < EXPORT_MESSAGES_PER_PAGE ? undefined : rows.at(-1);
  const opening = cursor === undefined ? openingOf(conversation) : "";
  const separator = cursor === undefined || rows.length === 0 ? "" : ",\n";
  const messages = rows.map((row) => JSON.stringify(messageOf(row))).join(",\n");
  const closing = last === undefined ? "\n]}\n" : "";
  return {
    content: opening + separator + messages + closing,
    nextCursor: last === undefined ? null : encodeCursor([last.id]),
  };
}

function openingOf(conversation: ConversationDetail): string {
  const { isUnread: _isUnread, activeRunId: _activeRunId, preview: _preview, ...kept } = conversation;
  const head = JSON.stringify({ format: "parley.conversation", version: 1, exportedAt: now().toISOString() });
  return `${head.slice(0, -1)},\n"conversation":${JSON.stringify(kept)},\n"messages":[\n`;
}

function messageOf(row: ExportRow) {
  return {
    id: row.id,
    parentId: row.parent_id,
    position: row.position,
    role: row.role,
    text: row.content,
    status: row.status,
    errorReason: row.error_reason,
    errorMessage: row.error_message,
    agent: row.agent,
    model: row.model,
    activity: row.activity,
    isTrimmed: row.is_trimmed,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    createdAt: row.created_at.toISOString(),
  };
}

function minuteOf(instant: Date): string {
  return `${instant.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

// Letters of any script that a header field cannot carry are left out of a file's name.
function fileNameOf({ title, createdAt }: ConversationDetail): string {
  const words =
    (title ?? "")
      .toLowerCase()
      .normalize("NFKD")
      .match(/[a-z0-9]+/g) ?? [];
  return ["parley", ...words.slice(0, 8), createdAt.slice(0, 10)].join("-").slice(0, 100);
}
