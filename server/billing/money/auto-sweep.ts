// What may have been missed of automatic top-ups: reserves that are low without an attempt, attempts whose job is gone, and
// payments of which nothing was heard.

import { fromNow, now } from "../../platform/clock";
import { platformDb, platformPool } from "../../platform/db";
import { logger } from "../../platform/logger";
import { enqueue } from "../../platform/queue";
import { tenantIdOfJob } from "../../tenants/scope";
import { AUTO_TOPUP_JOB, moveAttempt } from "./attempts";
import { fetchPayment } from "./payment";
import { bringToBooks } from "./reserve-books";

const TENANTS_MAX = 500;
const PAYMENTS_MAX = 50;
const STALLED_MS = 5 * 60_000;
const UNHEARD_MS = 15 * 60_000;
/** A payment that its owner does not confirm in this time is given up. */
const CONFIRM_MS = 24 * 3_600_000;

// Across workspaces without anybody asking: the platform role's work.
const WANTED = `
  SELECT c.tenant_id AS "tenantId" FROM auto_topup_configs c JOIN reserve_accounts a USING (tenant_id)
    JOIN tenants o ON o.id = c.tenant_id AND o.deleted_at IS NULL
   WHERE c.is_enabled AND c.paused_reason IS NULL AND (c.backoff_until IS NULL OR c.backoff_until <= $1)
     AND a.balance_nano < c.threshold_nano
     AND NOT EXISTS (SELECT 1 FROM auto_topup_attempts t WHERE t.tenant_id = c.tenant_id
                      AND t.status IN ('pending', 'processing', 'needs_action'))
  UNION
  SELECT tenant_id FROM auto_topup_attempts WHERE status = 'pending' AND created_at < $2
  LIMIT ${TENANTS_MAX}`;

const log = logger("billing");

/** Enqueues what is wanted, and asks Stripe what became of payments that are long under way. */
export async function sweepAutoTopUps(signal?: AbortSignal): Promise<void> {
  const values = [now(), fromNow(-STALLED_MS)];
  const { rows } = await platformPool().query<{ tenantId: string }>(WANTED, values);
  await platformDb().$transaction(async (tx) => {
    for (const { tenantId } of rows)
      await enqueue(tx, AUTO_TOPUP_JOB, { tenantId }, { jobKey: `${AUTO_TOPUP_JOB}:${tenantId}` });
  });
  const unheard = await platformDb().autoTopupAttempt.findMany({
    where: { status: { in: ["processing", "needs_action"] }, createdAt: { lt: fromNow(-UNHEARD_MS) } },
    orderBy: { createdAt: "asc" },
    take: PAYMENTS_MAX,
  });
  for (const attempt of unheard) {
    if (signal?.aborted) return;
    await follow(attempt).catch((error: unknown) =>
      log.warn(
        { event: "billing.payment_unheard", attempt: attempt.id, err: error },
        "a payment was not read",
      ),
    );
  }
}

interface Unheard {
  tenantId: string;
  id: string;
  status: string;
  createdAt: Date;
  stripePaymentIntentId: string | null;
}

async function follow(attempt: Unheard): Promise<void> {
  const { id, status, createdAt, stripePaymentIntentId: intentId } = attempt;
  const payment = intentId === null ? null : await fetchPayment(intentId);
  if (payment !== null) await platformDb().$transaction((tx) => bringToBooks(tx, payment));
  if (status !== "needs_action" || createdAt > fromNow(-CONFIRM_MS)) return;
  const tenantId = tenantIdOfJob(attempt);
  await platformDb().$transaction((tx) =>
    moveAttempt(tx, { tenantId, id }, { status: "failed", intentId, failure: "unconfirmed" }),
  );
}
