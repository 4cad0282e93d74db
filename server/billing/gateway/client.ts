// The one client of this process, made from its settings.

import type Stripe from "stripe";
import { config } from "../../platform/config";
import type { StripeSettings } from "../../platform/config-billing";
import { AppError } from "../../platform/errors";
import { makeStripe } from "../../platform/stripe";
import { TEXT_NOT_SET_UP } from "./failures";

let made: { settings: StripeSettings; client: Stripe } | undefined;

/** Throws `unavailable` where nobody can pay. */
export function stripeClient(): Stripe {
  const settings = stripeSettings();
  if (made?.settings !== settings) made = { settings, client: makeStripe(settings) };
  return made.client;
}

/** Keys, prices and the place of Stripe. Throws `unavailable` where nobody can pay. */
export function stripeSettings(): StripeSettings {
  const { stripe } = config().billing;
  if (stripe === null) throw new AppError("unavailable", TEXT_NOT_SET_UP, { reason: "billing_unavailable" });
  return stripe;
}
