// What members have spent in the running month.

import { now } from "../platform/clock";
import { queryTenant, type TenantScope } from "../platform/tenant-db";

const SPEND = {
  name: "usage_member_spend",
  text: `
  SELECT c.spender_id::text AS id, c.spent_nano::text AS spent
    FROM billing_periods p JOIN spend_counters c ON c.tenant_id = $1 AND c.period_id = p.id
   WHERE p.tenant_id = $1 AND p.kind = 'cap_month' AND p.start_at <= $2 AND p.end_at > $2
     AND c.spender = 'member' AND c.spender_id = ANY ($3::uuid[])`,
};

/** What the reserve paid for these people this month (the month of the caps), in nano; who is missing has spent nothing. */
export async function spendOfMembers(
  scope: TenantScope,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, bigint>> {
  const values = [scope.tenantId, now(), [...userIds]];
  const rows = await queryTenant<{ id: string; spent: string }>(scope, { ...SPEND, values });
  return new Map(rows.map(({ id, spent }) => [id, BigInt(spent)]));
}
