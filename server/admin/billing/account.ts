// The money of one workspace as operators see it: what it has, what a low balance means, what its plan lets it do.

import type { Standing } from "../../catalogue/terms";
import { now } from "../../platform/clock";
import { platformDb } from "../../platform/db";
import { notFound } from "../../platform/errors";
import type { LowPolicy } from "../../wallet/terms";

export interface TenantAccount {
  tenantId: string;
  name: string;
  slug: string;
  plan: string | null;
  /** As it counts now: a lifted suspension reads as "past_due". */
  standing: Standing | null;
  overrideUntil: string | null;
  currency: string;
  balanceNano: string;
  heldNano: string;
  policy: LowPolicy;
  lowThresholdNano: string;
  floorNano: string;
}

type Row = Omit<TenantAccount, "overrideUntil"> & { override_until: Date | null };

/** Throws `not_found` for no workspace. */
export async function getTenantAccount(tenantId: string): Promise<TenantAccount> {
  const at = now();
  const [row] = await platformDb().$queryRaw<Row[]>`
    SELECT t.id::text AS "tenantId", t.name, t.slug, p.plan_id AS plan, p.standing, s.override_until, a.currency,
           a.balance_nano::text AS "balanceNano", a.held_nano::text AS "heldNano", a.low_policy::text AS policy,
           a.low_threshold_nano::text AS "lowThresholdNano", a.floor_nano::text AS "floorNano"
      FROM tenants t JOIN reserve_accounts a ON a.tenant_id = t.id
      LEFT JOIN tenant_plans s ON s.tenant_id = t.id
      LEFT JOIN LATERAL plan_of(t.id, ${at}::timestamptz) p ON true
     WHERE t.id = ${tenantId}::uuid`;
  if (!row) throw notFound("Workspace");
  const { override_until: until, ...facts } = row;
  return { ...facts, overrideUntil: until !== null && until > at ? until.toISOString() : null };
}
