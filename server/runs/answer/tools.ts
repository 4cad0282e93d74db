// Tools as a run uses them: each call is journalled before and after, shown in the stream, bounded in time and size. A
// call that is finished is never made again; one that was begun by an earlier owner is made again only when that
// changes nothing, otherwise the model is told that it was interrupted.

import type { ToolCall } from "../../agents/graph";
import { TOOL_ARGUMENTS_LENGTH_MAX, TOOL_DURATION_MS_MAX, TOOL_OUTPUT_LENGTH_MAX } from "../../agents/terms";
import { type ToolContext, ToolRefusal } from "../../agents/tool";
import { presentToolData } from "../../agents/tool-data";
import { sleep } from "../../platform/clock";
import { logger } from "../../platform/logger";
import type { RunJournal } from "../journal/run-journal";
import { type RunControl, RunEnded } from "../owner/control";
import { toStorable } from "../storable";
import type { RunStream } from "../stream/run-stream";

export interface RunToolsParts {
  control: RunControl;
  journal: RunJournal;
  stream: RunStream;
  context: ToolContext;
}

interface ToolOutcome {
  text: string;
  isFailure: boolean;
}

const INTERRUPTED: ToolOutcome = {
  text: "This call was interrupted. It may or may not have taken effect; do not repeat it without asking.",
  isFailure: true,
};

const log = logger("chat.tools");

/** Runs one call for a run and answers what the model reads. Throws RunEnded once the run must not go on. */
export async function runTool(parts: RunToolsParts, call: ToolCall): Promise<string> {
  const { control, journal, stream } = parts;
  const known = journal.toolStep(call.callId);
  if (!known?.output) {
    control.throwIfEnded();
    stream.goLive();
  }
  show(stream, call, { phase: "started", arguments: presentArguments(call) });
  const outcome = known?.output ?? (await runLive(parts, call, known !== undefined));
  show(stream, call, { phase: outcome.isFailure ? "failed" : "finished", output: outcome.text });
  return outcome.text;
}

async function runLive(parts: RunToolsParts, call: ToolCall, wasBegun: boolean): Promise<ToolOutcome> {
  const { control, journal } = parts;
  const step = { agent: call.agent, name: call.tool.name, input: presentArguments(call) };
  await journal.startToolStep(call.callId, step);
  const outcome = wasBegun && !call.tool.isIdempotent ? INTERRUPTED : await invoke(parts, call);
  control.throwIfEnded();
  await journal.finishToolStep(call.callId, outcome);
  return outcome;
}

async function invoke({ control, context }: RunToolsParts, call: ToolCall): Promise<ToolOutcome> {
  const timeout = new AbortController();
  const signal = AbortSignal.any([control.signal, timeout.signal]);
  const limit = sleep(TOOL_DURATION_MS_MAX, signal).then(() => {
    if (control.end) throw new RunEnded(control.end);
    throw new ToolRefusal("The tool took too long.");
  });
  limit.catch(() => {});
  try {
    const output = await Promise.race([call.tool.run(call.input, { ...context, signal }), limit]);
    return { text: present(output), isFailure: false };
  } catch (error) {
    if (error instanceof RunEnded) throw error;
    if (error instanceof ToolRefusal) return { text: present(`Error: ${error.message}`), isFailure: true };
    log.error({ event: "tool.failed", err: error, tool: call.tool.name }, "a tool failed");
    return { text: "Error: the tool failed.", isFailure: true };
  } finally {
    timeout.abort();
  }
}

function show(
  stream: RunStream,
  call: ToolCall,
  progress: { phase: "started" | "finished" | "failed"; arguments?: string; output?: string },
): void {
  stream.emit({ type: "tool", callId: call.callId, name: call.tool.name, ...progress });
}

function presentArguments(call: ToolCall): string {
  return toStorable(presentToolData(call.input, TOOL_ARGUMENTS_LENGTH_MAX));
}

function present(output: unknown): string {
  return toStorable(presentToolData(output, TOOL_OUTPUT_LENGTH_MAX));
}
