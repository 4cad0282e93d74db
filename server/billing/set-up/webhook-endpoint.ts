// The endpoint at which Stripe's events come in, as the account has it.

import type Stripe from "stripe";
import { config } from "../../platform/config";
import { AppError } from "../../platform/errors";
import { newId } from "../../platform/ids";
import { callStripe, readStripe } from "../gateway/calls";

/** What keeps Stripe's events from arriving, one sentence each. */
export async function webhookFaults(): Promise<string[]> {
  const url = webhookUrl();
  const endpoint = await findEndpoint(url);
  if (!endpoint) return [`No webhook endpoint of the account points to ${url}.`];
  if (endpoint.status !== "enabled") return [`The webhook endpoint ${endpoint.id} is ${endpoint.status}.`];
  // Whatever is not sent cannot be stored; all of it is cheap to keep.
  return endpoint.enabled_events.includes("*")
    ? []
    : [`The webhook endpoint ${endpoint.id} does not listen to all events ("*").`];
}

/**
 * Adds the endpoint, for all events, and answers the secret that it signs by: Stripe's API tells it this once. Throws
 * `conflict` where the address has one, and as `callStripe`.
 */
export async function addWebhookEndpoint(): Promise<string> {
  const url = webhookUrl();
  const present = await findEndpoint(url);
  if (present)
    throw new AppError(
      "conflict",
      `${url} has an endpoint already (${present.id}). Its signing secret stands in the Stripe dashboard.`,
    );
  const body: Stripe.WebhookEndpointCreateParams = { url, enabled_events: ["*"] };
  const request = { operation: "webhook_endpoint.create" as const, intent: newId(), tenantId: null, body };
  const { id, secret } = await callStripe<Stripe.WebhookEndpoint>(request, (stripe, options) =>
    stripe.webhookEndpoints.create(body, options),
  );
  if (secret === undefined) throw new Error(`the endpoint ${id} was made without a secret`);
  return secret;
}

async function findEndpoint(url: string): Promise<Stripe.WebhookEndpoint | undefined> {
  const { data } = await readStripe("webhook_endpoint.list", (stripe) =>
    stripe.webhookEndpoints.list({ limit: 100 }),
  );
  return data.find((candidate) => candidate.url === url);
}

function webhookUrl(): string {
  return new URL("/webhooks/stripe", config().appUrl).toString();
}
