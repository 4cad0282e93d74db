// Door to the ledgers of all workspaces as one file, batch by batch.

import type { LoaderFunctionArgs } from "@remix-run/node";
import { api } from "../api.server";
import { downloadHeaders, pagedBody } from "../paged-download";
import { requireOperator } from "../session.server";

export async function loader(args: LoaderFunctionArgs): Promise<Response> {
  await requireOperator(args, "billing.read");
  const read = (cursor?: string) => api(args).admin.billing.exportLedger({ cursor });
  return new Response(pagedBody(await read(), read), { headers: downloadHeaders("ledgers", "csv") });
}
