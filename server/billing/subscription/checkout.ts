// Subscribing for the first time, on Stripe's own page. What it costs, how long a trial lasts and who pays follow from the
// catalogue and from the workspace; the input says which plan, how often, and how many seats at least.

import type Stripe from "stripe";
import { recordAudit } from "../../audit/log";
import { appLink } from "../../auth/mail-layout";
import { listPlans, type PlanItem } from "../../catalogue/plans";
import { now } from "../../platform/clock";
import { config } from "../../platform/config";
import { AppError } from "../../platform/errors";
import { newId } from "../../platform/ids";
import { type TenantDb, withTenant } from "../../platform/tenant-db";
import type { Scope } from "../../tenants/scope";
import type { Checkout } from "../contract";
import { requireCustomer } from "../customer/customer";
import { callStripe, readStripe } from "../gateway/calls";
import { stripeClient } from "../gateway/client";
import { TEXT_SUBSCRIBED, TEXT_UNSOLD } from "../terms";
import { priceIdOf } from "./prices";
import { countPeople, seatsFor } from "./seats/seats";
import { findLive } from "./statuses";

/** Stripe's page takes no trial that ends sooner. */
const TRIAL_REST_MIN_MS = 49 * 3_600_000;

type TrialTerms = Pick<
  Stripe.Checkout.SessionCreateParams.SubscriptionData,
  "trial_end" | "trial_period_days"
>;

/**
 * Begins to subscribe and answers where to go on. Throws `conflict` for a workspace that has a subscription and for more
 * people than the plan is for, `invalid` for what is not sold, `unavailable` while Stripe cannot be reached.
 */
export async function checkout(scope: Scope, input: Checkout): Promise<{ url: string }> {
  stripeClient();
  const plan = await soldPlan(input.plan);
  const price = priceIdOf(plan.code, input.interval);
  const { seats, trial } = await withTenant(scope, async (db) => {
    await requireUnsubscribed(db, scope);
    const people = await countPeople(db, scope.tenantId);
    const seats = seatsFor(plan, Math.max(people, input.seats ?? 1));
    await auditBeginning(db, scope, { ...input, seats });
    return { seats, trial: await trialOf(db, scope, plan) };
  });
  const customer = await requireCustomer(scope);
  await expireOpenPages(customer, scope);
  return { url: await openPage(scope, { customer, price, seats, trial }) };
}

/** The version of a plan that is sold now. Throws `invalid` for a plan that is not. */
export async function soldPlan(code: string): Promise<PlanItem> {
  const plan = (await listPlans()).find((sold) => sold.code === code);
  if (plan) return plan;
  throw new AppError("invalid", TEXT_UNSOLD, { fields: { plan: TEXT_UNSOLD } });
}

async function requireUnsubscribed(db: TenantDb, { tenantId }: Scope): Promise<void> {
  if (await findLive(db, tenantId)) throw new AppError("conflict", TEXT_SUBSCRIBED);
}

// The rest of the workspace's own trial, when the plan of the trial is bought; the plan's trial, for who never had one.
async function trialOf(db: TenantDb, { tenantId }: Scope, plan: PlanItem): Promise<TrialTerms> {
  const present = await db.tenantPlan.findUniqueOrThrow({ where: { tenantId } });
  const { standing, planId, trialEndsAt } = present;
  if (standing === "trialing" && planId === plan.code && trialEndsAt) {
    const rest = trialEndsAt.getTime() - now().getTime();
    return rest > TRIAL_REST_MIN_MS ? { trial_end: Math.floor(trialEndsAt.getTime() / 1_000) } : {};
  }
  const had = await db.trialUse.findUnique({ where: { tenantId } });
  return plan.trialDays > 0 && !had ? { trial_period_days: plan.trialDays } : {};
}

function auditBeginning(
  db: TenantDb,
  scope: Scope,
  { plan, interval, seats }: { plan: string; interval: string; seats: number },
): Promise<void> {
  const { tenantId, actor, request } = scope;
  return recordAudit(db, {
    tenantId,
    actor,
    action: "subscription.checkout",
    category: "billing",
    target: { type: "tenant", id: tenantId },
    metadata: { plan, interval, seats },
    request,
  });
}

// A page that was left open must not become a second subscription.
async function expireOpenPages(customer: string, { tenantId }: Scope): Promise<void> {
  const open = await readStripe("checkout.list", (stripe) =>
    stripe.checkout.sessions.list({ customer, status: "open", limit: 100 }),
  );
  for (const { id, mode } of open.data) {
    if (mode !== "subscription") continue;
    const request = { operation: "checkout.expire" as const, intent: id, tenantId, body: {} };
    await callStripe(request, (stripe, options) => stripe.checkout.sessions.expire(id, {}, options));
  }
}

interface Page {
  customer: string;
  price: string;
  seats: number;
  trial: TrialTerms;
}

async function openPage(scope: Scope, { customer, price, seats, trial }: Page): Promise<string> {
  const { tenantId, tenant } = scope;
  const page = `/t/${tenant.slug}/billing`;
  const metadata = { tenant_id: tenantId };
  const isTaxOn = config().billing.isTaxOn;
  const body: Stripe.Checkout.SessionCreateParams = {
    mode: "subscription",
    customer,
    client_reference_id: tenantId,
    line_items: [{ price, quantity: seats }],
    success_url: appLink(page, { subscribed: "1" }),
    cancel_url: appLink(page),
    payment_method_collection: "always",
    metadata,
    subscription_data: { metadata, ...trial },
    ...(isTaxOn && {
      automatic_tax: { enabled: true },
      customer_update: { address: "auto", name: "auto" },
      tax_id_collection: { enabled: true },
    }),
  };
  // Each click is a page of its own: the one before it was closed.
  const request = { operation: "checkout.create" as const, intent: newId(), tenantId, body };
  const { url } = await callStripe(request, (stripe, options) =>
    stripe.checkout.sessions.create(body, options),
  );
  if (url === null) throw new Error("a page to pay on has an address");
  return url;
}
