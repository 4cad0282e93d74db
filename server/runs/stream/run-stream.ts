// The owner's end of a run's stream. It keeps the transcript, numbers the events, publishes them and hands them to the
// group writer. A new owner replays finished steps silently; its first event is a `reset` with what they amount to.

import { applyEvent, type RunEvent, type TerminalEvent, type Transcript } from "../fold";
import type { ClaimedRun } from "../owner/claims";
import type { RunControl } from "../owner/control";
import { toStorable } from "../storable";
import { publishEvent, runChannel } from "./channel";
import type { EventRow, EventWriter } from "./writer";

const STEP_BREAK = "\n\n";

export class RunStream {
  private sequence = 0;
  private isLive: boolean;
  private needsBreak = false;
  private heldBack = "";
  private readonly channel: string;

  constructor(
    private readonly run: ClaimedRun,
    private readonly control: RunControl,
    private readonly writer: EventWriter,
    /** What the message shows before this owner's first event. */
    public transcript: Transcript,
  ) {
    this.channel = runChannel(run.id);
    this.isLive = run.fence === 1 && transcript.text === "" && transcript.activity.length === 0;
  }

  /** From here on events are real. A new owner, or one that continues a text, first says what stands. */
  goLive(): void {
    if (this.isLive) return;
    this.isLive = true;
    const { text, activity, usage } = this.transcript;
    this.send({ type: "reset", text, activity, usage });
  }

  /** Adds an event to the transcript, and to the stream unless it is a replay. */
  emit(event: RunEvent): void {
    this.transcript = applyEvent(this.transcript, event);
    if (this.isLive) this.send(event);
  }

  /** A model begins to speak. Its text is set off from what an earlier step said, unless it continues a sentence. */
  beginStep(isContinuation: boolean): void {
    this.needsBreak = !isContinuation && this.transcript.text !== "";
  }

  /** Adds text that a model said and answers it as stored: without NUL and halves of characters, which no row holds. */
  say(text: string): string {
    const joined = this.heldBack + text;
    this.heldBack = /[\uD800-\uDBFF]$/.test(joined) ? joined.slice(-1) : "";
    const clean = toStorable(joined.slice(0, joined.length - this.heldBack.length));
    if (clean === "") return "";
    this.emit({ type: "delta", text: this.needsBreak ? `${STEP_BREAK}${clean}` : clean });
    this.needsBreak = false;
    return clean;
  }

  /** The model has said all: what was held back waits for nothing more. */
  endStep(): string {
    const rest = this.heldBack;
    this.heldBack = "";
    return rest === "" ? "" : this.say("\uFFFD");
  }

  /** Takes back the events that no group has committed, and the number of the terminal one that follows them. */
  async close(): Promise<{ rows: EventRow[]; sequence: number }> {
    return { sequence: this.nextSequence(), rows: await this.writer.take(this.run) };
  }

  /** Tells subscribers the terminal event, once it is committed. */
  announceEnd(event: TerminalEvent): void {
    publishEvent(this.channel, { fence: this.run.fence, sequence: this.sequence, event });
  }

  private send(event: RunEvent): void {
    if (this.control.end === "lost") return;
    const message = { fence: this.run.fence, sequence: this.nextSequence(), event };
    publishEvent(this.channel, message);
    this.writer.add(this.run, this.control, message);
  }

  private nextSequence(): number {
    this.sequence += 1;
    return this.sequence;
  }
}
