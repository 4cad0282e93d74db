// Words before a trial ends: three days and one day ahead, once each, to those who can do something about it.

import { fromNow, now } from "../../../platform/clock";
import { platformDb } from "../../../platform/db";
import { tenantIdOfBooks } from "../../../tenants/scope";
import { trialEndsMail } from "../../emails";
import { mailManagers } from "../../letters";

const DAY_MS = 86_400_000;
/** Nearest first: whoever is told of the last day is not told of the third as well. */
const STAGES_DAYS = [1, 3];

interface EndingTrial {
  tenantId: string;
  planName: string;
  endsAt: Date;
  isPaidAfter: boolean;
}

/** Mails what is due; called as often as one likes. Across workspaces, hence the platform role. */
export async function remindOfTrials(): Promise<void> {
  for (const trial of await endingTrials(Math.max(...STAGES_DAYS))) {
    const { endsAt } = trial;
    const days = STAGES_DAYS.find((stage) => endsAt.getTime() - now().getTime() <= stage * DAY_MS);
    const cause = `trial_ends:${days}:${trial.tenantId}:${endsAt.toISOString()}`;
    await platformDb().$transaction((tx) =>
      mailManagers(tx, tenantIdOfBooks(trial), {
        cause,
        mailFor: (workspace) => trialEndsMail(workspace, trial),
      }),
    );
  }
}

async function endingTrials(days: number): Promise<EndingTrial[]> {
  const endsAt = { gt: now(), lte: fromNow(days * DAY_MS) };
  const own = await platformDb().tenantPlan.findMany({
    where: { standing: "trialing", trialEndsAt: endsAt, tenant: { deletedAt: null } },
    include: { plan: true },
  });
  const paid = await platformDb().subscription.findMany({
    where: { status: "trialing", isCancelling: false, trialEndsAt: endsAt, tenant: { deletedAt: null } },
    include: { planVersion: { include: { plan: true } } },
  });
  const trials: EndingTrial[] = [];
  for (const { tenantId, plan, trialEndsAt } of own)
    if (trialEndsAt) trials.push({ tenantId, planName: plan.name, endsAt: trialEndsAt, isPaidAfter: false });
  for (const { tenantId, planVersion, trialEndsAt } of paid)
    if (trialEndsAt)
      trials.push({ tenantId, planName: planVersion.plan.name, endsAt: trialEndsAt, isPaidAfter: true });
  return trials;
}
