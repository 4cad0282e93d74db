// How a run ends: message, conversation, run, last events are one transaction, guarded by the owner's fence. Whoever
// sees the terminal event finds everything else in place.

import { now } from "../platform/clock";
import { platformPool } from "../platform/db";
import { type TenantDb, withTenant } from "../platform/tenant-db";
import { type UsedTokens, usageOfRun } from "../usage/usage-events";
import { previewOf } from "./preview";
import type { ClaimedRun } from "./run-claims";
import { type RunControl, RunEnded } from "./run-control";
import type { RunFailure } from "./run-failures";
import type { TerminalEvent, Transcript } from "./run-fold";
import { lockConversation, lockOwnRun } from "./run-ownership";
import { storableJson } from "./run-storable";
import type { RunStream } from "./run-stream";
import type { EventRow } from "./run-writer";

export interface RunEnding {
  status: "complete" | "stopped" | "interrupted" | "error";
  failure: RunFailure | null;
  agent: string;
  isTrimmed: boolean;
  stepCount: number;
  handoffCount: number;
}

/** Called in the settling transaction, such as to enqueue what follows an answer. */
export type SettledHook = (db: TenantDb, run: ClaimedRun, ending: RunEnding) => Promise<void>;

/** Settles a run and tells its subscribers. Throws RunEnded "lost" when another owner has it. */
export async function settleRun(
  run: ClaimedRun,
  parts: { stream: RunStream; control: RunControl; onSettled: SettledHook },
  ending: RunEnding,
): Promise<void> {
  const { stream, control, onSettled } = parts;
  stream.goLive();
  const event = terminalEvent(run, ending);
  const events = await stream.close(event);
  try {
    await control.persist(() =>
      withTenant(run.scope, async (db) => {
        await lockConversation(db, run);
        await lockOwnRun(db, run);
        await writeEvents(db, run, events);
        const used = await usageOfRun(db, run.scope, run.id);
        const settled = { run, ending, transcript: stream.transcript, used, at: now() };
        await writeMessage(db, settled);
        await writeConversation(db, settled);
        await writeRun(db, settled);
        await onSettled(db, run, ending);
      }),
    );
  } catch (error) {
    if (!(error instanceof RunEnded) || !(await isSettledUnderOwnFence(run))) throw error;
  }
  stream.announceEnd(event);
}

function terminalEvent(run: ClaimedRun, { status, failure }: RunEnding): TerminalEvent {
  if (status === "complete" || status === "stopped") {
    return { type: "final", messageId: run.assistantMessageId, status };
  }
  if (!failure) throw new Error(`a run that ends as ${status} has a cause`);
  return { type: "error", ...failure };
}

async function writeEvents(db: TenantDb, run: ClaimedRun, events: EventRow[]): Promise<void> {
  await db.runEvent.createMany({
    data: events.map(({ sequence, event }) => ({
      tenantId: run.scope.tenantId,
      runId: run.id,
      fence: run.fence,
      sequence,
      data: storableJson(event),
    })),
    skipDuplicates: true,
  });
}

interface Settled {
  run: ClaimedRun;
  ending: RunEnding;
  transcript: Transcript;
  used: UsedTokens;
  at: Date;
}

async function writeMessage(db: TenantDb, { run, ending, transcript, used }: Settled): Promise<void> {
  await db.message.update({
    where: { tenantId_id: { tenantId: run.scope.tenantId, id: run.assistantMessageId } },
    data: {
      content: transcript.text,
      activity: storableJson(transcript.activity),
      status: ending.status,
      agent: ending.agent,
      model: run.model,
      isTrimmed: ending.isTrimmed,
      inputTokens: { increment: used.inputTokens },
      outputTokens: { increment: used.outputTokens },
      latencyMs: run.ageMs + Date.now() - run.claimedAt,
      ...causeOf(ending),
    },
  });
}

// The time of the last message moves, so that an answer nobody watched is news.
async function writeConversation(
  db: TenantDb,
  { run, ending, transcript, used, at }: Settled,
): Promise<void> {
  await db.conversation.update({
    where: { tenantId_id: { tenantId: run.scope.tenantId, id: run.conversationId } },
    data: {
      activeAgent: ending.agent,
      inputTokens: { increment: used.inputTokens },
      outputTokens: { increment: used.outputTokens },
      handoffCount: { increment: ending.handoffCount },
      lastMessageAt: at,
      ...(transcript.text === "" ? {} : { lastPreview: previewOf(transcript.text) }),
    },
  });
}

async function writeRun(db: TenantDb, { run, ending, at }: Settled): Promise<void> {
  const { status, stepCount, handoffCount } = ending;
  const released = { leaseOwner: null, leaseExpiresAt: null };
  await db.run.update({
    where: { tenantId_id: { tenantId: run.scope.tenantId, id: run.id } },
    data: { status, stepCount, handoffCount, finishedAt: at, ...released, ...causeOf(ending) },
  });
}

function causeOf({ failure }: RunEnding) {
  return { errorReason: failure?.reason ?? null, errorMessage: failure?.message ?? null };
}

// A commit whose answer was lost with its connection looks like a lost run; the row tells them apart.
async function isSettledUnderOwnFence(run: ClaimedRun): Promise<boolean> {
  const { rows } = await platformPool().query({
    name: "run_settled",
    text: `SELECT 1 FROM runs WHERE tenant_id = $1 AND id = $2 AND fence = $3 AND status NOT IN ('queued', 'running')`,
    values: [run.scope.tenantId, run.id, run.fence],
  });
  return rows.length > 0;
}
