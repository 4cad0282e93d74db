// Stripe's SDK, made here alone. It neither retries nor makes idempotency keys of its own: that is the gateway's work,
// which writes a call down before it is made.

import Stripe from "stripe";
import type { StripeSettings } from "./config-billing";

const TIMEOUT_MS = 20_000;

/** A client for these settings; one of a process is enough. */
export function makeStripe({ secretKey, apiBase }: Pick<StripeSettings, "secretKey" | "apiBase">): Stripe {
  return new Stripe(secretKey, {
    // The SDK's own client for Node hangs where requests are intercepted.
    httpClient: Stripe.createFetchHttpClient(),
    maxNetworkRetries: 0,
    timeout: TIMEOUT_MS,
    telemetry: false,
    appInfo: { name: "Parley" },
    ...(apiBase && {
      host: apiBase.hostname,
      port: apiBase.port || (apiBase.protocol === "https:" ? "443" : "80"),
      protocol: apiBase.protocol === "https:" ? "https" : "http",
    }),
  });
}
