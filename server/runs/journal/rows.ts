// Steps of the journal as rows, and the names they go by.

import type { ModelResponse } from "@openai/agents";
import { queryTenant } from "../../platform/tenant-db";
import type { ClaimedRun } from "../owner/claims";

export interface FinishedModelStep {
  output: ModelResponse["output"];
  /** What this step added to the message, without the break before it. */
  text: string;
  inputTokens: number;
  outputTokens: number;
  isEstimate: boolean;
  /** Absent in steps that were finished before another model than the chosen one could be asked. */
  model?: string;
  /** Turns of the prompt that the provider had no room for; absent when it had. */
  turnsLeftOut?: number;
}

export interface ToolStep {
  status: "started" | "finished";
  output: { text: string; isFailure: boolean } | null;
}

export interface StartedModelStep {
  key: string;
  fence: number;
  agent: string;
  model: string;
  inputTokens: number;
  /** Null for a step that was begun before calls were held. */
  holdId: string | null;
  startedAt: Date;
}

const LOAD = {
  name: "run_steps_load",
  text: `
  SELECT key, fence, kind, status, agent, name, input, output, started_at FROM run_steps
   WHERE tenant_id = $1 AND run_id = $2 ORDER BY fence`,
};

export interface StepRow {
  key: string;
  fence: number;
  kind: "model" | "tool";
  status: "started" | "finished" | "abandoned";
  agent: string;
  name: string;
  input: unknown;
  output: unknown;
  started_at: Date;
}

/** One attempt at a step of the model: the index of the step, and the attempts at it from 1 on. */
export interface ModelAttempt {
  index: number;
  attempt: number;
}

const STEP_OF_MODEL = /^m:(\d+)/;

export const modelKey = ({ index, attempt }: ModelAttempt) =>
  attempt === 1 ? `m:${index}` : `m:${index}.${attempt}`;

/** Which step of the model the attempt with this key was made at. */
export function modelIndexOf(key: string): number {
  return Number(STEP_OF_MODEL.exec(key)?.[1]);
}

export const toolKey = (callId: string) => `t:${callId}`;

/** The name under which a model call is recorded, once and for ever. */
export function requestKeyOf(run: ClaimedRun, key: string, fence: number): string {
  return `${run.id}/${key}/${fence}`;
}

/** A step that was begun and not finished. */
export function startedStepOf(row: StepRow): StartedModelStep {
  const input = row.input as { inputTokens?: number; holdId?: string } | null;
  return {
    key: row.key,
    fence: row.fence,
    agent: row.agent,
    model: row.name,
    inputTokens: input?.inputTokens ?? 0,
    holdId: input?.holdId ?? null,
    startedAt: row.started_at,
  };
}

/** All steps of a run, in the order of their owners. */
export function loadSteps(run: ClaimedRun): Promise<StepRow[]> {
  return queryTenant<StepRow & Record<string, unknown>>(run.scope, {
    ...LOAD,
    values: [run.scope.tenantId, run.id],
  });
}
