// The guard of allowances, on or off for the whole platform, without a new build: while it is off, no allowance that is used
// up refuses a call. What is used is counted all the same, and caps and reserves refuse as ever.

import { auditDeed, type Officer } from "../../auth/sign-in/officer";
import { requireRecentAuthentication } from "../../auth/sign-in/step-up";
import { now } from "../../platform/clock";
import { platformDb } from "../../platform/db";
import { AppError } from "../../platform/errors";
import { logger } from "../../platform/logger";
import { readGauge } from "../../platform/metrics";
import type { SetQuotaGuard } from "../contract";
import { TEXT_GUARD_ALREADY } from "../terms";

export interface QuotaGuardState {
  isOn: boolean;
  /** Why it was switched last; null when it never was. */
  reason: string | null;
  changedBy: string | null;
  changedAt: string | null;
}

const THE_ROW = { id: 1 };

const log = logger("wallet");

readGauge("usage_quota_guard_on", "1 while allowances that are used up refuse calls", async () =>
  (await readQuotaGuard()).isOn ? 1 : 0,
);

/** How the guard stands, and who switched it last. */
export async function readQuotaGuard(): Promise<QuotaGuardState> {
  const row = await platformDb().quotaGuard.findUniqueOrThrow({ where: THE_ROW });
  const { isOn, reason, changedBy, changedAt } = row;
  return { isOn, reason, changedBy, changedAt: changedAt?.toISOString() ?? null };
}

/**
 * Switches the guard, for every workspace from the next call on. Throws `forbidden` (step_up_required) for an old sign-in,
 * `conflict` when it stands so already: of two operators who do the same, one does.
 */
export async function setQuotaGuard(officer: Officer, { isOn, reason }: SetQuotaGuard): Promise<void> {
  requireRecentAuthentication(officer.session);
  await platformDb().$transaction(async (tx) => {
    const { count } = await tx.quotaGuard.updateMany({
      where: { ...THE_ROW, isOn: !isOn },
      data: { isOn, reason, changedBy: officer.session.userId, changedAt: now() },
    });
    if (count === 0) throw new AppError("conflict", TEXT_GUARD_ALREADY);
    await auditDeed(tx, officer, { action: "quota_guard", tenantId: null, metadata: { isOn, reason } });
  });
  log.info({ event: "usage.quota_guard", is_on: isOn }, "the guard of allowances was switched");
}
