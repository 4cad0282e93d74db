// Where browsers report what the content security policy stopped. Anyone can post here: what is kept is a counter and
// a sampled line with two shortened fields.

import type { ActionFunctionArgs } from "@remix-run/node";
import { recordCspReport } from "../http.server";

export async function action({ request, context }: ActionFunctionArgs) {
  const status = await recordCspReport(await request.text(), context.info);
  return new Response(null, { status, headers: status === 429 ? { "Retry-After": "60" } : {} });
}
