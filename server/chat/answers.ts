// What a run has made of an answer, kept where people read it: in the message and in its conversation. Part of the
// transaction that settles the run.

import type { TenantDb } from "../platform/tenant-db";
import type { SettledRun } from "../runs/settlement";
import { storableJson } from "../runs/storable";
import { previewOfMarkdown } from "./preview";

/** Stores the answer that a run ends with. */
export async function keepAnswer(db: TenantDb, settled: SettledRun): Promise<void> {
  await writeMessage(db, settled);
  await writeConversation(db, settled);
}

async function writeMessage(db: TenantDb, { run, ending, transcript, used }: SettledRun): Promise<void> {
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
      errorReason: ending.failure?.reason ?? null,
      errorMessage: ending.failure?.message ?? null,
    },
  });
}

// The time of the last message moves, so that an answer nobody watched is news.
async function writeConversation(
  db: TenantDb,
  { run, ending, transcript, used, at }: SettledRun,
): Promise<void> {
  await db.conversation.update({
    where: { tenantId_id: { tenantId: run.scope.tenantId, id: run.conversationId } },
    data: {
      activeAgent: ending.agent,
      inputTokens: { increment: used.inputTokens },
      outputTokens: { increment: used.outputTokens },
      handoffCount: { increment: ending.handoffCount },
      lastMessageAt: at,
      ...(transcript.text === "" ? {} : { lastPreview: previewOfMarkdown(transcript.text) }),
    },
  });
}
