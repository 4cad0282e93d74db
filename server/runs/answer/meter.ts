// What one model call used: the provider's own figures when it tells them, otherwise an estimate marked as such.

import type { ModelUsage } from "../../platform/model";
import { TokenEstimate } from "../../platform/tokens";

export class CallMeter {
  /** What the call has added to the message. */
  text = "";
  private isSpeaking = false;
  private readonly written = new TokenEstimate();
  private usage: ModelUsage | null = null;
  private readonly startedAt = Date.now();
  private firstTokenMs: number | null = null;

  constructor(readonly promptTokens: number) {}

  get hasBegunToSpeak(): boolean {
    return this.isSpeaking;
  }

  hear(text: string): void {
    this.firstTokenMs ??= Date.now() - this.startedAt;
    this.isSpeaking ||= text !== "";
    this.note(text);
  }

  /** What the model writes and nobody is shown: it was written all the same. */
  note(text: string): void {
    this.written.add(text);
  }

  keep(text: string): void {
    this.text += text;
  }

  report(usage: ModelUsage): void {
    this.usage = usage;
  }

  tokens() {
    const { inputTokens, outputTokens } = this.usage ?? this.estimate();
    return { inputTokens, outputTokens, isEstimate: this.usage === null };
  }

  /** The figures to record. A call that failed before it said anything used nothing that anyone is charged for. */
  reading(outcome: "ok" | "aborted" | "error") {
    const isVoid = outcome === "error" && !this.hasBegunToSpeak && !this.usage;
    return {
      ...(this.usage ?? (isVoid ? NOTHING : this.estimate())),
      latencyMs: Date.now() - this.startedAt,
      firstTokenMs: this.firstTokenMs,
      outcome,
      source: this.usage ? ("provider_final" as const) : ("estimate" as const),
    };
  }

  private estimate(): ModelUsage {
    return { ...NOTHING, inputTokens: this.promptTokens, outputTokens: this.written.tokens };
  }
}

const NOTHING: ModelUsage = { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0, reasoningTokens: 0 };
