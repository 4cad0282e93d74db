// The public keys by which anyone can check a machine's access token.

import type { LoaderFunctionArgs } from "@remix-run/node";
import { readJwks } from "../http.server";

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { status, headers, body } = await readJwks(request.headers.get("if-none-match"), context.info);
  return new Response(body, { status, headers });
}
