// Sessions of the customer portal.
import type Stripe from "stripe";
import { z } from "zod";
import { expand, oneOf, paramsOf, text } from "./parameters";
import { defaultConfiguration } from "./portal-configurations";
import { type Route, route } from "./route";
import { get, newIdOf, put, secondsNow } from "./world";

const createSession = paramsOf<Stripe.BillingPortal.SessionCreateParams>()({
  customer: text,
  configuration: text.exactOptional(),
  flow_data: z
    .strictObject({
      type: z.enum(["payment_method_update", "subscription_cancel", "subscription_update"]),
      subscription_cancel: z.strictObject({ subscription: text }).exactOptional(),
      subscription_update: z.strictObject({ subscription: text }).exactOptional(),
      after_completion: z
        .strictObject({
          type: z.enum(["redirect", "portal_homepage"]),
          redirect: z.strictObject({ return_url: text }).exactOptional(),
        })
        .exactOptional(),
    })
    .exactOptional(),
  locale: oneOf<Stripe.BillingPortal.SessionCreateParams.Locale>()("auto", "en", "de", "fr", "es"),
  return_url: text.exactOptional(),
  expand,
});

export const PORTAL_ROUTES: Route[] = [
  route("POST /v1/billing_portal/sessions", createSession, ({ world, params }) => {
    get(world, "customer", params.customer, "customer");
    const configuration = params.configuration
      ? get(world, "billing_portal.configuration", params.configuration, "configuration")
      : defaultConfiguration(world);
    const id = newIdOf("billing_portal.session");
    return put(world, "billing_portal.session", {
      id,
      object: "billing_portal.session",
      configuration: configuration.id,
      created: secondsNow(world, params.customer),
      customer: params.customer,
      customer_account: null,
      flow: null,
      livemode: false,
      locale: params.locale ?? null,
      on_behalf_of: null,
      return_url: params.return_url ?? configuration.default_return_url,
      url: `${world.url}/portal/${id}`,
    });
  }),
];
