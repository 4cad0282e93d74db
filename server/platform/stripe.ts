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

const TOLERANCE_SECONDS = 300;

/**
 * The event in a delivery, as JSON, when one of these secrets signed it within the last 300 seconds; null otherwise.
 * (docs.stripe.com/webhooks/signature) Throws on a signed body that is no JSON.
 */
export function openStripeDelivery(
  body: Buffer,
  signature: string,
  { secrets, at }: { secrets: readonly string[]; at: Date },
): unknown {
  for (const secret of secrets) {
    try {
      return Stripe.webhooks.constructEvent(
        body,
        signature,
        secret,
        TOLERANCE_SECONDS,
        undefined,
        at.getTime(),
      );
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeSignatureVerificationError))
        return JSON.parse(body.toString());
    }
  }
  return null;
}
