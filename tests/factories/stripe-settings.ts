// Settings under which a test file may pay: keys that are made up, and Stripe itself or a stand-in behind them.

import { randomBytes } from "node:crypto";
import { resetConfig } from "../../server/platform/config";

/** Turns billing on for this file; `apiBase` is a stand-in's address. */
export function setUpStripe(
  settings: { apiBase?: string; secretKey?: string; prices?: string; webhookSecret?: string } = {},
): void {
  Object.assign(process.env, {
    ENABLE_BILLING: "true",
    STRIPE_SECRET_KEY: settings.secretKey ?? `sk_test_${randomBytes(16).toString("hex")}`,
    STRIPE_WEBHOOK_SECRET: settings.webhookSecret ?? `whsec_${randomBytes(16).toString("hex")}`,
    STRIPE_PRODUCT_PRICE_MAP: settings.prices ?? "starter=price_starter,pro=price_pro",
    ...(settings.apiBase && { STRIPE_API_BASE: settings.apiBase }),
  });
  resetConfig();
}
