// One webhook on its way: signed, posted, and what the endpoint said.
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import Stripe from "stripe";
import { find, type World } from "./world";

const ANSWER_TIMEOUT_MS = 10_000;

/** Answers the endpoint's status, or null when it cannot be reached. */
export function send(
  world: World,
  { eventId, endpointId }: { eventId: string; endpointId: string },
): Promise<number | null> {
  const event = find(world, "event", eventId);
  const endpoint = find(world, "webhook_endpoint", endpointId);
  const secret = world.secrets[endpointId];
  if (!event || !endpoint || !secret) return Promise.resolve(200);
  const payload = JSON.stringify(event, null, 2);
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret });
  const headers = {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(payload),
    "stripe-signature": signature,
    "user-agent": "Stripe/1.0 (simulated)",
  };
  return post(endpoint.url, headers, payload);
}

function post(
  url: string,
  headers: Record<string, string | number>,
  payload: string,
): Promise<number | null> {
  const request = url.startsWith("https:") ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const sending = request(url, { method: "POST", headers, timeout: ANSWER_TIMEOUT_MS }, (response) => {
      response.resume();
      response.once("end", () => resolve(response.statusCode ?? null));
      response.once("error", () => resolve(null));
    });
    sending.once("timeout", () => sending.destroy());
    sending.once("error", () => resolve(null));
    sending.end(payload);
  });
}
