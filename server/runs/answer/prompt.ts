// What the model is given: the path from the conversation's first message to the question, as much of its end as fits.

import type { AgentInputItem } from "@openai/agents";
import type { ModelInfo } from "../../platform/model-provider";
import { queryTenant } from "../../platform/tenant-db";
import { estimateTokens } from "../../platform/tokens";
import type { ClaimedRun } from "../owner/claims";

export interface RunPrompt {
  items: AgentInputItem[];
  /** Older turns were left out, because the model's context would not hold them. */
  isTrimmed: boolean;
  /** How many of the items, the first ones, are turns before the question. */
  olderTurns: number;
}

interface Turn {
  role: "user" | "assistant";
  content: string;
}

interface PathRow extends Turn, Record<string, unknown> {
  parent_id: string | null;
}

const CONTINUE =
  "Continue your last answer exactly where it breaks off. Do not repeat or comment; write only what follows.";
/** Kept free for instructions, tool descriptions and what tools answer, as a share of the context. */
const RESERVE_SHARE = 0.15;
const TURN_TOKENS = 8;
const TURNS_MAX = 2_000;

// From the question towards the root; no more turns than any context holds.
const PATH = {
  name: "run_prompt_path",
  text: `
  WITH RECURSIVE path AS (
    SELECT id, parent_id, role, content, 1 AS step FROM messages
     WHERE tenant_id = $1 AND conversation_id = $2 AND id = $3
    UNION ALL
    SELECT m.id, m.parent_id, m.role, m.content, p.step + 1 FROM path p
      JOIN messages m ON m.tenant_id = $1 AND m.conversation_id = $2 AND m.id = p.parent_id
     WHERE p.step < $4
  )
  SELECT role, content, parent_id FROM path ORDER BY step`,
};

/** Reads the path and trims it from the oldest turns. `partial` is the text that a continued answer already has. */
export async function buildPrompt(run: ClaimedRun, model: ModelInfo, partial: string): Promise<RunPrompt> {
  const path = await queryTenant<PathRow>(run.scope, {
    ...PATH,
    values: [run.scope.tenantId, run.conversationId, run.userMessageId, TURNS_MAX],
  });
  const ending: Turn[] = partial === "" ? [] : [assistant(partial), { role: "user", content: CONTINUE }];
  const { turns, isTrimmed } = trimTurns(path, budgetOf(model) - tokensOf(ending));
  // A path that was not read to its root is trimmed as well.
  const isWhole = path.at(-1)?.parent_id === null;
  return {
    items: [...turns, ...ending].map(toItem),
    isTrimmed: isTrimmed || !isWhole,
    olderTurns: turns.length - 1,
  };
}

/**
 * The newest turns that fit into this many tokens, oldest first; the question itself always stays. What is kept begins
 * with a person's turn, since models refuse a conversation that begins with an answer.
 */
export function trimTurns(newestFirst: Turn[], tokens: number): { turns: Turn[]; isTrimmed: boolean } {
  const kept: Turn[] = [];
  let left = tokens;
  for (const turn of newestFirst) {
    left -= tokensOf([turn]);
    if (left < 0 && kept.length > 0) break;
    kept.unshift(turn);
  }
  while (kept.length > 1 && kept[0]?.role === "assistant") kept.shift();
  return { turns: kept.filter((turn) => turn.content !== ""), isTrimmed: kept.length < newestFirst.length };
}

function budgetOf(model: ModelInfo): number {
  const { contextTokens, maxOutputTokens } = model;
  const output = Math.min(maxOutputTokens, contextTokens / 2);
  return Math.floor((contextTokens - output) * (1 - RESERVE_SHARE));
}

function tokensOf(turns: Turn[]): number {
  return turns.reduce((sum, turn) => sum + estimateTokens(turn.content) + TURN_TOKENS, 0);
}

function assistant(content: string): Turn {
  return { role: "assistant", content };
}

function toItem({ role, content }: Turn): AgentInputItem {
  if (role === "user") return { role, content };
  return { role, status: "completed", content: [{ type: "output_text", text: content }] };
}
