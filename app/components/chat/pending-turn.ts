// What a person has just begun and the server has not answered yet: a question, an edit, an answer asked for again. It
// stands in the transcript under ids of the page until the server names it.

import type { MessageItem, StartedRun } from "../../../server/chat/contract";
import { emptyFold } from "./run-fold";
import { type Transcript, waitingRun } from "./transcript";

const PENDING_PREFIX = "pending-";

/** With a question that is on its way to the server, and the place of its answer. */
export function withQuestion(
  transcript: Transcript,
  question: { text: string; clientMessageId: string },
): Transcript {
  const parentId = transcript.messages.at(-1)?.id ?? null;
  return asked(transcript.messages, { ...transcript, run: null }, { ...question, parentId, siblingIds: [] });
}

/** With a question changed: what followed it leaves the screen, its siblings stay reachable. */
export function withEdit(
  transcript: Transcript,
  messageId: string,
  edit: { text: string; clientMessageId: string },
): Transcript {
  const place = transcript.messages.findIndex((message) => message.id === messageId);
  const original = transcript.messages[place];
  if (original === undefined) return transcript;
  const { parentId, siblingIds } = original;
  return asked(transcript.messages.slice(0, place), transcript, { ...edit, parentId, siblingIds });
}

/** With an answer that is written again beside the old one, or (`isContinued`) goes on from its text. */
export function withAnswerAgain(
  transcript: Transcript,
  messageId: string,
  again: { clientMessageId: string; isContinued: boolean },
): Transcript {
  const place = transcript.messages.findIndex((message) => message.id === messageId);
  const old = transcript.messages[place];
  if (old === undefined) return transcript;
  const kept = transcript.messages.slice(0, place);
  if (again.isContinued) {
    const message: MessageItem = { ...old, status: "streaming", errorReason: null, errorMessage: null };
    const run = { runId: null, answerId: old.id, fold: emptyFold(old.text, old.activity), isStopping: false };
    return { ...transcript, messages: [...kept, message], nextAfter: null, run };
  }
  const blank = answerTo(old.parentId, again.clientMessageId);
  const answer = { ...blank, siblingIds: [...old.siblingIds, blank.id] };
  return { ...transcript, messages: [...kept, answer], nextAfter: null, run: waitingRun(answer.id) };
}

/** With the ids that the server gave to what was sent. */
export function withStarted(transcript: Transcript, started: StartedRun): Transcript {
  const { run } = transcript;
  if (run === null || run.runId !== null) return transcript;
  const ids = new Map([[run.answerId, started.assistantMessageId]]);
  const question = transcript.messages.find((message) => isPendingId(message.id) && message.role === "user");
  if (question !== undefined) ids.set(question.id, started.userMessageId);
  const renamed = (id: string) => ids.get(id) ?? id;
  const messages = transcript.messages.map((message) =>
    ids.has(message.id) || (message.parentId !== null && ids.has(message.parentId))
      ? {
          ...message,
          id: renamed(message.id),
          parentId: message.parentId === null ? null : renamed(message.parentId),
          siblingIds: [...new Set(message.siblingIds.map(renamed))],
        }
      : message,
  );
  const firstIds = { ...transcript.firstIds };
  for (const [first, id] of ids) if (first !== id) firstIds[id] = first;
  const answerId = started.assistantMessageId;
  return { ...transcript, messages, run: { ...run, runId: started.runId, answerId }, firstIds };
}

/** Whether this message has not reached the server yet. */
export function isPendingId(id: string): boolean {
  return id.startsWith(PENDING_PREFIX);
}

function asked(
  before: readonly MessageItem[],
  transcript: Transcript,
  question: { text: string; clientMessageId: string; parentId: string | null; siblingIds: readonly string[] },
): Transcript {
  const id = `${PENDING_PREFIX}question-${question.clientMessageId}`;
  const message: MessageItem = {
    ...blankMessage(id, question.parentId),
    siblingIds: [...question.siblingIds, id],
    role: "user",
    text: question.text,
    status: "complete",
  };
  const answer = answerTo(id, question.clientMessageId);
  const messages = [...before, message, answer];
  return { ...transcript, messages, nextAfter: null, run: waitingRun(answer.id) };
}

function answerTo(parentId: string | null, clientMessageId: string): MessageItem {
  const id = `${PENDING_PREFIX}answer-${clientMessageId}`;
  return { ...blankMessage(id, parentId), siblingIds: [id] };
}

function blankMessage(id: string, parentId: string | null): MessageItem {
  return {
    id,
    parentId,
    siblingIds: [id],
    role: "assistant",
    text: "",
    status: "streaming",
    errorReason: null,
    errorMessage: null,
    agent: null,
    model: null,
    activity: [],
    isTrimmed: false,
    inputTokens: 0,
    outputTokens: 0,
    createdAt: new Date().toISOString(),
    runId: null,
  };
}
