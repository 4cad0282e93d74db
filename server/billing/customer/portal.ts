// Stripe's own pages for a customer: payment methods, details and invoices. What may be done there follows the settings;
// plans are changed here, where prices and trials follow the catalogue.

import type Stripe from "stripe";
import { recordAudit } from "../../audit/log";
import { appLink } from "../../auth/mail-layout";
import { config } from "../../platform/config";
import { AppError } from "../../platform/errors";
import { newId } from "../../platform/ids";
import { withTenant } from "../../platform/tenant-db";
import type { Scope } from "../../tenants/scope";
import type { OpenPortal } from "../contract";
import { callStripe } from "../gateway/calls";
import { TEXT_NOTHING_PAID, TEXT_PORTAL_OFF } from "../terms";
import { findCustomer } from "./customer";

/** What a customer may do in the portal has this name in the journal; another set of rights is another name. */
const CONFIGURATION = "portal_configuration:v1";

/** Opens the portal and answers where it is. Throws `forbidden` where it is switched off, `conflict` without a customer. */
export async function openPortal(scope: Scope, { flow }: OpenPortal): Promise<{ url: string }> {
  if (!config().billing.allows.portal) throw new AppError("forbidden", TEXT_PORTAL_OFF);
  const customer = await findCustomer(scope);
  if (customer === null) throw new AppError("conflict", TEXT_NOTHING_PAID);
  const { tenantId, tenant } = scope;
  const back = appLink(`/t/${tenant.slug}/billing`);
  const body: Stripe.BillingPortal.SessionCreateParams = {
    customer,
    configuration: await portalConfiguration(),
    return_url: back,
    ...(flow === "payment_method" && {
      flow_data: {
        type: "payment_method_update",
        after_completion: { type: "redirect", redirect: { return_url: back } },
      },
    }),
  };
  const request = { operation: "portal.create" as const, intent: newId(), tenantId, body };
  const { url } = await callStripe(request, (stripe, options) =>
    stripe.billingPortal.sessions.create(body, options),
  );
  await withTenant(scope, (db) =>
    recordAudit(db, {
      tenantId,
      actor: scope.actor,
      action: "billing.open_portal",
      category: "billing",
      target: { type: "tenant", id: tenantId },
      request: scope.request,
    }),
  );
  return { url };
}

async function portalConfiguration(): Promise<string> {
  const { cancellation } = config().billing.allows;
  const name = `${CONFIGURATION}:${cancellation ? "cancel" : "stay"}`;
  const body: Stripe.BillingPortal.ConfigurationCreateParams = {
    name,
    features: {
      customer_update: { enabled: true, allowed_updates: ["address", "email", "name", "tax_id"] },
      invoice_history: { enabled: true },
      payment_method_update: { enabled: true },
      subscription_cancel: { enabled: cancellation, mode: "at_period_end" },
    },
  };
  const { id } = await callStripe(
    {
      operation: "portal.create",
      intent: name,
      tenantId: null,
      body,
      find: async (stripe, stripeId) =>
        stripeId === null ? null : stripe.billingPortal.configurations.retrieve(stripeId),
    },
    (stripe, options) => stripe.billingPortal.configurations.create(body, options),
  );
  return id;
}
