// The daily comparison. It goes page by page and stores after each where it stands, so that whoever goes on, after a stop or a
// kill, begins there; of two that work on it at once one moves it on and the other leaves. It only finds: what it found is
// looked at again some minutes later (`looks.ts`).

import { auditDeed, type Officer } from "../../auth/sign-in/officer";
import { fromNow, now } from "../../platform/clock";
import { platformDb } from "../../platform/db";
import { newId } from "../../platform/ids";
import { readGauge } from "../../platform/metrics";
import type { BillingComparison, Prisma } from "../../platform/prisma/client";
import { enqueue } from "../../platform/queue";
import { noteSuspects } from "./differences";
import { LOOK_JOB, SETTLE_MS } from "./looks";
import { type Page, type Step, WALKS } from "./walks";

export const COMPARE_JOB = "billing.compare";

/** Of one turn; what is left has another one. */
const TURN_MS = 120_000;
/** For how long differences that are over are kept. */
const KEPT_MS = 400 * 86_400_000;

readGauge("stripe_comparison_age_seconds", "Time since the last comparison with Stripe ended", async () => {
  const last = await lastComparison({ not: null });
  return last?.endedAt ? Math.max(0, (now().getTime() - last.endedAt.getTime()) / 1_000) : 0;
});

/** Begins a comparison, or goes on with the one under way; what a turn leaves is enqueued again. */
export async function compareAll(askedBy: string | null, signal: AbortSignal): Promise<void> {
  const { id } = await openComparison(askedBy);
  const endsAt = performance.now() + TURN_MS;
  while (await comparePage(id)) {
    if (!signal.aborted && performance.now() < endsAt) continue;
    await enqueue(platformDb(), COMPARE_JOB, { askedBy: null }, { jobKey: COMPARE_JOB });
    return;
  }
}

/** Asks for a comparison now: it is made outside the request, and of several that wait, one is. Audited. */
export async function askForComparison(officer: Officer): Promise<void> {
  const { userId } = officer.session;
  await platformDb().$transaction(async (tx) => {
    await enqueue(tx, COMPARE_JOB, { askedBy: userId }, { jobKey: COMPARE_JOB });
    await auditDeed(tx, officer, { action: "compare_billing", tenantId: null, metadata: {} });
  });
}

/** The newest comparison that has, or has not, ended. */
export function lastComparison(endedAt: null | { not: null }): Promise<BillingComparison | null> {
  return platformDb().billingComparison.findFirst({ where: { endedAt }, orderBy: { startedAt: "desc" } });
}

// The index lets one be open: of those who begin at once one does, and the others go on with it.
async function openComparison(askedBy: string | null): Promise<BillingComparison> {
  const [step] = WALKS[0];
  const fresh = { id: newId(), askedBy, startedAt: now(), step };
  await platformDb().billingComparison.createMany({ data: [fresh], skipDuplicates: true });
  return platformDb().billingComparison.findFirstOrThrow({ where: { endedAt: null } });
}

/** Compares one page; false once there is none left, or somebody else has moved it on. */
async function comparePage(id: string): Promise<boolean> {
  const comparison = await platformDb().billingComparison.findUniqueOrThrow({ where: { id } });
  const place = WALKS.findIndex(([step]) => step === comparison.step);
  const [step, readPage] = WALKS[place] ?? WALKS[0];
  if (comparison.endedAt !== null) return false;
  const page = await readPage(comparison);
  const next = page.next === null ? WALKS[place + 1]?.[0] : step;
  return platformDb().$transaction(async (tx) => {
    if (!(await moveOn(tx, comparison, { page, next }))) return false;
    await noteSuspects(tx, page.suspects, now());
    await noteMet(tx, step, page.met);
    return next !== undefined;
  });
}

async function moveOn(
  tx: Prisma.TransactionClient,
  { id, step, position }: BillingComparison,
  { page, next }: { page: Page; next: Step | undefined },
): Promise<boolean> {
  const { count } = await tx.billingComparison.updateMany({
    where: { id, step, position, endedAt: null },
    data: {
      compared: { increment: page.compared },
      ...(next === undefined ? { endedAt: now() } : { step: next, position: page.next }),
    },
  });
  if (count === 1 && next === undefined) await end(tx);
  return count === 1;
}

async function end(tx: Prisma.TransactionClient): Promise<void> {
  await tx.billingDifference.deleteMany({ where: { resolvedAt: { lt: fromNow(-KEPT_MS) } } });
  await tx.billingComparison.deleteMany({ where: { endedAt: { lt: fromNow(-KEPT_MS) } } });
  await enqueue(tx, LOOK_JOB, {}, { jobKey: LOOK_JOB, runAt: fromNow(SETTLE_MS) });
}

async function noteMet(tx: Prisma.TransactionClient, step: Step, met: string[]): Promise<void> {
  const data = { comparedAt: now() };
  if (step.startsWith("subscriptions"))
    await tx.subscription.updateMany({ where: { stripeSubscriptionId: { in: met } }, data });
  if (step.startsWith("payments"))
    await tx.reservePayment.updateMany({ where: { paymentIntentId: { in: met } }, data });
}
