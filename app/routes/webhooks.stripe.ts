// Where Stripe tells what happened. The bytes are passed on as they came, since they are what was signed.

import type { ActionFunctionArgs } from "@remix-run/node";
import { hasWebhooks, takeDelivery } from "../http.server";

export function loader() {
  return hasWebhooks() ? refuseMethod() : new Response(null, { status: 404 });
}

export async function action({ request }: ActionFunctionArgs) {
  if (request.method !== "POST") return loader();
  const body = Buffer.from(await request.arrayBuffer());
  const status = await takeDelivery({ body, signature: request.headers.get("stripe-signature") });
  return new Response(null, { status });
}

function refuseMethod() {
  return new Response(null, { status: 405, headers: { Allow: "POST" } });
}
