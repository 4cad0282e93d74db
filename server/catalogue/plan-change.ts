// Changing the plan. What costs nothing is changed here, at once; what costs money is begun by a payment, and until one can
// be made here the answer says so. Nobody is put out by a change: people come before seats.

import { recordAudit } from "../audit/log";
import { now } from "../platform/clock";
import { AppError } from "../platform/errors";
import { type TenantDb, withTenant } from "../platform/tenant-db";
import type { Scope } from "../tenants/scope";
import type { ChangePlan } from "./contract";
import { type CurrentPlan, currentPlan, listPlans, type PlanItem } from "./plans";
import { requireNoPayments } from "./subscription";
import { TEXT_PLAN_BY_CONTRACT, TEXT_PLAN_NEEDS_PAYMENT, TEXT_PLAN_NOT_SOLD, TEXT_SAME_PLAN } from "./terms";

/**
 * Puts the workspace on another plan and answers what it is entitled to. Throws `payment_required` for a plan that costs
 * something, `conflict` for the plan it is on and for one with fewer seats than there are people, `invalid` for one that is
 * not sold.
 */
export async function changePlan(scope: Scope, { plan: code }: ChangePlan): Promise<CurrentPlan> {
  const plan = (await listPlans()).find((sold) => sold.code === code);
  if (!plan) throw new AppError("invalid", TEXT_PLAN_NOT_SOLD, { fields: { plan: TEXT_PLAN_NOT_SOLD } });
  const { plan: present, standing } = await currentPlan(scope);
  if (present.code === code && standing === "active") throw new AppError("conflict", TEXT_SAME_PLAN);
  requireFree(plan);
  await withTenant(scope, async (db) => {
    await requireNoPayments(db, scope.tenantId);
    await requireSeats(db, scope, plan);
    const { tenantId } = scope;
    const { count } = await db.tenantPlan.updateMany({
      where: { tenantId, NOT: { planId: code, standing: "active" } },
      data: {
        planId: code,
        planVersionId: null,
        standing: "active",
        trialEndsAt: null,
        graceEndsAt: null,
        changedAt: now(),
      },
    });
    if (count === 0) throw new AppError("conflict", TEXT_SAME_PLAN);
    await recordAudit(db, {
      tenantId,
      actor: scope.actor,
      action: "plan_changed",
      category: "billing",
      target: { type: "tenant", id: tenantId },
      metadata: { planBefore: present.code, standingBefore: standing, plan: code },
      request: scope.request,
    });
  });
  return currentPlan(scope);
}

function requireFree({ code, prices }: PlanItem): void {
  if (code === "enterprise") throw new AppError("payment_required", TEXT_PLAN_BY_CONTRACT);
  if (code !== "free" || prices.some(({ priceNano }) => priceNano !== "0"))
    throw new AppError("payment_required", TEXT_PLAN_NEEDS_PAYMENT);
}

async function requireSeats(db: TenantDb, { tenantId }: Scope, { name, seatMax }: PlanItem): Promise<void> {
  if (seatMax === null) return;
  const people = await db.tenantMember.count({ where: { tenantId } });
  if (people <= seatMax) return;
  const seats = seatMax === 1 ? "one person" : `${seatMax} people`;
  const message = `${name} is for ${seats}, and ${people} belong to this workspace. Remove some first.`;
  throw new AppError("conflict", message, { reason: "seat_limit_reached", fields: { plan: message } });
}
