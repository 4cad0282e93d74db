// What Prometheus scrapes.

import type { LoaderFunctionArgs } from "@remix-run/node";
import { readMetrics } from "../http.server";

export async function loader({ request, context }: LoaderFunctionArgs) {
  const authorization = request.headers.get("authorization");
  const metrics = await readMetrics({ authorization, ip: context.info.ip });
  if (metrics) return new Response(metrics.text, { headers: { "Content-Type": metrics.contentType } });
  const headers = { "WWW-Authenticate": 'Bearer realm="metrics"' };
  return new Response("A bearer token is needed.\n", { status: 401, headers });
}
