// Starting a run: question, empty answer, run and the conversation's counters are one transaction. A client message id
// starts one run, however often and however concurrently it comes; a conversation has one active run at a time.

import { offeredModels } from "../catalogue/models";
import { now } from "../platform/clock";
import { isUniqueViolation } from "../platform/db-errors";
import { AppError, notFound } from "../platform/errors";
import type { ModelInfo } from "../platform/model";
import type { Prisma } from "../platform/prisma/client";
import { queryTenant, type TenantDb, withTenant } from "../platform/tenant-db";
import { nudgeRuns, queueRun } from "../runs/queue";
import type { Scope } from "../tenants/scope";
import { admitRun } from "./admission";
import { chosenAgent, chosenModel, usableModel } from "./choices";
import type { EditMessage, RepeatMessage, SendMessage, StartedRun } from "./contract";
import { previewOf } from "./preview";
import { findStarted, hashOf, type RunRequest } from "./started-runs";
import { nameByQuestion } from "./titles";
import { type Opened, placeTurn, type Turn } from "./turns";

/** Appends a message to the active leaf and starts the answer to it. */
export function sendMessage(scope: Scope, input: SendMessage): Promise<StartedRun> {
  return startRun(scope, { kind: "send", ...defined(input) });
}

/** Goes on with an answer that broke off; its text stays and grows. */
export function continueAnswer(scope: Scope, input: RepeatMessage): Promise<StartedRun> {
  return startRun(scope, { kind: "continue", ...input });
}

/** Answers the same question anew after a failure; the failed answer stays as a sibling. */
export function retryAnswer(scope: Scope, input: RepeatMessage): Promise<StartedRun> {
  return startRun(scope, { kind: "retry", ...input });
}

/** Answers the same question anew; the answer so far stays as a sibling. */
export function regenerateAnswer(scope: Scope, input: RepeatMessage): Promise<StartedRun> {
  return startRun(scope, { kind: "regenerate", ...input });
}

/** Asks a question anew with another text; the question so far and what follows it stay as a branch. */
export function editMessage(scope: Scope, input: EditMessage): Promise<StartedRun> {
  return startRun(scope, { kind: "edit", ...input });
}

/** A repeated request gets its first answer, before any limit is asked: it costs nothing new. */
async function startRun(scope: Scope, request: RunRequest): Promise<StartedRun> {
  const before = await findStarted(scope, request);
  if (before) return before;
  const [offered, model] = await Promise.all([offeredModels(scope), modelOf(scope, request)]);
  await admitRun(scope, { model: usableModel(offered, model), text: request.text ?? "" });
  try {
    const started = await withTenant(scope, (db) => commitRun(db, scope, { ...request, offered }));
    nudgeRuns();
    return started;
  } catch (error) {
    if (!(error instanceof TwinError) && !isUniqueViolation(error)) throw error;
    // A twin won: the same request elsewhere, or another run in this conversation.
    const twin = await findStarted(scope, request);
    if (twin) return twin;
    throw runActive();
  }
}

const CONVERSATION_MODEL = {
  name: "chat_model_of_conversation",
  text: `
  SELECT c.model FROM conversations c
   WHERE c.tenant_id = $1 AND c.user_id = $2 AND c.id = coalesce($3::uuid,
     (SELECT m.conversation_id FROM messages m WHERE m.tenant_id = $1 AND m.id = $4::uuid))`,
};

// Whether an answer can be paid for depends on the model that gives it: the one that is asked for, or the conversation's.
async function modelOf(scope: Scope, request: RunRequest): Promise<string | null> {
  const { model, conversationId = null, messageId = null } = request;
  if (model !== undefined) return model;
  const [conversation] = await queryTenant<{ model: string }>(scope, {
    ...CONVERSATION_MODEL,
    values: [scope.tenantId, scope.userId, conversationId, messageId],
  });
  return conversation?.model ?? null;
}

// The conversation's row is locked first, so that requests to one conversation come one after another.
async function commitRun(
  db: TenantDb,
  scope: Scope,
  { offered, ...request }: RunRequest & { offered: ModelInfo[] },
): Promise<StartedRun> {
  const conversation = await openConversation(db, scope, request);
  await requireIdle(db, scope, { conversationId: conversation.id, clientMessageId: request.clientMessageId });
  const turn = await placeTurn(db, conversation, request);
  const choice = {
    model:
      request.model === undefined
        ? usableModel(offered, conversation.model)
        : chosenModel(offered, request.model),
    agent: request.agentId === undefined ? turn.agent : chosenAgent(request.agentId),
  };
  const at = now();
  const placed = { conversationId: conversation.id, turn, choice, at };
  await writeMessages(db, scope, placed);
  const runId = await queueRun(db, scope, {
    conversationId: conversation.id,
    userMessageId: turn.question.id,
    assistantMessageId: turn.answer.id,
    kind: request.kind,
    clientMessageId: request.clientMessageId,
    requestHash: hashOf(request),
    baseTextLength: turn.answer.baseTextLength,
    createdAt: at,
    ...choice,
  });
  await moveConversation(db, scope, placed);
  if (turn.question.newText !== null && turn.question.position === 0) {
    await nameByQuestion(db, scope, { id: conversation.id, question: turn.question.newText });
  }
  return { runId, userMessageId: turn.question.id, assistantMessageId: turn.answer.id };
}

async function openConversation(db: TenantDb, scope: Scope, request: RunRequest): Promise<Opened> {
  const { conversationId = null, messageId = null } = request;
  const [conversation] = await db.$queryRaw<Opened[]>`
    SELECT c.id, c.model, c.active_agent AS "activeAgent", c.active_leaf_id AS "activeLeafId" FROM conversations c
     WHERE c.tenant_id = ${scope.tenantId}::uuid AND c.user_id = ${scope.userId}::uuid AND c.deleted_at IS NULL
       AND c.id = coalesce(${conversationId}::uuid, (SELECT m.conversation_id FROM messages m
             WHERE m.tenant_id = ${scope.tenantId}::uuid AND m.id = ${messageId}::uuid))
       FOR UPDATE`;
  if (conversation === undefined) throw notFound(messageId === null ? "Conversation" : "Message");
  return conversation;
}

async function requireIdle(
  db: TenantDb,
  scope: Scope,
  { conversationId, clientMessageId }: { conversationId: string; clientMessageId: string },
): Promise<void> {
  const active = await db.run.findFirst({
    where: { tenantId: scope.tenantId, conversationId, status: { in: ["queued", "running"] } },
    select: { clientMessageId: true },
  });
  if (active === null) return;
  // The twin of this request was committed while it waited for the conversation: `startRun` answers with it.
  if (active.clientMessageId === clientMessageId) throw new TwinError();
  throw runActive();
}

interface Placed {
  conversationId: string;
  turn: Turn;
  choice: { model: string; agent: string };
  at: Date;
}

async function writeMessages(
  db: TenantDb,
  scope: Scope,
  { conversationId, turn, choice, at }: Placed,
): Promise<void> {
  const { question, answer } = turn;
  const common = { tenantId: scope.tenantId, conversationId, userId: scope.userId, createdAt: at };
  const rows: Prisma.MessageCreateManyInput[] = [];
  if (question.newText !== null) {
    const { id, parentId, position, newText } = question;
    rows.push({ ...common, id, parentId, position, role: "user", content: newText, status: "complete" });
  }
  if (answer.isNew) {
    const place = { id: answer.id, parentId: question.id, position: question.position + 1 };
    rows.push({ ...common, ...place, ...choice, role: "assistant", content: "", status: "streaming" });
  }
  if (rows.length > 0) await db.message.createMany({ data: rows });
  if (answer.isNew) return;
  await db.message.update({
    where: { tenantId_id: { tenantId: scope.tenantId, id: answer.id } },
    data: { status: "streaming", errorReason: null, errorMessage: null, ...choice },
  });
}

// Writing in an archived conversation takes it out of the archive; what one writes oneself is not unread.
async function moveConversation(
  db: TenantDb,
  scope: Scope,
  { conversationId, turn, choice, at }: Placed,
): Promise<void> {
  const { newText } = turn.question;
  const added = (newText === null ? 0 : 1) + (turn.answer.isNew ? 1 : 0);
  await db.conversation.update({
    where: { tenantId_id: { tenantId: scope.tenantId, id: conversationId } },
    data: {
      activeLeafId: turn.answer.id,
      activeAgent: choice.agent,
      model: choice.model,
      archivedAt: null,
      lastMessageAt: at,
      lastReadAt: at,
      messageCount: { increment: added },
      ...(newText === null ? {} : { lastPreview: previewOf(newText) }),
    },
  });
}

class TwinError extends Error {}

function runActive(): AppError {
  return new AppError("conflict", "An answer is being written here. Wait for it or stop it.", {
    reason: "run_active",
  });
}

function defined(input: SendMessage): Omit<RunRequest, "kind"> {
  const { model, agentId, ...rest } = input;
  return {
    ...rest,
    ...(model === undefined ? {} : { model }),
    ...(agentId === undefined ? {} : { agentId }),
  };
}
