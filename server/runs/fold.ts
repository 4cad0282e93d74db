// A transcript is the fold of its run's events: the server that settles a run, a late subscriber and the browser all
// arrive at the same text by this one function. Pure, without imports, so that both sides can use it.

/** What a subscriber of a run receives. Exactly one `final` or `error` ends a run. */
export type RunEvent =
  | { type: "delta"; text: string }
  | { type: "agent"; agent: string; name: string }
  | ({ type: "tool" } & ToolProgress)
  | ({ type: "usage"; model: string; isEstimate: boolean } & TokenCounts)
  | ({ type: "reset" } & TranscriptBase)
  | { type: "final"; messageId: string; status: "complete" | "stopped" }
  | { type: "error"; reason: string; message: string };

export type TerminalEvent = Extract<RunEvent, { type: "final" | "error" }>;

export type ToolPhase = "started" | "finished" | "failed";

export interface ToolProgress {
  callId: string;
  name: string;
  phase: ToolPhase;
  /** JSON as the model wrote it, redacted and cut. */
  arguments?: string;
  /** What the tool answered, redacted and cut. */
  output?: string;
}

export interface TokenCounts {
  inputTokens: number;
  outputTokens: number;
}

/** Something that happened beside the text; `offset` is the length of the text at that moment. */
export type Activity =
  | { kind: "agent"; agent: string; name: string; offset: number }
  | ({ kind: "tool"; offset: number } & ToolProgress);

/** The part of a transcript that a `reset` replaces. */
export interface TranscriptBase {
  text: string;
  activity: Activity[];
  usage: TokenCounts;
}

export interface Transcript extends TranscriptBase {
  terminal: TerminalEvent | null;
}

/** A transcript before its first event; a continued message starts with its text. */
export function emptyTranscript(base: Partial<TranscriptBase> = {}): Transcript {
  return {
    text: base.text ?? "",
    activity: base.activity ?? [],
    usage: base.usage ?? { inputTokens: 0, outputTokens: 0 },
    terminal: null,
  };
}

/** The transcript after all events, in the order of their ids. */
export function foldEvents(events: Iterable<RunEvent>, start: Transcript = emptyTranscript()): Transcript {
  let transcript = start;
  for (const event of events) transcript = applyEvent(transcript, event);
  return transcript;
}

/** The transcript after one more event. What follows a terminal event changes nothing. */
export function applyEvent(transcript: Transcript, event: RunEvent): Transcript {
  if (transcript.terminal) return transcript;
  switch (event.type) {
    case "delta":
      return { ...transcript, text: transcript.text + event.text };
    case "agent":
      return withActivity(transcript, {
        kind: "agent",
        agent: event.agent,
        name: event.name,
        offset: transcript.text.length,
      });
    case "tool":
      return applyTool(transcript, event);
    case "usage":
      return { ...transcript, usage: addTokens(transcript.usage, event) };
    case "reset":
      return emptyTranscript({ text: event.text, activity: event.activity, usage: event.usage });
    case "final":
    case "error":
      return { ...transcript, terminal: event };
  }
}

/** Whether this event is the last of its run. */
export function isTerminal(event: RunEvent): event is TerminalEvent {
  return event.type === "final" || event.type === "error";
}

function withActivity(transcript: Transcript, entry: Activity): Transcript {
  return { ...transcript, activity: [...transcript.activity, entry] };
}

// A call has one entry: its later phases update the entry where the call began.
function applyTool(transcript: Transcript, event: { type: "tool" } & ToolProgress): Transcript {
  const { type: _type, ...progress } = event;
  const isSameCall = (entry: Activity) => entry.kind === "tool" && entry.callId === event.callId;
  if (!transcript.activity.some(isSameCall)) {
    return withActivity(transcript, { kind: "tool", ...progress, offset: transcript.text.length });
  }
  const activity = transcript.activity.map((entry) =>
    isSameCall(entry) ? { ...entry, ...progress } : entry,
  );
  return { ...transcript, activity: activity as Activity[] };
}

function addTokens(sum: TokenCounts, more: TokenCounts): TokenCounts {
  return {
    inputTokens: sum.inputTokens + more.inputTokens,
    outputTokens: sum.outputTokens + more.outputTokens,
  };
}
