// Automatic titles: after its first answer a conversation is named by its model, once. A title that a person gave, before
// or meanwhile, is never replaced; when the model cannot be had, the first words of the question serve.

import type { ModelRequest } from "@openai/agents";
import { z } from "zod";
import { type CallFacts, HeldCall, promptText } from "../agents/held-call";
import { AppError } from "../platform/errors";
import { type ModelUsage, modelOrDefault } from "../platform/model";
import { defineJob, enqueue, type JobHelpers } from "../platform/queue";
import { type TenantDb, type TenantScope, withTenant } from "../platform/tenant-db";
import { estimateTokens } from "../platform/tokens";
import { CallMeter } from "../runs/answer/meter";
import { tenantIdOfJob } from "../tenants/scope";
import { settleHold } from "../wallet/holds";
import { previewOf } from "./preview";

const INSTRUCTIONS = `Write the title of the conversation that begins with this message: at most six words, in the
message's language, without quotation marks and without a full stop. Answer with the title alone.`;

const QUESTION_LENGTH_MAX = 2_000;
const ANSWER_LENGTH_MAX = 2_000;
const TITLE_LENGTH_MAX = 80;
const FALLBACK_WORDS = 7;
/** Room for a model that thinks before it names. */
const TITLE_TOKENS_MAX = 1_000;
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
  const request = requestFor(opening, helpers.signal);
  const held = await openHeld(scope, factsOf(job, opening, helpers.attempt), request);
  if (held === null) return withTenant(scope, (db) => giveTitle(db, job, firstWordsOf(opening.question)));
  const call = await askModel(held, request);
  const isLastTry = helpers.attempt >= helpers.attemptsMax;
  const title = call.error === null ? titleOf(call.meter.text) : "";
  await withTenant(scope, async (db) => {
    await settleHold(db, scope, { holdId: held.holdId, usage: call.meter.reading(call.outcome) });
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

function requestFor(opening: Opening, stopping: AbortSignal): ModelRequest {
  return {
    systemInstructions: INSTRUCTIONS,
    input: opening.question.slice(0, QUESTION_LENGTH_MAX),
    modelSettings: {},
    tools: [],
    handoffs: [],
    outputType: "text",
    tracing: false,
    signal: AbortSignal.any([stopping, AbortSignal.timeout(DURATION_MS_MAX)]),
  };
}

function factsOf(job: TitleJob, opening: Opening, attempt: number): CallFacts {
  return {
    requestId: `title/${job.runId}/${attempt}`,
    purpose: "title",
    model: modelOrDefault(opening.model),
    outputTokens: TITLE_TOKENS_MAX,
    agent: null,
    conversationId: job.conversationId,
    runId: job.runId,
    messageId: null,
    messages: 0,
  };
}

// A workspace that cannot pay for a title goes without a written one.
async function openHeld(
  scope: TenantScope,
  facts: CallFacts,
  request: ModelRequest,
): Promise<HeldCall | null> {
  try {
    const held = await HeldCall.open(scope, facts, request);
    if (held.isLimited) {
      await held.release();
      return null;
    }
    await held.dispatch();
    return held;
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

interface TitleCall {
  outcome: "ok" | "aborted" | "error";
  error: Error | null;
  meter: CallMeter;
}

async function askModel(held: HeldCall, request: ModelRequest): Promise<TitleCall> {
  const meter = new CallMeter(estimateTokens(promptText(request)));
  const listener = {
    text: (text: string) => {
      meter.hear(text);
      meter.keep(text);
    },
    aside: (text: string) => meter.note(text),
    usage: (usage: ModelUsage) => meter.report(usage),
  };
  try {
    await held.answer(request, listener);
    return { outcome: "ok", error: null, meter };
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    return { outcome: request.signal?.aborted ? "aborted" : "error", error, meter };
  }
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
    .slice(0, ANSWER_LENGTH_MAX)
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
