// Filling a reserve that has run low by itself. At most one attempt of a workspace is under way: its row decides, and its id
// is the name under which Stripe is asked, so that a repeat after a crash or a timeout is the same charge. Credited is only
// what Stripe then says was paid.

import type Stripe from "stripe";
import { now } from "../../platform/clock";
import { platformDb } from "../../platform/db";
import { AppError } from "../../platform/errors";
import { newId } from "../../platform/ids";
import type { AutoTopupAttempt } from "../../platform/prisma/client";
import { enqueue } from "../../platform/queue";
import type { TenantId } from "../../platform/tenant-db";
import { callStripe, readStripe } from "../gateway/calls";
import { failureOf, StripeRefusal } from "../gateway/failures";
import { mailManagers } from "../letters";
import { tellBilling } from "../stream/tell";
import { AUTO_TOPUP_JOB, type Fate, fateOfRefusal, IN_FLIGHT, moveAttempt, pauseFor } from "./attempts";
import { autoTopUpMail } from "./emails";
import { purposeMetadata } from "./purpose";

const CENT_NANO = 10_000_000;
const LIST_MAX = 100;

interface Payer {
  customer: string;
  method: string;
}

/** Makes the attempt that the workspace's settings allow now, or goes on with the one that was begun. */
export async function runAutoTopUp(tenantId: TenantId): Promise<void> {
  const attempt = (await findBegun(tenantId)) ?? (await beginAttempt(tenantId));
  if (attempt?.status !== "pending") return;
  const payer = await payerOf(tenantId, attempt);
  if (payer === null) return giveUp(tenantId, attempt);
  const fate = await charge({ tenantId, attempt, payer });
  await platformDb().$transaction((tx) => moveAttempt(tx, { tenantId, id: attempt.id }, fate));
}

// The platform role's work throughout: a reserve that runs low asks nobody.
function findBegun(tenantId: TenantId): Promise<AutoTopupAttempt | null> {
  return platformDb().autoTopupAttempt.findFirst({ where: { tenantId, status: { in: IN_FLIGHT } } });
}

// Clears the shortfall where the month's ceiling allows it; never of a workspace that is deleted. The index lets one try in.
async function beginAttempt(tenantId: TenantId): Promise<AutoTopupAttempt | null> {
  return platformDb().$transaction(async (tx) => {
    await tx.autoTopupConfig.updateMany({
      where: { tenantId, backoffUntil: { lte: now() } },
      data: { backoffUntil: null },
    });
    const id = newId();
    const month = monthOf(now());
    const count = await tx.$executeRaw`
      INSERT INTO auto_topup_attempts (tenant_id, id, amount_cents, status, created_at)
      SELECT c.tenant_id, ${id}::uuid,
             CASE WHEN s.spent + w.wanted <= c.month_ceiling_cents THEN w.wanted ELSE c.amount_cents END, 'pending', ${now()}::timestamptz
        FROM auto_topup_configs c
        JOIN reserve_accounts a USING (tenant_id) JOIN tenants o ON o.id = c.tenant_id AND o.deleted_at IS NULL
       CROSS JOIN LATERAL (SELECT coalesce(sum(t.amount_cents), 0)::int AS spent FROM auto_topup_attempts t
              WHERE t.tenant_id = c.tenant_id AND t.created_at >= ${month.startAt}::timestamptz AND t.status <> 'failed') s
       CROSS JOIN LATERAL (SELECT greatest(c.amount_cents,
              ceil((c.threshold_nano - a.balance_nano) / ${CENT_NANO}::numeric))::int AS wanted) w
       WHERE c.tenant_id = ${tenantId}::uuid AND c.is_enabled AND c.paused_reason IS NULL AND c.backoff_until IS NULL
         AND a.balance_nano < c.threshold_nano AND s.spent + c.amount_cents <= c.month_ceiling_cents
      ON CONFLICT DO NOTHING`;
    const where = { tenantId_id: { tenantId, id } };
    const attempt = count === 0 ? null : await tx.autoTopupAttempt.findUniqueOrThrow({ where });
    if (attempt === null) await waitForNextMonth(tx, tenantId, month.endAt);
    else {
      const { amountCents } = attempt;
      await tellBilling(tx, tenantId, { type: "auto_topup", payload: { state: "pending", amountCents } });
    }
    return attempt;
  });
}

// Nothing but the ceiling keeps a reserve that is low, and whose settings let it be filled, from being filled.
async function waitForNextMonth(
  tx: Parameters<typeof tellBilling>[0],
  tenantId: TenantId,
  nextMonthAt: Date,
): Promise<void> {
  const waiting = await tx.$queryRaw<{ amount: number }[]>`
    UPDATE auto_topup_configs c SET backoff_until = ${nextMonthAt}::timestamptz, updated_at = ${now()}::timestamptz
      FROM reserve_accounts a JOIN tenants o ON o.id = a.tenant_id AND o.deleted_at IS NULL
     WHERE c.tenant_id = ${tenantId}::uuid AND a.tenant_id = c.tenant_id AND c.is_enabled AND c.paused_reason IS NULL
       AND c.backoff_until IS NULL AND a.balance_nano < c.threshold_nano
       AND NOT EXISTS (SELECT 1 FROM auto_topup_attempts t WHERE t.tenant_id = c.tenant_id
                        AND t.status IN ('pending', 'processing', 'needs_action'))
    RETURNING c.amount_cents AS amount`;
  const [config] = waiting;
  if (!config) return;
  const { amount: amountCents } = config;
  await tellBilling(tx, tenantId, { type: "auto_topup", payload: { state: "paused", amountCents } });
  await mailManagers(tx, tenantId, {
    cause: `auto_topup:ceiling:${nextMonthAt.toISOString()}`,
    mailFor: (workspace) => autoTopUpMail(workspace, { amountCents, trouble: "ceiling" }),
  });
  const jobKey = `${AUTO_TOPUP_JOB}:${tenantId}`;
  await enqueue(tx, AUTO_TOPUP_JOB, { tenantId }, { runAt: nextMonthAt, jobKey });
}

// Chosen once and written down: a repeat charges the same, whatever was changed meanwhile.
async function payerOf(tenantId: TenantId, { id, paymentMethodId }: AutoTopupAttempt): Promise<Payer | null> {
  const profile = await platformDb().billingProfile.findUnique({ where: { tenantId } });
  const customer = profile?.stripeCustomerId;
  if (!customer) return null;
  if (paymentMethodId !== null) return { customer, method: paymentMethodId };
  const method = profile.paymentMethodId ?? (await newestMethodOf(customer));
  if (method === null) return null;
  await platformDb().autoTopupAttempt.updateMany({
    where: { tenantId, id, paymentMethodId: null },
    data: { paymentMethodId: method },
  });
  const { paymentMethodId: chosen } = await platformDb().autoTopupAttempt.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id } },
  });
  return { customer, method: chosen ?? method };
}

/** A card that a payment by hand left for later, where none was made the customer's own. */
async function newestMethodOf(customer: string): Promise<string | null> {
  const { data } = await readStripe("payment_method.list", (stripe) =>
    stripe.paymentMethods.list({ customer, limit: 1 }),
  );
  return data[0]?.id ?? null;
}

interface Charge {
  tenantId: TenantId;
  attempt: AutoTopupAttempt;
  payer: Payer;
}

// Throws while it is not known what became of the charge: the job is repeated, and asks under the same name.
async function charge({ tenantId, attempt, payer }: Charge): Promise<Fate> {
  const body = bodyOf({ tenantId, attempt, payer });
  const operation = "payment_intent.create" as const;
  const find = (stripe: Stripe, known: string | null) => findIntent(stripe, { known, attempt, payer });
  try {
    const intent = await callStripe(
      { operation, intent: attempt.id, tenantId, body, find },
      (stripe, options) => stripe.paymentIntents.create(body, options),
    );
    const isAsked = intent.status === "requires_action";
    return { status: isAsked ? "needs_action" : "processing", intentId: intent.id };
  } catch (error) {
    return fateOfError(error);
  }
}

function bodyOf({ tenantId, attempt, payer }: Charge): Stripe.PaymentIntentCreateParams {
  const { amountCents, id } = attempt;
  return {
    amount: amountCents,
    currency: "usd",
    customer: payer.customer,
    payment_method: payer.method,
    confirm: true,
    off_session: true,
    description: "Automatic top-up of the reserve",
    metadata: { ...purposeMetadata("auto_topup", { tenantId, amountCents }), attempt_id: id },
  };
}

async function findIntent(
  stripe: Stripe,
  { known, attempt, payer }: { known: string | null; attempt: AutoTopupAttempt; payer: Payer },
): Promise<Stripe.PaymentIntent | null> {
  if (known !== null) return stripe.paymentIntents.retrieve(known);
  const { data } = await stripe.paymentIntents.list({ customer: payer.customer, limit: LIST_MAX });
  return data.find(({ metadata }) => metadata["attempt_id"] === attempt.id) ?? null;
}

function fateOfError(error: unknown): Fate {
  if (error instanceof StripeRefusal && error.code === "payment_required") {
    const { code, declineCode, paymentIntentId: intentId } = error.refusal;
    return fateOfRefusal({ intentId, code, declineCode });
  }
  const isRefused = error instanceof AppError ? error.code !== "unavailable" : failureOf(error) === "refused";
  if (isRefused) return { status: "failed", intentId: null, failure: "refused" };
  throw error;
}

async function giveUp(tenantId: TenantId, attempt: AutoTopupAttempt): Promise<void> {
  await platformDb().$transaction(async (tx) => {
    const { count } = await tx.autoTopupAttempt.updateMany({
      where: { tenantId, id: attempt.id, status: "pending" },
      data: { status: "failed", failure: "no_payment_method", endedAt: now() },
    });
    const { id, amountCents } = attempt;
    if (count > 0) await pauseFor(tx, { tenantId, id, amountCents }, "no_payment_method");
  });
}

/** The calendar month of an instant, in UTC. */
export function monthOf(at: Date): { startAt: Date; endAt: Date } {
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()];
  return { startAt: new Date(Date.UTC(year, month, 1)), endAt: new Date(Date.UTC(year, month + 1, 1)) };
}
