// What the customer portal allows.
import type Stripe from "stripe";
import { z } from "zod";
import { listPage } from "./lists";
import {
  bool,
  clearableMetadata,
  expand,
  metadata,
  nothing,
  orEmpty,
  page,
  paramsOf,
  text,
} from "./parameters";
import { type Route, route } from "./route";
import { all, changedMetadata, get, newIdOf, put, secondsNow, type World } from "./world";

const allowedUpdates = z.array(z.enum(["address", "email", "name", "phone", "shipping", "tax_id"]));
const features = z.strictObject({
  customer_update: z
    .strictObject({ enabled: bool, allowed_updates: orEmpty(allowedUpdates).exactOptional() })
    .exactOptional(),
  invoice_history: z.strictObject({ enabled: bool }).exactOptional(),
  payment_method_update: z.strictObject({ enabled: bool }).exactOptional(),
  subscription_cancel: z
    .strictObject({ enabled: bool, mode: z.enum(["at_period_end", "immediately"]).exactOptional() })
    .exactOptional(),
  subscription_update: z.strictObject({ enabled: bool }).exactOptional(),
});
const profile = z
  .strictObject({
    headline: text.exactOptional(),
    privacy_policy_url: text.exactOptional(),
    terms_of_service_url: text.exactOptional(),
  })
  .exactOptional();
const createConfiguration = paramsOf<Stripe.BillingPortal.ConfigurationCreateParams>()({
  features,
  business_profile: profile,
  default_return_url: text.exactOptional(),
  metadata,
  name: text.exactOptional(),
  expand,
});
const updateConfiguration = paramsOf<Stripe.BillingPortal.ConfigurationUpdateParams>()({
  active: bool.exactOptional(),
  features: features.exactOptional(),
  business_profile: profile,
  default_return_url: orEmpty(text).exactOptional(),
  metadata: clearableMetadata,
  name: orEmpty(text).exactOptional(),
  expand,
});
const listConfigurations = paramsOf<Stripe.BillingPortal.ConfigurationListParams>()({
  ...page,
  active: bool.exactOptional(),
  is_default: bool.exactOptional(),
});

export const PORTAL_CONFIGURATION_ROUTES: Route[] = [
  route("POST /v1/billing_portal/configurations", createConfiguration, ({ world, params }) =>
    makeConfiguration(world, params),
  ),
  route("GET /v1/billing_portal/configurations", listConfigurations, ({ world, params }) => {
    const found = all(world, "billing_portal.configuration")
      .filter(({ active }) => params.active === undefined || active === params.active)
      .filter(({ is_default }) => params.is_default === undefined || is_default === params.is_default);
    return listPage(found, params, "/v1/billing_portal/configurations");
  }),
  route("GET /v1/billing_portal/configurations/:id", nothing, ({ world, id }) =>
    get(world, "billing_portal.configuration", id),
  ),
  route("POST /v1/billing_portal/configurations/:id", updateConfiguration, ({ world, params, id }) => {
    const configuration = get(world, "billing_portal.configuration", id);
    if (params.features) configuration.features = featuresOf(params.features, configuration.features);
    if (params.active !== undefined) configuration.active = params.active;
    if (params.default_return_url !== undefined)
      configuration.default_return_url = params.default_return_url || null;
    configuration.metadata = changedMetadata(configuration.metadata ?? {}, params.metadata);
    configuration.updated = secondsNow(world);
    return configuration;
  }),
];

/** Made at the first use. */
export function defaultConfiguration(world: World): Stripe.BillingPortal.Configuration {
  const found = all(world, "billing_portal.configuration").find(({ is_default }) => is_default);
  if (found) return found;
  const made = makeConfiguration(world, {
    features: {
      invoice_history: { enabled: true },
      payment_method_update: { enabled: true },
      subscription_cancel: { enabled: true },
    },
  });
  made.is_default = true;
  return made;
}

function makeConfiguration(
  world: World,
  params: z.output<typeof createConfiguration>,
): Stripe.BillingPortal.Configuration {
  const now = secondsNow(world);
  return put(world, "billing_portal.configuration", {
    id: newIdOf("billing_portal.configuration"),
    object: "billing_portal.configuration",
    active: true,
    application: null,
    business_profile: {
      headline: params.business_profile?.headline ?? null,
      privacy_policy_url: params.business_profile?.privacy_policy_url ?? null,
      terms_of_service_url: params.business_profile?.terms_of_service_url ?? null,
    },
    created: now,
    default_return_url: params.default_return_url ?? null,
    features: featuresOf(params.features, null),
    is_default: false,
    livemode: false,
    login_page: { enabled: false, url: null },
    metadata: changedMetadata({}, params.metadata),
    name: params.name ?? null,
    updated: now,
  });
}

function featuresOf(
  sent: z.output<typeof features>,
  before: Stripe.BillingPortal.Configuration.Features | null,
): Stripe.BillingPortal.Configuration.Features {
  return {
    customer_update: {
      enabled: sent.customer_update?.enabled ?? before?.customer_update.enabled ?? false,
      allowed_updates: sent.customer_update?.allowed_updates || before?.customer_update.allowed_updates || [],
    },
    invoice_history: {
      enabled: sent.invoice_history?.enabled ?? before?.invoice_history.enabled ?? false,
    },
    payment_method_update: {
      enabled: sent.payment_method_update?.enabled ?? before?.payment_method_update.enabled ?? false,
      payment_method_configuration: null,
    },
    subscription_cancel: {
      cancellation_reason: { enabled: false, feedback_options: [], options: [] },
      enabled: sent.subscription_cancel?.enabled ?? before?.subscription_cancel.enabled ?? false,
      mode: sent.subscription_cancel?.mode ?? before?.subscription_cancel.mode ?? "at_period_end",
      proration_behavior: "none",
    },
    subscription_update: {
      billing_cycle_anchor: null,
      default_allowed_updates: [],
      enabled: sent.subscription_update?.enabled ?? before?.subscription_update.enabled ?? false,
      proration_behavior: "none",
      schedule_at_period_end: { conditions: [] },
      trial_update_behavior: "end_trial",
    },
  };
}
