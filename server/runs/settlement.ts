// How a run ends: message, conversation, run, last events are one transaction, guarded by the owner's fence. Whoever
// sees the terminal event finds everything else in place.

import { now } from "../platform/clock";
import { platformPool } from "../platform/db";
import { logger } from "../platform/logger";
import { type TenantDb, withTenant } from "../platform/tenant-db";
import { type UsedTokens, usageOfRun } from "../usage/usage-events";
import { type RunFailure, runFailure } from "./failures";
import type { TerminalEvent, Transcript } from "./fold";
import type { ClaimedRun } from "./owner/claims";
import { type RunControl, RunEnded } from "./owner/control";
import { lockConversation, lockOwnRun } from "./owner/ownership";
import { storableJson } from "./storable";
import type { RunStream } from "./stream/run-stream";
import type { EventRow } from "./stream/writer";

const log = logger("chat.runs");

export interface RunEnding {
  status: "complete" | "stopped" | "interrupted" | "error";
  failure: RunFailure | null;
  agent: string;
  isTrimmed: boolean;
  stepCount: number;
  handoffCount: number;
}

/** What came of a run, for those who keep it. */
export interface SettledRun {
  run: ClaimedRun;
  ending: RunEnding;
  transcript: Transcript;
  /** What all its calls have used. */
  used: UsedTokens;
  at: Date;
}

/** Work in the settling transaction. */
export type SettledHook = (db: TenantDb, settled: SettledRun) => Promise<void>;

export interface SettlementHooks {
  /** Stores the answer where the conversation is. */
  keepAnswer: SettledHook;
  /** What else follows an answer, such as a title. */
  onSettled: SettledHook;
}

interface Attempt {
  ending: RunEnding;
  hooks: SettledHook[];
}

/**
 * Settles a run, tells its subscribers and answers how it ended. A hook that fails costs what it does, and never the
 * run its end. Throws RunEnded "lost" when another owner has the run.
 */
export async function settleRun(
  run: ClaimedRun,
  parts: { stream: RunStream; control: RunControl; hooks: SettlementHooks },
  ending: RunEnding,
): Promise<RunEnding> {
  const { stream, control, hooks } = parts;
  stream.goLive();
  const { rows, sequence } = await stream.close();
  const attempts = attemptsOf(ending, hooks);
  for (const [index, attempt] of attempts.entries()) {
    const event = terminalEvent(run, attempt.ending);
    const events = [...rows, { sequence, event }];
    try {
      await control.persist(() => commit(run, { attempt, events, transcript: stream.transcript }));
    } catch (error) {
      const isSettled = error instanceof RunEnded && (await isSettledUnderOwnFence(run));
      if (!isSettled && (error instanceof RunEnded || index === attempts.length - 1)) throw error;
      if (!isSettled) {
        log.error(
          { event: "run.settlement_failed", err: error, run: run.id, attempt: index + 1 },
          "not settled",
        );
        continue;
      }
    }
    stream.announceEnd(event);
    return attempt.ending;
  }
  return ending;
}

// What follows an answer is given up first; then the answer itself, and its reader is told that it failed.
function attemptsOf(ending: RunEnding, { keepAnswer, onSettled }: SettlementHooks): Attempt[] {
  const failure = ending.failure ?? runFailure("internal");
  return [
    { ending, hooks: [keepAnswer, onSettled] },
    { ending, hooks: [keepAnswer] },
    { ending: { ...ending, status: "error", failure }, hooks: [] },
  ];
}

async function commit(
  run: ClaimedRun,
  { attempt, events, transcript }: { attempt: Attempt; events: EventRow[]; transcript: Transcript },
): Promise<void> {
  await withTenant(run.scope, async (db) => {
    await lockConversation(db, run);
    await lockOwnRun(db, run);
    await writeEvents(db, run, events);
    const used = await usageOfRun(db, run.scope, run.id);
    const settled = { run, ending: attempt.ending, transcript, used, at: now() };
    await writeRun(db, settled);
    for (const hook of attempt.hooks) await hook(db, settled);
  });
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

async function writeRun(db: TenantDb, { run, ending, at }: SettledRun): Promise<void> {
  const { status, stepCount, handoffCount, failure } = ending;
  const released = { leaseOwner: null, leaseExpiresAt: null };
  const cause = { errorReason: failure?.reason ?? null, errorMessage: failure?.message ?? null };
  await db.run.update({
    where: { tenantId_id: { tenantId: run.scope.tenantId, id: run.id } },
    data: { status, stepCount, handoffCount, finishedAt: at, ...released, ...cause },
  });
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
