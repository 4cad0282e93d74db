// Webhook endpoints, and the list of events that says what each should have received.

import { randomBytes } from "node:crypto";
import type Stripe from "stripe";
import { z } from "zod";
import { isInRange, listPage } from "./lists";
import {
  bool,
  clearableMetadata,
  expand,
  metadata,
  nothing,
  orEmpty,
  page,
  paramsOf,
  range,
  text,
  url,
} from "./parameters";
import { type Route, route } from "./route";
import { all, changedMetadata, get, newIdOf, put, secondsNow, type World } from "./world";

const KEPT_SECONDS = 30 * 86_400;

/** The SDK's type is a closed list that only the compiler has; here an event type is what looks like one. */
const eventType = z.custom<Stripe.WebhookEndpointCreateParams.EnabledEvent>(
  (sent) => typeof sent === "string" && /^(\*|[a-z_0-9]+(\.[a-z_0-9]+)+)$/.test(sent),
  "Invalid event type",
);
const eventTypes = z.array(eventType).min(1).max(500);
const createEndpoint = paramsOf<Stripe.WebhookEndpointCreateParams>()({
  enabled_events: eventTypes,
  url,
  api_version: z.enum(["2026-08-26.dahlia"]).exactOptional(),
  connect: bool.exactOptional(),
  description: text.exactOptional(),
  metadata,
  expand,
});
const updateEndpoint = paramsOf<Stripe.WebhookEndpointUpdateParams>()({
  enabled_events: eventTypes.exactOptional(),
  url: url.exactOptional(),
  description: orEmpty(text).exactOptional(),
  disabled: bool.exactOptional(),
  metadata: clearableMetadata,
  expand,
});
const listEndpoints = paramsOf<Stripe.WebhookEndpointListParams>()({ ...page });
const listEvents = paramsOf<Stripe.EventListParams>()({
  ...page,
  created: range,
  delivery_success: bool.exactOptional(),
  type: text.exactOptional(),
  types: z.array(text).max(20).exactOptional(),
});

export const ENDPOINT_ROUTES: Route[] = [
  route("POST /v1/webhook_endpoints", createEndpoint, ({ world, params }) => {
    const endpoint = makeEndpoint(world, { url: params.url, secret: newSecret() });
    endpoint.enabled_events = params.enabled_events;
    endpoint.description = params.description ?? null;
    endpoint.api_version = params.api_version ?? null;
    endpoint.metadata = changedMetadata({}, params.metadata);
    // The secret is told once, when the endpoint is made.
    return { ...endpoint, secret: world.secrets[endpoint.id] };
  }),
  route("GET /v1/webhook_endpoints", listEndpoints, ({ world, params }) =>
    listPage(all(world, "webhook_endpoint"), params, "/v1/webhook_endpoints"),
  ),
  route("GET /v1/webhook_endpoints/:id", nothing, ({ world, id }) => get(world, "webhook_endpoint", id)),
  route("POST /v1/webhook_endpoints/:id", updateEndpoint, ({ world, params, id }) => {
    const endpoint = get(world, "webhook_endpoint", id);
    if (params.enabled_events) endpoint.enabled_events = params.enabled_events;
    if (params.url) endpoint.url = params.url;
    if (params.description !== undefined) endpoint.description = params.description || null;
    if (params.disabled !== undefined) endpoint.status = params.disabled ? "disabled" : "enabled";
    endpoint.metadata = changedMetadata(endpoint.metadata, params.metadata);
    return endpoint;
  }),
  route("DELETE /v1/webhook_endpoints/:id", nothing, ({ world, id }) => {
    get(world, "webhook_endpoint", id);
    delete world.objects.webhook_endpoint[id];
    return { id, object: "webhook_endpoint", deleted: true };
  }),
  route("GET /v1/events", listEvents, ({ world, params }) => {
    const found = all(world, "event")
      .filter(({ created }) => created > secondsNow(world) - KEPT_SECONDS)
      .filter(({ created }) => isInRange(created, params.created))
      .filter(({ type }) => !params.type || matches(params.type, type))
      .filter(({ type }) => !params.types || params.types.includes(type))
      .filter(({ pending_webhooks }) =>
        params.delivery_success === undefined ? true : params.delivery_success === (pending_webhooks === 0),
      );
    return listPage(found, params, "/v1/events");
  }),
  route("GET /v1/events/:id", nothing, ({ world, id }) => get(world, "event", id)),
];

export function newSecret(): string {
  return `whsec_${randomBytes(24).toString("hex")}`;
}

export function makeEndpoint(
  world: World,
  { url: target, secret }: { url: string; secret: string },
): Stripe.WebhookEndpoint {
  const endpoint = put(world, "webhook_endpoint", {
    id: newIdOf("webhook_endpoint"),
    object: "webhook_endpoint",
    api_version: null,
    application: null,
    created: secondsNow(world),
    description: null,
    enabled_events: ["*"],
    livemode: false,
    metadata: {},
    status: "enabled",
    url: target,
  });
  world.secrets[endpoint.id] = secret;
  return endpoint;
}

/** `customer.*` means all that begin with it; `*` everything. */
export function matches(pattern: string, type: string): boolean {
  return pattern.endsWith("*") ? type.startsWith(pattern.slice(0, -1)) : pattern === type;
}
