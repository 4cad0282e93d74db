// The open conversation: its transcript, the run it watches, and what a person can do to it. A step shows at once and is
// taken back when the server refuses; only an edit, which takes messages off the screen, waits until the server has taken
// it. Text that a person wrote is never lost.

import type { StartedRun } from "../../../server/chat/contract";
import type { ChatApi } from "./chat-api";
import { type Failure, failureOf, isGone, persist } from "./failure";
import { withAnswerAgain, withEdit, withQuestion, withStarted } from "./pending-turn";
import { watchRun } from "./run-watch";
import { type Transcript, transcriptOf, withEvents, withNewer, withNewest, withOlder } from "./transcript";

/** The last turn: what a poll reads while an answer is written. */
const TURN_MESSAGES = 2;

/** How an answer ends for somebody who was taken out of the workspace, or whose conversation is gone. */
const CLOSED_TO_READER = {
  type: "error",
  reason: "closed_to_reader",
  message: "This conversation is not open to you any more.",
} as const;

export interface ConversationState {
  transcript: Transcript;
  /** Why the last step was refused. */
  failure: Failure | null;
  isLoadingOlder: boolean;
  /** The message that was asked for last; another object each time. */
  found: { messageId: string } | null;
  /** What a screen reader says: the start and the end of answers, never their words. */
  announcement: string;
}

export interface ConversationEvents {
  /** An answer is complete, stopped or broken off. */
  onSettled?(): void;
  /** A message was taken by the server. */
  onStarted?(): void;
}

export type AgainKind = "regenerate" | "retry" | "continue";

export class ConversationStore {
  private readonly conversationId: string;
  private state: ConversationState;
  private readonly listeners = new Set<() => void>();
  private closeWatch: (() => void) | null = null;
  private isOpen = false;

  constructor(
    private readonly api: ChatApi,
    opened: { conversationId: string; transcript: Transcript },
    private readonly events: ConversationEvents = {},
  ) {
    this.conversationId = opened.conversationId;
    this.state = {
      transcript: opened.transcript,
      failure: null,
      isLoadingOlder: false,
      found: null,
      announcement: "",
    };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): ConversationState => this.state;

  /** Opens the stream when an answer is being written; the answer closes it without stopping the run. */
  readonly open = (): (() => void) => {
    this.isOpen = true;
    this.watch();
    return () => {
      this.isOpen = false;
      this.unwatch();
    };
  };

  /** Sends a question. False when the server refused: the text then belongs back in the composer. */
  async send(
    text: string,
    choice: { model?: string | undefined; agentId?: string | undefined },
  ): Promise<boolean> {
    // A question is asked at the end of the conversation, which may not be on screen.
    if (this.state.transcript.nextAfter !== null) await this.showNewest();
    const clientMessageId = crypto.randomUUID();
    const { conversationId } = this;
    return this.begin(
      (transcript) => withQuestion(transcript, { text, clientMessageId }),
      () => this.api.send({ conversationId, text, clientMessageId, ...choice }),
    );
  }

  /** Asks a question anew with another text. Answers why the server refused; nothing on screen has changed then. */
  async edit(messageId: string, text: string): Promise<Failure | null> {
    const clientMessageId = crypto.randomUUID();
    this.set({ failure: null, announcement: "Sending." });
    try {
      const started = await persist(() => this.api.edit({ messageId, text, clientMessageId }));
      // An answer that was watched until now has ended: two are never written at once.
      this.unwatch();
      this.setTranscript((transcript) => withEdit(transcript, messageId, { text, clientMessageId }));
      this.started(started);
      // The page may have gone elsewhere in the conversation meanwhile.
      if (this.state.transcript.run === null) await this.showNewest();
      return null;
    } catch (error) {
      this.set({ announcement: "" });
      return failureOf(error);
    }
  }

  again(kind: AgainKind, messageId: string): Promise<boolean> {
    const repeat = { messageId, clientMessageId: crypto.randomUUID() };
    const calls = {
      regenerate: () => this.api.regenerate(repeat),
      retry: () => this.api.retry(repeat),
      continue: () => this.api.continueAnswer(repeat),
    };
    const { clientMessageId } = repeat;
    const isContinued = kind === "continue";
    return this.begin(
      (transcript) => withAnswerAgain(transcript, messageId, { clientMessageId, isContinued }),
      calls[kind],
    );
  }

  async stop(): Promise<void> {
    const { transcript } = this.state;
    if (transcript.run === null || transcript.run.runId === null || transcript.run.isStopping) return;
    const { runId } = transcript.run;
    this.set({ transcript: { ...transcript, run: { ...transcript.run, isStopping: true } } });
    try {
      await persist(() => this.api.stop(runId));
    } catch (error) {
      this.refuse(error);
      const { run } = this.state.transcript;
      if (run !== null) this.setTranscript((now) => ({ ...now, run: { ...run, isStopping: false } }));
    }
  }

  /** Shows another version of a turn. */
  async showVersion(messageId: string): Promise<void> {
    try {
      await this.api.setLeaf(this.conversationId, messageId);
      await this.readNewest();
    } catch (error) {
      this.refuse(error);
    }
  }

  /** Shows one message wherever it is: on this page, on another one, on another branch. */
  async showMessage(messageId: string): Promise<void> {
    const { api, conversationId } = this;
    const isHere = () => this.state.transcript.messages.some((message) => message.id === messageId);
    try {
      if (!isHere()) {
        const page = await api.listMessages({ conversationId, around: messageId });
        this.unwatch();
        this.setTranscript(() => transcriptOf(page));
        this.watch();
      }
      if (this.state.transcript.isOtherBranch) {
        await api.setLeaf(conversationId, messageId);
        this.setTranscript((transcript) => ({ ...transcript, isOtherBranch: false }));
      }
      this.set({ found: { messageId } });
    } catch (error) {
      this.refuse(error);
    }
  }

  async loadNewer(): Promise<void> {
    const around = this.state.transcript.nextAfter;
    if (around === null) return;
    try {
      const page = await this.api.listMessages({ conversationId: this.conversationId, around });
      if (this.state.transcript.nextAfter !== around) return;
      this.setTranscript((transcript) => withNewer(transcript, page));
      this.watch();
    } catch (error) {
      this.refuse(error);
    }
  }

  /** Back to the end of the conversation. */
  async showNewest(): Promise<void> {
    await this.readNewest().catch((error: unknown) => this.refuse(error));
  }

  async loadOlder(): Promise<void> {
    const before = this.state.transcript.nextBefore;
    if (before === null || this.state.isLoadingOlder) return;
    this.set({ isLoadingOlder: true });
    try {
      const page = await persist(() =>
        this.api.listMessages({ conversationId: this.conversationId, before }),
      );
      this.setTranscript((transcript) => withOlder(transcript, page));
    } catch (error) {
      this.refuse(error);
    } finally {
      this.set({ isLoadingOlder: false });
    }
  }

  /** Follows an answer that was started elsewhere. */
  async catchUp(): Promise<void> {
    const { run, nextAfter } = this.state.transcript;
    if (run === null && nextAfter === null) await this.readNewest().catch(() => undefined);
  }

  dismissFailure(): void {
    this.set({ failure: null });
  }

  private async begin(
    show: (transcript: Transcript) => Transcript,
    call: () => Promise<StartedRun>,
  ): Promise<boolean> {
    const before = this.state.transcript;
    if (before.run !== null) return false;
    this.set({ transcript: show(before), failure: null, announcement: "Sending." });
    try {
      this.started(await persist(call));
      return true;
    } catch (error) {
      this.set({ transcript: { ...before, run: null } });
      this.refuse(error);
      if (failureOf(error).reason === "run_active") await this.readNewest().catch(() => undefined);
      return false;
    }
  }

  private started(run: StartedRun): void {
    this.setTranscript((transcript) => withStarted(transcript, run));
    this.set({ announcement: "Answering." });
    this.events.onStarted?.();
    this.watch();
  }

  private async readNewest(limit?: number): Promise<void> {
    const { conversationId } = this;
    const answerId = this.state.transcript.run?.answerId;
    const page = await this.api.listMessages(
      limit === undefined ? { conversationId } : { conversationId, limit },
    );
    // What was sent meanwhile is newer than this page.
    if (this.state.transcript.run?.answerId !== answerId) return;
    this.setTranscript((transcript) => withNewest(transcript, page));
    this.watch();
  }

  private watch(): void {
    const runId = this.state.transcript.run?.runId ?? null;
    // What was sent just before the page was left is answered without it.
    if (runId === null || this.closeWatch !== null || !this.isOpen) return;
    this.closeWatch = watchRun(
      {
        open: (lastEventId, listener) => this.api.watchRun(runId, lastEventId, listener),
        poll: () => this.poll(runId),
      },
      (events) => {
        this.setTranscript((transcript) => withEvents(transcript, runId, events));
        this.settle();
      },
    );
  }

  private unwatch(): void {
    this.closeWatch?.();
    this.closeWatch = null;
  }

  private async poll(runId: string): Promise<boolean> {
    const { conversationId } = this;
    try {
      const page = await this.api.listMessages({ conversationId, limit: TURN_MESSAGES });
      if (this.state.transcript.run?.runId !== runId) return true;
      this.setTranscript((transcript) => withNewest(transcript, page));
    } catch (error) {
      if (!isGone(error)) throw error;
      this.setTranscript((transcript) => withEvents(transcript, runId, [CLOSED_TO_READER]));
    }
    return this.settle();
  }

  /** After the last event: says so, and reads what only the stored message knows (tokens, trimmed turns). */
  private settle(): boolean {
    const { run, messages } = this.state.transcript;
    if (run !== null) return false;
    this.unwatch();
    const status = messages.at(-1)?.status;
    this.set({
      announcement: status === "complete" ? "Answer finished." : "The answer ended early.",
    });
    this.events.onSettled?.();
    this.readNewest(TURN_MESSAGES).catch(() => undefined);
    return true;
  }

  private refuse(error: unknown): void {
    this.set({ failure: failureOf(error), announcement: "" });
  }

  private setTranscript(change: (transcript: Transcript) => Transcript): void {
    this.set({ transcript: change(this.state.transcript) });
  }

  private set(change: Partial<ConversationState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}
