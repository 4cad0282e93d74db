// Filling the reserve by hand: a page of Stripe's where it is paid. Nothing is credited here but where nobody can pay and
// nobody is charged, in development, so that everything behind the reserve can be tried.

import type Stripe from "stripe";
import { recordAudit } from "../../audit/log";
import { config } from "../../platform/config";
import { platformDb } from "../../platform/db";
import { AppError } from "../../platform/errors";
import { newId } from "../../platform/ids";
import type { Scope } from "../../tenants/scope";
import { bookReserve } from "../../wallet/ledger";
import { NANO_PER_CENT, TEXT_NO_PAYMENTS } from "../../wallet/terms";
import type { TopUp } from "../contract";
import { requireCustomer } from "../customer/customer";
import { callStripe } from "../gateway/calls";
import { purposeMetadata } from "./purpose";

/**
 * Answers where to pay. Throws `unavailable` in production while nobody can pay, and as `callStripe`; in development
 * without Stripe the reserve is credited at once.
 */
export async function topUp(scope: Scope, { amountCents }: TopUp): Promise<{ url: string }> {
  if (config().billing.stripe === null) return creditAtOnce(scope, amountCents);
  const { tenantId } = scope;
  const body = checkoutOf(scope, { amountCents, customer: await requireCustomer(scope) });
  const call = { operation: "checkout.create" as const, intent: newId(), tenantId, body };
  const { id, url } = await callStripe(call, (stripe, options) =>
    stripe.checkout.sessions.create(body, options),
  );
  if (url === null) throw new Error("an open checkout has an address");
  await platformDb().$transaction((tx) => note(tx, scope, { amountCents, checkoutId: id }));
  return { url };
}

interface Asked {
  amountCents: number;
  customer: string;
}

// The payment itself bears what it is for: its events come alone. The card is kept for automatic top-ups.
function checkoutOf(
  { tenantId, tenant }: Scope,
  { amountCents, customer }: Asked,
): Stripe.Checkout.SessionCreateParams {
  const metadata = purposeMetadata("topup", { tenantId, amountCents });
  const page = `${config().appUrl.origin}/t/${tenant.slug}/billing`;
  return {
    mode: "payment",
    customer,
    line_items: [
      {
        quantity: 1,
        price_data: {
          currency: "usd",
          unit_amount: amountCents,
          product_data: { name: "Reserve top-up" },
        },
      },
    ],
    metadata,
    payment_intent_data: { metadata, description: "Reserve top-up", setup_future_usage: "off_session" },
    success_url: `${page}?topup=paid`,
    cancel_url: `${page}?topup=cancelled`,
  };
}

async function creditAtOnce(scope: Scope, amountCents: number): Promise<{ url: string }> {
  if (config().isProduction) throw new AppError("unavailable", TEXT_NO_PAYMENTS);
  const { tenantId, userId } = scope;
  const amountNano = BigInt(amountCents) * NANO_PER_CENT;
  const sourceRef = `development:${newId()}`;
  // The platform role's work: no request of a workspace may write its books.
  await platformDb().$transaction(async (tx) => {
    const actor = { type: "user" as const, id: userId };
    await bookReserve(tx, tenantId, { kind: "topup", amountNano, sourceRef, actor, reason: "Development" });
    await note(tx, scope, { amountNano: amountNano.toString(), sourceRef });
  });
  return { url: `/t/${scope.tenant.slug}/billing` };
}

function note(
  tx: Parameters<typeof recordAudit>[0],
  scope: Scope,
  metadata: Record<string, string | number>,
): Promise<unknown> {
  return recordAudit(tx, {
    tenantId: scope.tenantId,
    actor: scope.actor,
    action: "reserve.top_up",
    category: "billing",
    target: { type: "tenant", id: scope.tenantId },
    metadata,
    request: scope.request,
  });
}
