// How a workspace's reserve is filled by itself, as people set it and as it stands.

import { recordAudit } from "../../audit/log";
import { now } from "../../platform/clock";
import { config } from "../../platform/config";
import { AppError } from "../../platform/errors";
import type { AutoTopupConfig } from "../../platform/prisma/client";
import { enqueue } from "../../platform/queue";
import { type TenantDb, withTenant } from "../../platform/tenant-db";
import type { Scope } from "../../tenants/scope";
import { TEXT_NO_PAYMENTS } from "../../wallet/terms";
import type { SetAutoTopUp } from "../contract";
import { AUTO_TOPUP_USUAL, type AutoTopUpState, TEXT_AUTO_TOPUP_STALE } from "../terms";
import { AUTO_TOPUP_JOB, IN_FLIGHT } from "./attempts";
import { monthOf } from "./auto-top-up";

export interface AutoTopUp {
  isEnabled: boolean;
  /** Below it the reserve is filled; decimal text of nano. */
  thresholdNano: string;
  amountCents: number;
  monthCeilingCents: number;
  version: number;
  state: AutoTopUpState;
  /** When it goes on by itself, where it waits. */
  nextTryAt: string | null;
  /** What is under way, or waits for a confirmation. */
  pendingCents: number | null;
  /** What automatic top-ups have come to this month, with those under way. */
  monthCents: number;
}

/** How it stands; the usual numbers where nothing was set. */
export async function getAutoTopUp(scope: Scope): Promise<AutoTopUp> {
  const { tenantId } = scope;
  return withTenant(scope, async (db) => {
    const set = await db.autoTopupConfig.findUnique({ where: { tenantId } });
    const begun = await db.autoTopupAttempt.findFirst({ where: { tenantId, status: { in: IN_FLIGHT } } });
    const { _sum: month } = await db.autoTopupAttempt.aggregate({
      where: { tenantId, createdAt: { gte: monthOf(now()).startAt }, status: { not: "failed" } },
      _sum: { amountCents: true },
    });
    return {
      isEnabled: set?.isEnabled ?? false,
      thresholdNano: (set?.thresholdNano ?? AUTO_TOPUP_USUAL.thresholdNano).toString(),
      amountCents: set?.amountCents ?? AUTO_TOPUP_USUAL.amountCents,
      monthCeilingCents: set?.monthCeilingCents ?? AUTO_TOPUP_USUAL.monthCeilingCents,
      version: set?.version ?? 0,
      state: stateOf(set, begun?.status),
      nextTryAt: set?.backoffUntil?.toISOString() ?? null,
      pendingCents: begun?.amountCents ?? null,
      monthCents: month.amountCents ?? 0,
    };
  });
}

/**
 * Saves it and forgets earlier failures: who saves has seen them. Throws `unavailable` where nobody can pay, `conflict`
 * (version_conflict) when somebody saved since it was read.
 */
export async function setAutoTopUp(scope: Scope, input: SetAutoTopUp): Promise<{ version: number }> {
  if (input.isEnabled && config().billing.stripe === null)
    throw new AppError("unavailable", TEXT_NO_PAYMENTS);
  const { tenantId } = scope;
  const { version, ...wanted } = input;
  return withTenant(scope, async (db) => {
    const before = await db.autoTopupConfig.findUnique({ where: { tenantId } });
    const saved = await save(db, scope, { wanted, known: version ?? before?.version ?? 0 });
    await recordAudit(db, {
      tenantId,
      actor: scope.actor,
      action: "reserve.set_auto_top_up",
      category: "billing",
      target: { type: "tenant", id: tenantId },
      metadata: {
        isEnabled: wanted.isEnabled,
        isEnabledBefore: before?.isEnabled ?? false,
        thresholdNano: wanted.thresholdNano.toString(),
        amountCents: wanted.amountCents,
        monthCeilingCents: wanted.monthCeilingCents,
      },
      request: scope.request,
    });
    if (wanted.isEnabled)
      await enqueue(db, AUTO_TOPUP_JOB, { tenantId }, { jobKey: `${AUTO_TOPUP_JOB}:${tenantId}` });
    return { version: saved };
  });
}

interface Saving {
  wanted: Omit<SetAutoTopUp, "version">;
  /** The version that was read; zero where there was none. */
  known: number;
}

// Of two who save at once the one whose statement finds the version it read wins.
async function save(db: TenantDb, { tenantId }: Scope, { wanted, known }: Saving): Promise<number> {
  const fresh = { failures: 0, pausedReason: null, backoffUntil: null, updatedAt: now() };
  const { count } =
    known === 0
      ? await db.autoTopupConfig.createMany({
          data: [{ tenantId, ...wanted, ...fresh }],
          skipDuplicates: true,
        })
      : await db.autoTopupConfig.updateMany({
          where: { tenantId, version: known },
          data: { ...wanted, ...fresh, version: { increment: 1 } },
        });
  if (count === 0) throw new AppError("conflict", TEXT_AUTO_TOPUP_STALE, { reason: "version_conflict" });
  return known + 1;
}

function stateOf(set: AutoTopupConfig | null, begun: string | undefined): AutoTopUpState {
  if (begun === "needs_action") return "needs_action";
  if (begun !== undefined) return "under_way";
  if (!set?.isEnabled) return "off";
  if (set.pausedReason !== null)
    return set.pausedReason === "no_payment_method" ? "no_payment_method" : "paused";
  if (set.backoffUntil === null || set.backoffUntil <= now()) return "ready";
  return set.failures > 0 ? "waiting" : "ceiling";
}
