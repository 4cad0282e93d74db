// Who owns a run. Ownership is a lease in the database; every claim raises the fence, and what an owner writes holds
// only under its own fence. Runs of all tenants are looked through here, hence the platform role. All instants are the
// database's, so that clocks of instances do not matter.

import { platformPool } from "../../platform/db";
import type { TenantId, TenantScope } from "../../platform/tenant-db";

export interface ClaimedRun {
  scope: TenantScope;
  id: string;
  conversationId: string;
  userMessageId: string;
  assistantMessageId: string;
  kind: "send" | "continue" | "retry" | "regenerate" | "edit";
  model: string;
  agent: string;
  fence: number;
  baseTextLength: number;
  isStopRequested: boolean;
  /** Milliseconds between the first owner's claim and this one. */
  ageMs: number;
  /** By this process's clock. */
  claimedAt: number;
}

export interface LeaseTerms {
  owner: string;
  leaseMs: number;
}

const CLAIM = {
  name: "runs_claim",
  text: `
  WITH claimable AS (
    SELECT tenant_id, id FROM runs
     WHERE status IN ('queued', 'running') AND (lease_expires_at IS NULL OR lease_expires_at <= now())
     ORDER BY lease_expires_at NULLS FIRST, created_at
     LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED
  )
  UPDATE runs r
     SET status = 'running', fence = r.fence + 1, lease_owner = $1, lease_expires_at = now() + $2 * interval '1 ms',
         started_at = coalesce(r.started_at, now())
    FROM claimable c
   WHERE r.tenant_id = c.tenant_id AND r.id = c.id
  RETURNING r.*, (extract(epoch FROM now() - r.started_at) * 1000)::int AS age_ms`,
};

const RENEW = {
  name: "runs_renew",
  text: `
  UPDATE runs r SET lease_expires_at = now() + $2 * interval '1 ms'
    FROM unnest($3::uuid[], $4::uuid[], $5::int[]) AS held (tenant_id, id, fence)
   WHERE r.tenant_id = held.tenant_id AND r.id = held.id AND r.fence = held.fence
     AND r.lease_owner = $1 AND r.status = 'running'
  RETURNING r.id, r.stop_requested_at IS NOT NULL AS is_stop_requested`,
};

const RELEASE = {
  name: "runs_release",
  text: `
  UPDATE runs SET lease_owner = NULL, lease_expires_at = now()
   WHERE tenant_id = $1 AND id = $2 AND fence = $3 AND status = 'running'`,
};

/** Takes up to `limit` runs that wait or whose lease has run out, the longest waiting first. */
export async function claimRuns(terms: LeaseTerms, limit: number): Promise<ClaimedRun[]> {
  const { rows } = await platformPool().query<RunRow>({
    ...CLAIM,
    values: [terms.owner, terms.leaseMs, limit],
  });
  return rows.map(toClaimedRun);
}

export interface RenewedRun {
  id: string;
  isStopRequested: boolean;
}

/** Prolongs the leases of these runs; those missing from the answer are no longer owned. */
export async function renewLeases(terms: LeaseTerms, runs: ClaimedRun[]): Promise<RenewedRun[]> {
  const { rows } = await platformPool().query<{ id: string; is_stop_requested: boolean }>({
    ...RENEW,
    values: [
      terms.owner,
      terms.leaseMs,
      runs.map((run) => run.scope.tenantId),
      runs.map((run) => run.id),
      runs.map((run) => run.fence),
    ],
  });
  return rows.map((row) => ({ id: row.id, isStopRequested: row.is_stop_requested }));
}

/** Gives a run back so that any instance may claim it at once. */
export async function releaseRun(run: ClaimedRun): Promise<void> {
  await platformPool().query({ ...RELEASE, values: [run.scope.tenantId, run.id, run.fence] });
}

interface RunRow {
  tenant_id: TenantId;
  id: string;
  user_id: string;
  conversation_id: string;
  user_message_id: string;
  assistant_message_id: string;
  kind: ClaimedRun["kind"];
  model: string;
  agent: string;
  fence: number;
  base_text_length: number;
  stop_requested_at: Date | null;
  age_ms: number;
}

function toClaimedRun(row: RunRow): ClaimedRun {
  return {
    scope: { tenantId: row.tenant_id, userId: row.user_id },
    id: row.id,
    conversationId: row.conversation_id,
    userMessageId: row.user_message_id,
    assistantMessageId: row.assistant_message_id,
    kind: row.kind,
    model: row.model,
    agent: row.agent,
    fence: row.fence,
    baseTextLength: row.base_text_length,
    isStopRequested: row.stop_requested_at !== null,
    ageMs: row.age_ms,
    claimedAt: Date.now(),
  };
}
