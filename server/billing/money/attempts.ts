// Attempts to fill a reserve by itself: what Stripe says of an attempt's payment moves it on, and what that means for the
// next one. An attempt that has ended stays ended, but for money that arrives after all.

import type Stripe from "stripe";
import { fromNow, now } from "../../platform/clock";
import type { TopupStatus } from "../../platform/prisma/client";
import { enqueue } from "../../platform/queue";
import type { TenantId } from "../../platform/tenant-db";
import { EventFault, type PlatformTx } from "../intake/handler";
import { mailManagers } from "../letters";
import { tellBilling } from "../stream/tell";
import { AUTO_TOPUP_FAILURES_MAX } from "../terms";
import { autoTopUpMail } from "./emails";

/** Makes the next attempt, or goes on with the one under way; its payload names the workspace. */
export const AUTO_TOPUP_JOB = "billing.auto_topup";

export const IN_FLIGHT: TopupStatus[] = ["pending", "processing", "needs_action"];

const BACKOFF_MS = 3_600_000;

export type Fate =
  | { status: "succeeded" | "processing" | "needs_action"; intentId: string | null }
  | { status: "failed"; intentId: string | null; failure: string };

interface AttemptAt {
  tenantId: TenantId;
  id: string;
}

/** Moves the attempt that a payment names; false when there is nothing new. Throws EventFault for one that is not there. */
export async function noteAttempt(
  tx: PlatformTx,
  tenantId: TenantId,
  intent: Stripe.PaymentIntent,
): Promise<boolean> {
  const id = intent.metadata["attempt_id"] ?? "";
  const attempts = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM auto_topup_attempts WHERE tenant_id = ${tenantId}::uuid AND id::text = ${id}`;
  if (attempts.length === 0)
    throw new EventFault(`The payment ${intent.id} is of no attempt of its workspace.`);
  const fate = fateOf(intent);
  return fate !== null && moveAttempt(tx, { tenantId, id }, fate);
}

/** Moves an attempt on, by one conditional statement; false when it is there already, or has ended otherwise. */
export async function moveAttempt(tx: PlatformTx, { tenantId, id }: AttemptAt, fate: Fate): Promise<boolean> {
  const { status, intentId } = fate;
  const isEnd = status === "succeeded" || status === "failed";
  const failure = fate.status === "failed" ? fate.failure : null;
  const before = status === "succeeded" ? [...IN_FLIGHT, "failed" as const] : earlierThan(status);
  const { count } = await tx.autoTopupAttempt.updateMany({
    where: { tenantId, id, status: { in: before } },
    data: {
      status,
      failure,
      ...(intentId !== null && { stripePaymentIntentId: intentId }),
      ...(isEnd && { endedAt: now() }),
    },
  });
  if (count === 0) return false;
  const { amountCents } = await tx.autoTopupAttempt.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id } },
  });
  await tellBilling(tx, tenantId, { type: "auto_topup", payload: { state: status, amountCents } });
  const attempt = { tenantId, id, amountCents };
  if (status === "succeeded") await forgetFailures(tx, tenantId);
  if (status === "failed") await countFailure(tx, attempt);
  if (status === "needs_action") await mailOf(tx, attempt, "needs_action");
  return true;
}

/** A top-up by hand answers an attempt that waits for its owner. */
export async function replaceWaiting(tx: PlatformTx, tenantId: TenantId): Promise<void> {
  await tx.autoTopupAttempt.updateMany({
    where: { tenantId, status: "needs_action" },
    data: { status: "failed", failure: "replaced", endedAt: now() },
  });
}

/** Stops automatic top-ups until somebody turns them on again. */
export async function pauseFor(
  tx: PlatformTx,
  attempt: AttemptAt & { amountCents: number },
  reason: "declined" | "no_payment_method",
): Promise<void> {
  const { tenantId, amountCents } = attempt;
  await tx.autoTopupConfig.updateMany({
    where: { tenantId },
    data: { pausedReason: reason, backoffUntil: null, updatedAt: now() },
  });
  await tellBilling(tx, tenantId, { type: "auto_topup", payload: { state: "paused", amountCents } });
  await mailOf(tx, attempt, reason === "declined" ? "paused" : reason);
}

// Answers may come late: what has been heard of an attempt is not taken back by something older.
function earlierThan(status: TopupStatus): TopupStatus[] {
  if (status === "processing") return ["pending", "needs_action"];
  return status === "needs_action" ? ["pending"] : IN_FLIGHT;
}

function fateOf({ id: intentId, status, last_payment_error: error }: Stripe.PaymentIntent): Fate | null {
  if (status === "succeeded") return { status: "succeeded", intentId };
  if (status === "processing") return { status: "processing", intentId };
  if (status === "requires_action") return { status: "needs_action", intentId };
  if (status === "canceled") return { status: "failed", intentId, failure: "canceled" };
  if (status !== "requires_payment_method" || !error) return null;
  return fateOfRefusal({
    intentId,
    code: error.code ?? null,
    declineCode: error.decline_code ?? null,
  });
}

/** What a refused card means: its owner is asked by the bank, or it is a decline. */
export function fateOfRefusal(refusal: {
  intentId: string | null;
  code: string | null;
  declineCode: string | null;
}): Fate {
  const { intentId, code, declineCode } = refusal;
  const isAsked = code === "authentication_required" || declineCode === "authentication_required";
  if (isAsked) return { status: "needs_action", intentId };
  return { status: "failed", intentId, failure: declineCode ?? code ?? "declined" };
}

async function forgetFailures(tx: PlatformTx, tenantId: TenantId): Promise<void> {
  await tx.autoTopupConfig.updateMany({
    where: { tenantId },
    data: { failures: 0, backoffUntil: null, updatedAt: now() },
  });
}

async function countFailure(tx: PlatformTx, attempt: AttemptAt & { amountCents: number }): Promise<void> {
  const { tenantId } = attempt;
  const backoffUntil = fromNow(BACKOFF_MS);
  const [config] = await tx.autoTopupConfig.updateManyAndReturn({
    where: { tenantId },
    data: { failures: { increment: 1 }, backoffUntil, updatedAt: now() },
    select: { failures: true },
  });
  if ((config?.failures ?? 0) >= AUTO_TOPUP_FAILURES_MAX) return pauseFor(tx, attempt, "declined");
  await mailOf(tx, attempt, "declined");
  await enqueue(
    tx,
    AUTO_TOPUP_JOB,
    { tenantId },
    { runAt: backoffUntil, jobKey: `${AUTO_TOPUP_JOB}:${tenantId}` },
  );
}

async function mailOf(
  tx: PlatformTx,
  { tenantId, id, amountCents }: AttemptAt & { amountCents: number },
  trouble: Parameters<typeof autoTopUpMail>[1]["trouble"],
): Promise<void> {
  await mailManagers(tx, tenantId, {
    cause: `auto_topup:${id}:${trouble}`,
    mailFor: (workspace) => autoTopUpMail(workspace, { amountCents, trouble }),
  });
}
