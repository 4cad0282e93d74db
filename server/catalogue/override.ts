// The way out for a workspace that is refused while somebody sorts it out: until an instant, neither a suspended plan nor an
// allowance that is used up refuses its calls (SQL functions `plan_of`, `allowances_refuse`). Its caps and its reserve do.

import { auditDeed, type Officer } from "../auth/sign-in/officer";
import { requireRecentAuthentication } from "../auth/sign-in/step-up";
import { now } from "../platform/clock";
import { platformDb } from "../platform/db";
import { notFound } from "../platform/errors";
import { tenantIdOfBooks } from "../tenants/scope";
import type { OverrideBlock } from "./contract";

const HOUR_MS = 3_600_000;

/**
 * Overrides the blocks of a workspace for some hours from now, in place of an override before; 0 ends it. Throws `forbidden`
 * (step_up_required) for an old sign-in, `not_found` for no workspace.
 */
export async function overrideBlock(officer: Officer, input: OverrideBlock): Promise<void> {
  requireRecentAuthentication(officer.session);
  const { tenantId, hours, reason } = input;
  const overrideUntil = hours === 0 ? null : new Date(now().getTime() + hours * HOUR_MS);
  await platformDb().$transaction(async (tx) => {
    const { count } = await tx.tenantPlan.updateMany({ where: { tenantId }, data: { overrideUntil } });
    if (count === 0) throw notFound("Workspace");
    await auditDeed(tx, officer, {
      action: "override_block",
      tenantId: tenantIdOfBooks(input),
      metadata: { reason, until: overrideUntil?.toISOString() ?? null },
    });
  });
}
