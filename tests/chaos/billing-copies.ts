// Copies of Parley that hear of the same Stripe: databases with the same workspaces in them, what is left to do there, and
// what they came to.

import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import { type RolePasswords, roleUrls } from "../../scripts/provision-database";
import { SPARE_JOB } from "../../server/billing/subscription/sync";
import { runAt } from "../factories/superuser";

export interface Copy {
  superuserUrl: string;
  /** For its processes. */
  environment: Record<string, string>;
}

export interface Workspace {
  tenantId: string;
  customerId: string;
  ownerId: string;
}

/** How long a lease is held before its holder is taken for dead; a live one has long given it back. */
const DEAD_AFTER = "interval '3 seconds'";
const LEASE = "interval '120 seconds'";

/** The database of this test file. */
export function ownCopy(): Copy {
  return { superuserUrl: process.env["TEST_SUPERUSER_URL"] ?? "", environment: {} };
}

/** One more database like it. */
export async function makeCopy(server: {
  superuserUrl: string;
  template: string;
  passwords: RolePasswords;
}): Promise<Copy & { drop(): Promise<void> }> {
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await runAt(server.superuserUrl, `CREATE DATABASE ${name} OWNER parley_owner TEMPLATE ${server.template}`);
  const urls = roleUrls(server.superuserUrl, name, server.passwords);
  const superuserUrl = new URL(server.superuserUrl);
  superuserUrl.pathname = `/${name}`;
  return {
    superuserUrl: superuserUrl.toString(),
    environment: {
      DATABASE_URL: urls.databaseUrl,
      DATABASE_OWNER_URL: urls.databaseOwnerUrl,
      DATABASE_PLATFORM_URL: urls.databasePlatformUrl,
    },
    drop: () => runAt(server.superuserUrl, `DROP DATABASE ${name} WITH (FORCE)`).then(() => undefined),
  };
}

/** The same workspace in each copy: an owner, a customer of Stripe's, and the plan it began with. */
export async function addWorkspace(
  copies: Copy[],
  { tenantId, customerId, ownerId }: Workspace,
): Promise<void> {
  const values = [tenantId, customerId, ownerId];
  const named = (sql: string) => sql.replaceAll(/\$(\d)/g, (_, n: string) => `'${values[Number(n) - 1]}'`);
  const text = named(`
    INSERT INTO users (id, email, email_verified_at, status, updated_at)
      VALUES ($3, $3 || '@example.test', now(), 'active', now());
    INSERT INTO user_profiles (user_id, display_name, updated_at) VALUES ($3, 'Owner', now());
    INSERT INTO tenants (id, slug, name, updated_at) VALUES ($1, 'w-' || $1, 'Workspace', now());
    INSERT INTO tenant_members (tenant_id, user_id, role) VALUES ($1, $3, 'owner');
    UPDATE tenant_plans SET anchor_at = '2024-01-01Z', trial_ends_at = '2024-02-01Z' WHERE tenant_id = $1;
    INSERT INTO billing_profiles (tenant_id, stripe_customer_id, created_at, updated_at) VALUES ($1, $2, now(), now())`);
  for (const { superuserUrl } of copies) await runAt(superuserUrl, text);
}

/**
 * Waits until every event has ended. What failed is due at once, what a dead process holds becomes free, and `nudge` is
 * called each time, so that nobody waits for a clock.
 */
export async function untilWorkedOff({ superuserUrl }: Copy, nudge: () => Promise<unknown>): Promise<void> {
  const look = async () => {
    await runAt(superuserUrl, LET_TIME_PASS);
    const { rows } = await runAt(superuserUrl, OPEN_WORK);
    if (rows.length > 0) await nudge();
    return rows.map(({ work }) => work as string);
  };
  await expect.poll(look, { timeout: 180_000, interval: 200 }).toEqual([]);
}

const LET_TIME_PASS = `
  UPDATE stripe_event_dispatches SET next_at = now() WHERE status = 'failed' AND object_id IS NULL AND next_at > now();
  UPDATE stripe_event_dispatches SET lease_until = now()
   WHERE status = 'running' AND lease_until BETWEEN now() AND now() + ${LEASE} - ${DEAD_AFTER};
  UPDATE stripe_object_syncs SET next_at = now() WHERE synced_seq < wanted_seq AND next_at > now();
  UPDATE stripe_object_syncs SET lease_until = now()
   WHERE lease_until BETWEEN now() AND now() + ${LEASE} - ${DEAD_AFTER};
  UPDATE graphile_worker._private_jobs SET locked_at = NULL, locked_by = NULL, run_at = now()
   WHERE task_id IN (SELECT id FROM graphile_worker._private_tasks WHERE identifier = '${SPARE_JOB}')
     AND (locked_at < now() - ${DEAD_AFTER} OR run_at > now())`;

const OPEN_WORK = `
  SELECT event_id || ' ' || handler || ' ' || status || ' ' || coalesce(last_error, '') AS work
    FROM stripe_event_dispatches WHERE status NOT IN ('done', 'ignored')
  UNION ALL
  SELECT object_id || ' ' || coalesce(last_error, '') FROM stripe_object_syncs WHERE synced_seq < wanted_seq
  UNION ALL
  SELECT 'job ' || id || ' ' || coalesce(last_error, '') FROM graphile_worker.jobs WHERE task_identifier = '${SPARE_JOB}'`;

/** Tables of what a workspace came to, and what in them is each copy's own: names, times of its work, order. */
const TABLES: Record<string, string[]> = {
  subscriptions: ["id", "applied_fence", "fetched_at"],
  invoices: ["applied_fence"],
  reserve_payments: ["created_at"],
  reserve_claims: [],
  ledger_entries: ["seq", "id", "balance_after_nano", "created_at"],
  reserve_accounts: ["alarm_epoch"],
  tenant_plans: ["changed_at"],
  billing_profiles: ["created_at", "updated_at"],
  billing_stream_events: ["seq", "created_at", "is_published"],
};

/** What these workspaces came to in a copy, and what their people were mailed. */
export async function stateOf(
  { superuserUrl }: Copy,
  workspaces: Workspace[],
): Promise<Record<string, unknown[]>> {
  const ids = workspaces.map(({ tenantId }) => tenantId);
  const state: Record<string, unknown[]> = {};
  for (const [table, own] of Object.entries(TABLES)) {
    const { rows } = await runAt(
      superuserUrl,
      `SELECT to_jsonb(t) - $2::text[] AS row FROM ${table} t WHERE tenant_id = ANY ($1)
        ORDER BY (to_jsonb(t) - $2::text[])::text`,
      [ids, own],
    );
    state[table] = rows.map(({ row }) => row as unknown);
  }
  const mails = await runAt(superuserUrl, "SELECT dedupe_key FROM outgoing_mail ORDER BY dedupe_key");
  state["mails"] = mails.rows.map((row) => row["dedupe_key"] as unknown);
  return state;
}
