// Where a run's question and answer stand in the tree of a conversation. A turn that is asked or answered again gets a
// sibling: nothing that was said is overwritten, except that a continued answer grows.

import { AppError, notFound } from "../platform/errors";
import { newId } from "../platform/ids";
import type { RunKind } from "../platform/prisma/enums";
import type { TenantDb } from "../platform/tenant-db";
import { BROKEN_OFF_STATUSES } from "./terms";

/** A conversation whose row this transaction has locked. */
export interface Opened {
  id: string;
  model: string;
  activeAgent: string;
  activeLeafId: string | null;
}

export interface Turn {
  /** `newText` is null when the question is there already. */
  question: { id: string; parentId: string | null; position: number; newText: string | null };
  answer: { id: string; isNew: boolean; baseTextLength: number };
  /** Who answers unless the request names someone. */
  agent: string;
}

interface Placement {
  kind: RunKind;
  messageId?: string;
  text?: string;
}

type Found = NonNullable<Awaited<ReturnType<typeof findMessage>>>;

/** The turn that this kind of request makes. Throws `not_found` and `conflict` when the message does not allow it. */
export async function placeTurn(db: TenantDb, conversation: Opened, request: Placement): Promise<Turn> {
  const { kind, text = "" } = request;
  const messageId = kind === "send" ? conversation.activeLeafId : (request.messageId ?? null);
  const message = messageId === null ? null : await findMessage(db, conversation, messageId);
  if (kind === "send") return ask(conversation, message, text);
  if (message === null) throw notFound("Message");
  if (kind === "edit") return askAgain(conversation, message, text);
  const question = await questionOf(db, conversation, message);
  if (kind === "continue") return goOn(db, conversation, { question, message });
  if (kind === "retry" && !isBrokenOff(message))
    throw refused("This answer is complete; regenerate it instead.");
  return { question, answer: newAnswer(), agent: conversation.activeAgent };
}

function ask(conversation: Opened, leaf: Found | null, text: string): Turn {
  const position = leaf === null ? 0 : leaf.position + 1;
  return {
    question: { id: newId(), parentId: leaf?.id ?? null, position, newText: text },
    answer: newAnswer(),
    agent: conversation.activeAgent,
  };
}

function askAgain(conversation: Opened, message: Found, text: string): Turn {
  if (message.role !== "user") throw refused("Only your own messages can be edited.");
  const { parentId, position } = message;
  return {
    question: { id: newId(), parentId, position, newText: text },
    answer: newAnswer(),
    agent: conversation.activeAgent,
  };
}

async function goOn(
  db: TenantDb,
  conversation: Opened,
  { question, message }: { question: Turn["question"]; message: Found },
): Promise<Turn> {
  if (!isBrokenOff(message)) throw refused("This answer is complete.");
  if (message.content === "") throw refused("There is no text to go on with; retry instead.");
  const inConversation = { tenantId: message.tenantId, conversationId: conversation.id };
  const followUps = await db.message.count({ where: { ...inConversation, parentId: message.id }, take: 1 });
  if (followUps > 0) throw refused("The conversation has gone on from this answer; regenerate it instead.");
  return {
    question,
    answer: { id: message.id, isNew: false, baseTextLength: message.content.length },
    agent: message.agent ?? conversation.activeAgent,
  };
}

async function questionOf(db: TenantDb, conversation: Opened, message: Found): Promise<Turn["question"]> {
  if (message.role !== "assistant" || message.parentId === null) throw refused("Choose an answer.");
  const question = await findMessage(db, conversation, message.parentId);
  if (question === null) throw notFound("Message");
  return { id: question.id, parentId: question.parentId, position: question.position, newText: null };
}

function newAnswer(): Turn["answer"] {
  return { id: newId(), isNew: true, baseTextLength: 0 };
}

function isBrokenOff(message: Found): boolean {
  // Nothing writes in an idle conversation: what still says so was left by a run that could not store its answer.
  return message.status === "streaming" || BROKEN_OFF_STATUSES.includes(message.status);
}

function findMessage(db: TenantDb, conversation: Opened, messageId: string) {
  return db.message.findFirst({
    where: { id: messageId, conversationId: conversation.id },
    select: {
      tenantId: true,
      id: true,
      parentId: true,
      position: true,
      role: true,
      status: true,
      agent: true,
      content: true,
    },
  });
}

function refused(message: string): AppError {
  return new AppError("conflict", message);
}
