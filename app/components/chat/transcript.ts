// The open conversation as the page shows it: the active path, oldest message first, and the run that writes its last
// answer. Pure functions from one state to the next; what the server knows always wins over what the page assumed.

import type { MessageItem, MessagePage } from "../../../server/chat/contract";
import { emptyFold, type Fold, fold, type RunEvent, type TerminalEvent } from "./run-fold";

export interface Transcript {
  messages: readonly MessageItem[];
  /** Where the next older page begins; null at the beginning of the conversation. */
  nextBefore: string | null;
  /** Where newer messages begin when this is a page around an older one; null at the end of the conversation. */
  nextAfter: string | null;
  /** A branch that is shown and not chosen yet. */
  isOtherBranch: boolean;
  run: ActiveRun | null;
  /** Server id -> the id the page gave it first: a message keeps its place on screen when its id changes. */
  firstIds: Readonly<Record<string, string>>;
}

export interface ActiveRun {
  /** Null until the server has taken the message. */
  runId: string | null;
  answerId: string;
  fold: Fold;
  isStopping: boolean;
}

/** The state after loading: newest page, and the run in it, if one is writing. */
export function transcriptOf(page: MessagePage): Transcript {
  const messages = page.items.toReversed();
  return {
    messages,
    nextBefore: page.nextBefore,
    nextAfter: page.window?.nextAfter ?? null,
    isOtherBranch: page.window?.isActiveBranch === false,
    run: runOf(messages),
    firstIds: {},
  };
}

/** With an older page above. */
export function withOlder(transcript: Transcript, page: MessagePage): Transcript {
  const known = new Set(transcript.messages.map((message) => message.id));
  const older = page.items.toReversed().filter((message) => !known.has(message.id));
  return { ...transcript, messages: [...older, ...transcript.messages], nextBefore: page.nextBefore };
}

/** With the page around the newest message that is known: what follows it. */
export function withNewer(transcript: Transcript, page: MessagePage): Transcript {
  const known = new Set(transcript.messages.map((message) => message.id));
  const newer = page.items.toReversed().filter((message) => !known.has(message.id));
  const messages = [...transcript.messages, ...newer];
  return { ...transcript, messages, nextAfter: page.window?.nextAfter ?? null, run: runOf(newer) };
}

/** With the newest page as the server has it now; older pages stay when they lead up to it. */
export function withNewest(transcript: Transcript, page: MessagePage): Transcript {
  const newest = page.items.toReversed();
  const start = transcript.messages.findIndex((message) => message.id === newest[0]?.id);
  const isConnected = start > 0 && transcript.messages[start - 1]?.id === newest[0]?.parentId;
  const older = isConnected ? transcript.messages.slice(0, start) : [];
  const messages = [...older, ...newest];
  const nextBefore = isConnected ? transcript.nextBefore : page.nextBefore;
  const atEnd = { nextAfter: null, isOtherBranch: false, run: runOf(newest) };
  return joined({ ...transcript, messages, nextBefore, ...atEnd }, transcript.run);
}

/** With events of the run that is on screen; those of another run change nothing. */
export function withEvents(transcript: Transcript, runId: string, events: readonly RunEvent[]): Transcript {
  const { run } = transcript;
  if (run === null || run.runId !== runId || events.length === 0) return transcript;
  const next = fold(run.fold, events);
  const isReset = events.some((event) => event.type === "reset");
  const shown = (message: MessageItem) => (isReset ? fromFold(message, next) : aheadOf(message, next));
  const messages = replaced(transcript.messages, run.answerId, (message) =>
    next.terminal === null ? shown(message) : settled(fromFold(message, next), next.terminal),
  );
  return { ...transcript, messages, run: next.terminal === null ? { ...run, fold: next } : null };
}

/** A run that waits for its first event. */
export function waitingRun(answerId: string): ActiveRun {
  return { runId: null, answerId, fold: emptyFold(), isStopping: false };
}

function runOf(messages: readonly MessageItem[]): ActiveRun | null {
  const writing = messages.findLast((message) => message.status === "streaming" && message.runId !== null);
  return writing === undefined ? null : { ...waitingRun(writing.id), runId: writing.runId };
}

/** What the stream has told of the same run is kept. */
function joined(transcript: Transcript, known: ActiveRun | null): Transcript {
  if (known === null || known.runId === null || transcript.run?.runId !== known.runId) return transcript;
  const messages = replaced(transcript.messages, known.answerId, (message) => aheadOf(message, known.fold));
  return { ...transcript, messages, run: known };
}

/** A page or a poll may be ahead of the stream: the longer text is shown. */
function aheadOf(message: MessageItem, answer: Fold): MessageItem {
  return answer.text.length >= message.text.length ? fromFold(message, answer) : message;
}

function fromFold(message: MessageItem, answer: Fold): MessageItem {
  const agent = answer.activity.findLast((entry) => entry.kind === "agent");
  return {
    ...message,
    text: answer.text,
    activity: answer.activity as MessageItem["activity"],
    agent: agent?.kind === "agent" ? agent.agent : message.agent,
  };
}

function settled(message: MessageItem, terminal: TerminalEvent): MessageItem {
  if (terminal.type === "final") return { ...message, runId: null, status: terminal.status };
  const status = terminal.reason === "interrupted" ? "interrupted" : "error";
  return { ...message, runId: null, status, errorReason: terminal.reason, errorMessage: terminal.message };
}

function replaced(
  messages: readonly MessageItem[],
  id: string,
  change: (message: MessageItem) => MessageItem,
): readonly MessageItem[] {
  return messages.map((message) => (message.id === id ? change(message) : message));
}
