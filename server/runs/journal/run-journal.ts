// What a run has already done. A step is committed as started before it has an effect and as finished with its outcome,
// so that the next owner replays what is finished, accounts for what was abandoned, and repeats nothing.

import type { QueryResultRow } from "pg";
import { now } from "../../platform/clock";
import type { Statement } from "../../platform/pipeline";
import { queryTenant, withTenant } from "../../platform/tenant-db";
import { type CallUsage, settleHold } from "../../wallet/holds";
import type { ClaimedRun } from "../owner/claims";
import { type RunControl, RunEnded } from "../owner/control";
import { lockOwnRun } from "../owner/ownership";
import { storableJson } from "../storable";
import {
  type FinishedModelStep,
  loadSteps,
  type ModelAttempt,
  modelIndexOf,
  modelKey,
  requestKeyOf,
  type StartedModelStep,
  type StepRow,
  startedStepOf,
  type ToolStep,
  toolKey,
} from "./rows";

// FOR SHARE conflicts with a claim: either this step is seen by the next owner, or it is not started.
const BEGIN = `
  INSERT INTO run_steps (tenant_id, run_id, key, fence, kind, status, agent, name, input)
  SELECT r.tenant_id, r.id, $4, r.fence, $5::run_step_kind, 'started', $6, $7, $8::jsonb
    FROM (SELECT * FROM runs WHERE tenant_id = $1 AND id = $2 AND fence = $3 AND status = 'running' FOR SHARE) r
  ON CONFLICT (tenant_id, run_id, key, fence) DO UPDATE SET status = 'started'
  RETURNING tenant_id`;
const START = { name: "run_steps_start", text: BEGIN };
// A call is begun and its hold dispatched by one statement: neither is ever seen without the other.
const START_CALL = {
  name: "run_steps_start_call",
  text: `WITH begun AS (${BEGIN}) SELECT dispatch_hold(tenant_id, $9, $10) AS "isDispatched" FROM begun`,
};

export class RunJournal {
  private readonly modelSteps = new Map<number, FinishedModelStep>();
  private readonly toolSteps = new Map<string, ToolStep>();
  private readonly unrecorded = new Map<string, StartedModelStep>();
  private hasCalled = false;

  private constructor(
    private readonly run: ClaimedRun,
    private readonly control: RunControl,
  ) {}

  /** The journal as earlier owners left it. */
  static async load(run: ClaimedRun, control: RunControl): Promise<RunJournal> {
    const journal = new RunJournal(run, control);
    if (run.fence > 1) {
      const rows = await control.persist(() => loadSteps(run));
      for (const row of rows) journal.read(row);
    }
    return journal;
  }

  /** Model steps that were begun, by this owner or an earlier one, and are neither finished nor on record. */
  get abandoned(): StartedModelStep[] {
    return [...this.unrecorded.values()];
  }

  /** Whether an earlier owner has called a model for this run. */
  get hasEarlierCalls(): boolean {
    return this.hasCalled;
  }

  modelStep(index: number): FinishedModelStep | undefined {
    return this.modelSteps.get(index);
  }

  toolStep(callId: string): ToolStep | undefined {
    return this.toolSteps.get(toolKey(callId));
  }

  /** How much text the finished model steps have added, without the breaks between them. */
  get finishedTextLength(): number {
    return [...this.modelSteps.values()].reduce((sum, step) => sum + step.text.length, 0);
  }

  /** The name under which a model call of this owner is recorded. */
  requestKey(call: ModelAttempt): string {
    return requestKeyOf(this.run, modelKey(call), this.run.fence);
  }

  /** Begins a step and dispatches its hold: once this resolves, the model may be called. */
  async startModelStep(
    call: ModelAttempt,
    step: { agent: string; model: string; inputTokens: number; holdId: string },
  ): Promise<void> {
    const { fence } = this.run;
    const key = modelKey(call);
    const { agent, model: name, inputTokens, holdId } = step;
    const values = this.startValues("model", key, { agent, name, input: { inputTokens, holdId } });
    const [begun] = await this.start<{ isDispatched: boolean }>({
      ...START_CALL,
      values: [...values, holdId, now()],
    });
    if (!begun?.isDispatched) throw new Error("the hold of a call is gone");
    this.unrecorded.set(`${key}/${fence}`, { ...step, key, fence, startedAt: new Date() });
  }

  /** Commits the step and settles its call; a step without `finished` is abandoned. */
  async endModelStep(
    call: ModelAttempt,
    usage: CallUsage,
    finished: FinishedModelStep | null,
  ): Promise<void> {
    const key = modelKey(call);
    const holdId = this.unrecorded.get(`${key}/${this.run.fence}`)?.holdId;
    await this.control.persist(() =>
      withTenant(this.run.scope, async (db) => {
        await lockOwnRun(db, this.run);
        await db.runStep.updateMany({
          where: this.stepId(key),
          data: {
            status: finished ? "finished" : "abandoned",
            finishedAt: new Date(),
            ...(finished ? { output: storableJson(finished), textLength: finished.text.length } : {}),
          },
        });
        if (holdId) await settleHold(db, this.run.scope, { holdId, usage });
      }),
    );
    this.unrecorded.delete(`${key}/${this.run.fence}`);
  }

  async startToolStep(callId: string, step: { agent: string; name: string; input: unknown }): Promise<void> {
    const values = this.startValues("tool", toolKey(callId), { ...step, input: step.input ?? null });
    await this.start({ ...START, values });
  }

  async finishToolStep(callId: string, output: { text: string; isFailure: boolean }): Promise<void> {
    await this.control.persist(() =>
      withTenant(this.run.scope, async (db) => {
        await lockOwnRun(db, this.run);
        await db.runStep.updateMany({
          where: this.stepId(toolKey(callId)),
          data: { status: "finished", finishedAt: new Date(), output: storableJson(output) },
        });
      }),
    );
  }

  /** Accounts for a call that an earlier owner never could: it happened, and what it used is estimated. */
  async closeAbandoned(step: StartedModelStep, usage: CallUsage): Promise<void> {
    const { holdId } = step;
    await this.control.persist(() =>
      withTenant(this.run.scope, async (db) => {
        await lockOwnRun(db, this.run);
        await db.runStep.updateMany({
          where: { ...this.stepId(step.key), fence: step.fence },
          data: { status: "abandoned", finishedAt: new Date() },
        });
        if (holdId) await settleHold(db, this.run.scope, { holdId, usage });
      }),
    );
    this.unrecorded.delete(`${step.key}/${step.fence}`);
  }

  private async start<Row extends QueryResultRow>(statement: Statement): Promise<Row[]> {
    const rows = await this.control.persist(() => queryTenant<Row>(this.run.scope, statement));
    if (rows.length > 0) return rows;
    this.control.endAs("lost");
    throw new RunEnded("lost");
  }

  private startValues(
    kind: "model" | "tool",
    key: string,
    { agent, name, input }: { agent: string; name: string; input: unknown },
  ): unknown[] {
    const { scope, id, fence } = this.run;
    return [scope.tenantId, id, fence, key, kind, agent, name, JSON.stringify(storableJson(input))];
  }

  private stepId(key: string) {
    return { tenantId: this.run.scope.tenantId, runId: this.run.id, key, fence: this.run.fence };
  }

  private read(row: StepRow): void {
    this.hasCalled ||= row.kind === "model";
    if (row.kind === "tool") this.readTool(row);
    else if (row.status === "finished")
      this.modelSteps.set(modelIndexOf(row.key), row.output as FinishedModelStep);
    else if (row.status === "started") this.unrecorded.set(`${row.key}/${row.fence}`, startedStepOf(row));
  }

  private readTool(row: StepRow): void {
    if (this.toolSteps.get(row.key)?.status === "finished") return;
    const isFinished = row.status === "finished";
    this.toolSteps.set(row.key, {
      status: isFinished ? "finished" : "started",
      output: isFinished ? (row.output as ToolStep["output"]) : null,
    });
  }
}
