// Money for tests: workspaces whose calls are charged to their reserve, what is in it, and calls to hold and settle.

import { platformDb, platformPool } from "../../server/platform/db";
import { newId } from "../../server/platform/ids";
import { type TenantId, type TenantScope, withTenant } from "../../server/platform/tenant-db";
import { type CallRequest, holdFor } from "../../server/wallet/admission";
import { type CallUsage, markDispatched, settleHold } from "../../server/wallet/holds";
import { bookReserve, type CreditKind } from "../../server/wallet/ledger";
import { makeTenant, type TestTenant } from "./tenants";

interface Limits {
  message?: number;
  input_token?: number;
  output_token?: number;
}

/** Puts a workspace on a plan of its own with these allowances for a month. */
export async function givePlan(
  tenant: { id: string },
  limits: Limits,
  onExceed: "block" | "use_reserve",
): Promise<void> {
  const id = newId();
  const client = await platformPool().connect();
  try {
    await client.query(
      `INSERT INTO plan_versions (id, plan_id, version, effective_from, rate_card_id, trial_days, seat_min, features, checksum)
       SELECT $1, 'enterprise', 1000 + (SELECT count(*) FROM plan_versions), now() - interval '1 second',
              (SELECT id FROM rate_cards WHERE code = 'standard'), 0, 1, '{}', ''`,
      [id],
    );
    for (const [meter, limit] of Object.entries(limits))
      await client.query("INSERT INTO plan_limits VALUES ($1, $2, 'period', $3, NULL, $4)", [
        id,
        meter,
        limit,
        onExceed,
      ]);
    await client.query(
      `UPDATE tenant_plans SET plan_id = 'enterprise', plan_version_id = $2, standing = 'active', trial_ends_at = NULL
        WHERE tenant_id = $1`,
      [tenant.id, id],
    );
  } finally {
    client.release();
  }
}

/** A workspace without any allowance: every call is charged to its reserve, which holds this much. */
export async function makePayingTenant(balanceNano: bigint): Promise<TestTenant> {
  const tenant = await makeTenant();
  await givePlan(tenant, { message: 0 }, "use_reserve");
  if (balanceNano > 0n) await credit(tenant.scope, balanceNano);
  return tenant;
}

export function credit(scope: TenantScope, amountNano: bigint): Promise<void> {
  return book(scope, "grant", amountNano);
}

/** An entry of the ledger that no call is behind. */
export async function book(scope: TenantScope, kind: CreditKind, amountNano: bigint): Promise<void> {
  await platformDb().$transaction((tx) =>
    bookReserve(tx, scope.tenantId, { kind, amountNano, sourceRef: newId() }),
  );
}

/** A call of `fake-1`, which costs 2,000 nano per input token and 8,000 per output token. */
export function callOf(change: Partial<CallRequest> = {}): CallRequest {
  return {
    requestId: newId(),
    purpose: "chat",
    provider: "fake",
    model: "fake-1",
    agent: null,
    conversationId: null,
    runId: null,
    messageId: null,
    messages: 1,
    inputTokens: 100,
    expectedInputTokens: 50,
    outputTokens: 100,
    ...change,
  };
}

export function usageOf(change: Partial<CallUsage> = {}): CallUsage {
  return {
    inputTokens: 40,
    outputTokens: 10,
    cachedInputTokens: 0,
    reasoningTokens: 0,
    latencyMs: 5,
    firstTokenMs: null,
    outcome: "ok",
    source: "provider_final",
    ...change,
  };
}

/** Holds and dispatches a call; answers the hold's id. */
export async function dispatchCall(scope: TenantScope, call = callOf()): Promise<string> {
  const { id } = await holdFor(scope, call);
  await markDispatched(scope, id);
  return id;
}

export function settle(scope: TenantScope, holdId: string, usage = usageOf()) {
  return withTenant(scope, (db) => settleHold(db, scope, { holdId, usage }));
}

interface Account {
  balance: bigint;
  held: bigint;
  entries: number;
}

/** What the books say of a workspace. */
export async function accountOf(tenantId: TenantId): Promise<Account> {
  const { rows } = await platformPool().query<{ balance: string; held: string; entries: number }>(
    `SELECT balance_nano AS balance, held_nano AS held,
            (SELECT count(*)::int FROM ledger_entries l WHERE l.tenant_id = a.tenant_id AND l.kind = 'usage') AS entries
       FROM reserve_accounts a WHERE tenant_id = $1`,
    [tenantId],
  );
  const [row] = rows;
  if (!row) throw new Error("no account");
  return { balance: BigInt(row.balance), held: BigInt(row.held), entries: row.entries };
}
