// Automatic titles: after its first answer a conversation is named by its model, once. A title that a person gave, before
// or meanwhile, is never replaced; when the model cannot be had, the first words of the question serve.

import type { ModelRequest } from "@openai/agents";
import { z } from "zod";
import { callModel, llm, type ModelUsage, modelOrDefault } from "../platform/model";
import { defineJob, enqueue, type JobHelpers } from "../platform/queue";
import { type TenantDb, type TenantScope, withTenant } from "../platform/tenant-db";
import { estimateTokens } from "../platform/tokens";
import { CallMeter } from "../runs/answer/meter";
import { tenantIdOfJob } from "../tenants/scope";
import { recordModelCall } from "../usage/usage-events";
import { previewOf } from "./preview";

const INSTRUCTIONS = `Write the title of the conversation that begins with this message: at most six words, in the
message's language, without quotation marks and without a full stop. Answer with the title alone.`;

const QUESTION_LENGTH_MAX = 2_000;
const TITLE_LENGTH_MAX = 80;
const FALLBACK_WORDS = 7;
const DURATION_MS_MAX = 20_000;
const JOB = "chat.title";

const TitleJob = z.object({
  tenantId: z.uuid(),
  userId: z.uuid(),
  conversationId: z.uuid(),
  runId: z.uuid(),
});
type TitleJob = z.infer<typeof TitleJob>;

/** Names a conversation that has no title yet. */
export const titleJob = defineJob({ name: JOB, payload: TitleJob, run: writeTitle });

/** Lets the first words of its first question stand for the title until there is one. */
export async function nameByQuestion(
  db: TenantDb,
  scope: TenantScope,
  conversation: { id: string; question: string },
): Promise<void> {
  await db.conversation.updateMany({
    where: { tenantId: scope.tenantId, id: conversation.id, titleSource: "none" },
    data: { title: firstWordsOf(conversation.question) },
  });
}

/** Has the conversation of this finished run named, if it has no title; part of the transaction that ends the run. */
export async function titleLater(
  db: TenantDb,
  scope: TenantScope,
  run: { id: string; conversationId: string },
): Promise<void> {
  const untitled = { tenantId: scope.tenantId, id: run.conversationId, titleSource: "none" as const };
  if ((await db.conversation.count({ where: untitled })) === 0) return;
  const payload = {
    tenantId: scope.tenantId,
    userId: scope.userId,
    conversationId: run.conversationId,
    runId: run.id,
  };
  await enqueue(db, JOB, payload, { jobKey: `${JOB}:${run.conversationId}` });
}

async function writeTitle(job: TitleJob, helpers: JobHelpers): Promise<void> {
  const scope: TenantScope = { tenantId: tenantIdOfJob(job), userId: job.userId };
  const opening = await findOpening(scope, job.conversationId);
  if (opening === null) return;
  const call = await askModel(opening, helpers.signal);
  const isLastTry = helpers.attempt >= helpers.attemptsMax;
  const title = call.error === null ? titleOf(call.text) : "";
  await withTenant(scope, async (db) => {
    await recordTitleCall(db, scope, { job, call, attempt: helpers.attempt });
    if (title !== "" || isLastTry) await giveTitle(db, job, title || firstWordsOf(opening.question));
  });
  if (title === "" && !isLastTry) throw call.error ?? new Error("the model named nothing");
}

interface Opening {
  model: string;
  question: string;
}

async function findOpening(scope: TenantScope, conversationId: string): Promise<Opening | null> {
  return withTenant(scope, async (db) => {
    const own = { tenantId: scope.tenantId, userId: scope.userId };
    const conversation = await db.conversation.findFirst({
      where: { ...own, id: conversationId, titleSource: "none", deletedAt: null },
      select: { model: true },
    });
    const first = await db.message.findFirst({
      where: { ...own, conversationId, parentId: null },
      orderBy: { id: "asc" },
      select: { content: true },
    });
    if (conversation === null || first === null) return null;
    return { model: conversation.model, question: first.content };
  });
}

interface TitleCall {
  model: string;
  text: string;
  outcome: "ok" | "aborted" | "error";
  error: Error | null;
  meter: CallMeter;
}

async function askModel(opening: Opening, stopping: AbortSignal): Promise<TitleCall> {
  const provider = llm();
  const model = modelOrDefault(opening.model);
  const input = opening.question.slice(0, QUESTION_LENGTH_MAX);
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(DURATION_MS_MAX)]);
  const request: ModelRequest = {
    systemInstructions: INSTRUCTIONS,
    input,
    modelSettings: provider.settings(model),
    tools: [],
    handoffs: [],
    outputType: "text",
    tracing: false,
    signal,
  };
  const meter = new CallMeter(estimateTokens(INSTRUCTIONS) + estimateTokens(input));
  const listener = {
    text: (text: string) => {
      meter.hear(text);
      meter.keep(text);
    },
    usage: (usage: ModelUsage) => meter.report(usage),
  };
  try {
    await callModel(provider.getModel(model.id), request, listener);
    return { model: model.id, text: meter.text, outcome: "ok", error: null, meter };
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    return { model: model.id, text: "", outcome: signal.aborted ? "aborted" : "error", error, meter };
  }
}

async function recordTitleCall(
  db: TenantDb,
  scope: TenantScope,
  { job, call, attempt }: { job: TitleJob; call: TitleCall; attempt: number },
): Promise<void> {
  await recordModelCall(db, scope, {
    ...call.meter.reading(call.outcome),
    requestKey: `title/${job.runId}/${attempt}`,
    purpose: "title",
    provider: llm().name,
    model: call.model,
    agent: null,
    conversationId: job.conversationId,
    runId: job.runId,
    messageId: null,
    outcome: call.outcome,
  });
}

async function giveTitle(db: TenantDb, job: TitleJob, title: string): Promise<void> {
  await db.conversation.updateMany({
    where: { tenantId: job.tenantId, id: job.conversationId, titleSource: "none" },
    data: { title, titleSource: "auto" },
  });
}

// Models like to quote, to end with a full stop, and to explain themselves on a second line.
function titleOf(text: string): string {
  const [line = ""] = text
    .replace(/\0|\p{Surrogate}/gu, "")
    .trim()
    .split("\n");
  const bare = line.replace(/^(title|titel)\s*:\s*/i, "").replace(/^[\s"'“”„«»*#]+|[\s"'“”„«»*.]+$/g, "");
  return previewOf(bare)
    .slice(0, TITLE_LENGTH_MAX)
    .replace(/[\uD800-\uDBFF]$/, "")
    .trim();
}

function firstWordsOf(question: string): string {
  const words = previewOf(question).split(" ");
  const start = words.slice(0, FALLBACK_WORDS).join(" ").slice(0, TITLE_LENGTH_MAX);
  return `${start.replace(/[\uD800-\uDBFF]$/, "")}${words.length > FALLBACK_WORDS ? "…" : ""}`;
}
