import { expect, test } from "vitest";
import { applyEvent, emptyTranscript, foldEvents, type RunEvent } from "./fold";

const events: RunEvent[] = [
  { type: "delta", text: "Let me see. " },
  { type: "tool", callId: "c1", name: "calculator", phase: "started", arguments: '{"expression":"1+1"}' },
  { type: "tool", callId: "c1", name: "calculator", phase: "finished", output: "2" },
  { type: "agent", agent: "code-assistant", name: "Code assistant" },
  { type: "usage", model: "m", isEstimate: false, inputTokens: 10, outputTokens: 4 },
  { type: "delta", text: "It is 2." },
  { type: "final", messageId: "x", status: "complete" },
];

test("a transcript is text, activity in order with offsets, and tokens", () => {
  const transcript = foldEvents(events);
  expect(transcript.text).toBe("Let me see. It is 2.");
  expect(transcript.activity).toEqual([
    {
      kind: "tool",
      callId: "c1",
      name: "calculator",
      phase: "finished",
      arguments: '{"expression":"1+1"}',
      output: "2",
      offset: 12,
    },
    { kind: "agent", agent: "code-assistant", name: "Code assistant", offset: 12 },
  ]);
  expect(transcript.usage).toEqual({ inputTokens: 10, outputTokens: 4 });
});

test("a reset replaces everything before it", () => {
  const { text, activity, usage } = foldEvents(events.slice(0, 3));
  const again = foldEvents([...events.slice(0, 5), { type: "reset", text, activity, usage }]);
  expect(again).toEqual(foldEvents(events.slice(0, 3)));
});

test("nothing follows a terminal event", () => {
  const ended = foldEvents(events);
  expect(applyEvent(ended, { type: "delta", text: "late" })).toBe(ended);
});

test("a fold in parts is the fold of the whole", () => {
  for (let cut = 0; cut <= events.length; cut += 1) {
    expect(foldEvents(events.slice(cut), foldEvents(events.slice(0, cut)))).toEqual(foldEvents(events));
  }
});

test("a fold does not change what it starts from", () => {
  const start = emptyTranscript({ text: "before " });
  foldEvents(events, start);
  expect(start).toEqual(emptyTranscript({ text: "before " }));
});
