// What a run's events make of its answer. The same fold as the server's (server/runs/fold.ts), which settles the
// stored message; run-fold.test.ts proves that both agree.

import type { Activity, RunEvent, TerminalEvent, TokenCounts } from "../../../server/runs/fold";

export type { Activity, RunEvent, TerminalEvent } from "../../../server/runs/fold";

export type AgentActivity = Extract<Activity, { kind: "agent" }>;
export type ToolActivity = Extract<Activity, { kind: "tool" }>;

/** An answer as far as its events have come. */
export interface Fold {
  text: string;
  activity: readonly Activity[];
  usage: TokenCounts;
  terminal: TerminalEvent | null;
}

/** An answer before its first event; a continued answer begins with its text. */
export function emptyFold(text = "", activity: readonly Activity[] = []): Fold {
  return { text, activity, usage: { inputTokens: 0, outputTokens: 0 }, terminal: null };
}

/** The answer after these events. What follows the terminal event changes nothing. */
export function fold(start: Fold, events: readonly RunEvent[]): Fold {
  return events.reduce(withEvent, start);
}

function withEvent(answer: Fold, event: RunEvent): Fold {
  if (answer.terminal !== null) return answer;
  switch (event.type) {
    case "delta":
      return { ...answer, text: answer.text + event.text };
    case "agent":
      return withEntry(answer, {
        kind: "agent",
        agent: event.agent,
        name: event.name,
        offset: answer.text.length,
      });
    case "tool":
      return withTool(answer, event);
    case "usage":
      return { ...answer, usage: sum(answer.usage, event) };
    case "reset":
      return { text: event.text, activity: event.activity, usage: event.usage, terminal: null };
    case "final":
    case "error":
      return { ...answer, terminal: event };
    default:
      return answer;
  }
}

function withEntry(answer: Fold, entry: Activity): Fold {
  return { ...answer, activity: [...answer.activity, entry] };
}

/** A call has one entry: its later phases update the entry where the call began. */
function withTool(answer: Fold, { type: _type, ...progress }: Extract<RunEvent, { type: "tool" }>): Fold {
  const place = answer.activity.findIndex(
    (entry) => entry.kind === "tool" && entry.callId === progress.callId,
  );
  if (place === -1) return withEntry(answer, { kind: "tool", ...progress, offset: answer.text.length });
  const activity = answer.activity.map((entry, index) =>
    index === place && entry.kind === "tool" ? { ...entry, ...progress } : entry,
  );
  return { ...answer, activity };
}

function sum(usage: TokenCounts, more: TokenCounts): TokenCounts {
  return {
    inputTokens: usage.inputTokens + more.inputTokens,
    outputTokens: usage.outputTokens + more.outputTokens,
  };
}
