// Brings the plans of workspaces in step with the catalogue: who has no plan gets the one that workspaces begin with, and
// who is bound to what is not there (any more) can be taken back to what is. Across tenants, hence the platform role.

import type pg from "pg";
import { platformPool } from "../platform/db";

export interface SyncOptions {
  isDryRun: boolean;
  /** Also takes workspaces off plans and versions that are not in the catalogue. */
  isPruning: boolean;
}

export interface EntitlementChange {
  tenant: string;
  fault: "no plan" | "plan is not sold" | "version has not begun";
  remedy: string;
  isDone: boolean;
}

// A plan that is not active is not sold to newcomers, and stays with who has it; one without a version in effect entitles
// to nothing.
const FAULTS = `
  SELECT t.id, t.slug AS tenant,
         CASE WHEN p.tenant_id IS NULL THEN 'no plan'
              WHEN v.effective_from > $1 THEN 'version has not begun'
              ELSE 'plan is not sold' END AS fault
    FROM tenants t
    LEFT JOIN tenant_plans p ON p.tenant_id = t.id
    LEFT JOIN plan_versions v ON v.id = p.plan_version_id
   WHERE t.deleted_at IS NULL
     AND (p.tenant_id IS NULL OR v.effective_from > $1
          OR (p.plan_version_id IS NULL AND p.plan_id <> 'free' AND plan_version_at(p.plan_id, $1) IS NULL))
   ORDER BY t.slug`;

interface Remedy {
  says: string;
  isPruning: boolean;
  sql: string;
}

const REMEDIES: Record<EntitlementChange["fault"], Remedy> = {
  "no plan": {
    says: "begins on free",
    isPruning: false,
    sql: `INSERT INTO tenant_plans (tenant_id, plan_id, standing, anchor_at, changed_at)
          VALUES ($1, 'free', 'active', $2, $2) ON CONFLICT DO NOTHING`,
  },
  "version has not begun": {
    says: "follows the version that is sold",
    isPruning: true,
    sql: `UPDATE tenant_plans SET plan_version_id = NULL, changed_at = $2 WHERE tenant_id = $1`,
  },
  "plan is not sold": {
    says: "goes back to free",
    isPruning: true,
    sql: `UPDATE tenant_plans SET plan_id = 'free', plan_version_id = NULL, standing = 'active', trial_ends_at = NULL,
                 grace_ends_at = NULL, changed_at = $2 WHERE tenant_id = $1`,
  },
};

/** What is off, and what was or would be done about it; all of it in one transaction. */
export async function syncEntitlements(
  { isDryRun, isPruning }: SyncOptions,
  at: Date,
): Promise<EntitlementChange[]> {
  const client = await platformPool().connect();
  try {
    await client.query("BEGIN");
    const { rows } = await client.query<FaultRow>(FAULTS, [at]);
    const changes: EntitlementChange[] = [];
    for (const row of rows) changes.push(await mend(client, row, { isDryRun, isPruning, at }));
    await client.query("COMMIT");
    return changes;
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}

interface FaultRow {
  id: string;
  tenant: string;
  fault: EntitlementChange["fault"];
}

async function mend(
  client: pg.PoolClient,
  { id, tenant, fault }: FaultRow,
  { isDryRun, isPruning, at }: SyncOptions & { at: Date },
): Promise<EntitlementChange> {
  const remedy = REMEDIES[fault];
  const isDone = !isDryRun && (isPruning || !remedy.isPruning);
  if (isDone) await client.query(remedy.sql, [id, at]);
  return { tenant, fault, remedy: remedy.says, isDone };
}
