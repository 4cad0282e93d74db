// An answer in order of appearance: text, who took over, which tools ran. Tools that ran one after another without a
// word between them are one group.

import type { Activity, AgentActivity, ToolActivity } from "./run-fold";

export type Segment =
  | { kind: "text"; text: string; offset: number }
  | { kind: "agent"; agent: AgentActivity }
  | { kind: "tools"; tools: readonly ToolActivity[] };

/** The answer cut where something happened. Blank pieces of text are left out. */
export function segmentsOf(text: string, activity: readonly Activity[]): Segment[] {
  const segments: Segment[] = [];
  let offset = 0;
  for (const entry of activity.toSorted((one, other) => one.offset - other.offset)) {
    const end = Math.min(Math.max(entry.offset, offset), text.length);
    addText(segments, text.slice(offset, end), offset);
    addActivity(segments, entry);
    offset = end;
  }
  addText(segments, text.slice(offset), offset);
  return segments;
}

function addText(segments: Segment[], text: string, offset: number): void {
  if (text.trim() !== "") segments.push({ kind: "text", text, offset });
}

function addActivity(segments: Segment[], entry: Activity): void {
  const last = segments.at(-1);
  if (entry.kind === "agent") segments.push({ kind: "agent", agent: entry });
  else if (last?.kind === "tools") segments[segments.length - 1] = grouped(last.tools, entry);
  else segments.push({ kind: "tools", tools: [entry] });
}

function grouped(tools: readonly ToolActivity[], tool: ToolActivity): Segment {
  return { kind: "tools", tools: [...tools, tool] };
}
