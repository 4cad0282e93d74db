// Runs for tests: a conversation with a question and an empty answer, waiting for an owner; and what came of it.

import { z } from "zod";
import { defineTool, type ToolDefinition } from "../../server/agents/tool";
import { newId } from "../../server/platform/ids";
import { type TenantScope, withTenant } from "../../server/platform/tenant-db";
import { emptyTranscript, foldEvents, type RunEvent, type Transcript } from "../../server/runs/fold";
import { nudgeRuns } from "../../server/runs/queue";

export interface TestRun {
  id: string;
  conversationId: string;
  userMessageId: string;
  assistantMessageId: string;
}

interface RunTraits {
  model?: string;
  agent?: string;
  /** Turns before the question, oldest first: question, answer, question, answer. */
  history?: string[];
  /** A partial answer that this run continues. */
  partial?: string;
}

/** Stores a question in a new conversation with a run for its answer, and rings the bell. */
export async function makeRun(scope: TenantScope, text: string, traits: RunTraits = {}): Promise<TestRun> {
  const { model = "fake-1", agent = "triage", history = [], partial = "" } = traits;
  const { tenantId, userId } = scope;
  const run = { id: newId(), conversationId: newId(), userMessageId: newId(), assistantMessageId: newId() };
  const common = { tenantId, conversationId: run.conversationId, userId };
  const earlier = history.map(
    (content, index) => ({ content, id: newId(), role: index % 2 ? "assistant" : "user" }) as const,
  );
  await withTenant(scope, async (db) => {
    await db.conversation.create({
      data: {
        tenantId,
        id: run.conversationId,
        userId,
        model,
        entryAgent: agent,
        activeAgent: agent,
        agentSessionId: newId(),
      },
    });
    await db.message.createMany({
      data: [
        ...earlier.map((turn, index) => ({
          ...common,
          ...turn,
          parentId: earlier[index - 1]?.id ?? null,
          position: index,
          status: "complete" as const,
        })),
        {
          ...common,
          id: run.userMessageId,
          parentId: earlier.at(-1)?.id ?? null,
          position: earlier.length,
          role: "user" as const,
          content: text,
          status: "complete" as const,
        },
        {
          ...common,
          id: run.assistantMessageId,
          parentId: run.userMessageId,
          position: earlier.length + 1,
          role: "assistant" as const,
          content: partial,
          status: "streaming" as const,
        },
      ],
    });
    await db.run.create({
      data: {
        ...common,
        ...run,
        kind: partial === "" ? "send" : "continue",
        clientMessageId: newId(),
        requestHash: new Uint8Array(32),
        baseTextLength: partial.length,
        model,
        agent,
      },
    });
  });
  nudgeRuns();
  return run;
}

/** Everything the database knows of a run. */
export async function readRun(scope: TenantScope, run: TestRun) {
  return withTenant(scope, async (db) => {
    const where = { tenantId: scope.tenantId, runId: run.id };
    const rows = await db.runEvent.findMany({ where, orderBy: [{ fence: "asc" }, { sequence: "asc" }] });
    const events = rows.map((row) => row.data as unknown as RunEvent);
    return {
      run: await db.run.findUniqueOrThrow({
        where: { tenantId_id: { tenantId: scope.tenantId, id: run.id } },
      }),
      message: await db.message.findUniqueOrThrow({
        where: { tenantId_id: { tenantId: scope.tenantId, id: run.assistantMessageId } },
      }),
      conversation: await db.conversation.findUniqueOrThrow({
        where: { tenantId_id: { tenantId: scope.tenantId, id: run.conversationId } },
      }),
      events,
      ids: rows.map((row) => `${row.fence}-${row.sequence}`),
      folded: foldEvents(events),
      steps: await db.runStep.findMany({ where, orderBy: [{ fence: "asc" }, { startedAt: "asc" }] }),
      // Their ids are those of their holds: the order in which the calls were begun.
      usage: await db.usageEvent.findMany({ where, orderBy: { id: "asc" } }),
    };
  });
}

/** Resolves with what the database knows once the run has ended. */
export async function untilEnded(scope: TenantScope, run: TestRun, timeoutMs = 45_000) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const state = await readRun(scope, run);
    // Read again: each statement sees its own moment, and the end may have come between them.
    if (!["queued", "running"].includes(state.run.status)) return readRun(scope, run);
    if (Date.now() > deadline)
      throw new Error(`run ${run.id} is still ${state.run.status} under fence ${state.run.fence}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** A tool that must not be run twice: it counts its runs by what it was told. */
export function countingTool(onRun: (text: string) => void | Promise<void>): ToolDefinition {
  return defineTool({
    name: "note",
    label: "Note",
    description: "Writes something down.",
    isCore: true,
    agents: [],
    capabilities: [],
    isIdempotent: false,
    parameters: z.object({ text: z.string() }),
    run: async ({ text }) => {
      await onRun(text);
      return { noted: text };
    },
  });
}

/** What a list of stream events amounts to. */
export function transcriptOf(events: { event: RunEvent }[]): Transcript {
  return foldEvents(
    events.map(({ event }) => event),
    emptyTranscript(),
  );
}
