import { expect, test } from "vitest";
import type { Activity } from "./run-fold";
import { segmentsOf } from "./segments";

const tool = (callId: string, offset: number): Activity => ({
  kind: "tool",
  callId,
  name: "calculator",
  phase: "finished",
  offset,
});

test("text, handovers and tools stand in order; tools without a word between them are one group", () => {
  const activity: Activity[] = [
    { kind: "agent", agent: "data-analyst", name: "Data analyst", offset: 6 },
    tool("a", 6),
    tool("b", 6),
    tool("c", 12),
  ];
  const segments = segmentsOf("Hello.And so.Done", activity);
  expect(segments.map((segment) => segment.kind)).toEqual([
    "text",
    "agent",
    "tools",
    "text",
    "tools",
    "text",
  ]);
  expect(segments[2]).toMatchObject({ tools: [{ callId: "a" }, { callId: "b" }] });
  expect(segments.map((segment) => (segment.kind === "text" ? segment.text : "")).join("")).toBe(
    "Hello.And so.Done",
  );
});

test("offsets beyond the text, as while it arrives, are held at its end", () => {
  expect(segmentsOf("Hi", [tool("a", 90)]).map((segment) => segment.kind)).toEqual(["text", "tools"]);
  expect(segmentsOf("", [])).toEqual([]);
});
