// Door to a workspace's ledger as a file, batch by batch.

import type { LoaderFunctionArgs } from "@remix-run/node";
import { api } from "../api.server";
import { downloadHeaders, pagedBody } from "../paged-download";
import { requireMember } from "../session.server";

export async function loader(args: LoaderFunctionArgs): Promise<Response> {
  await requireMember(args);
  const read = (cursor?: string) => api(args).reserve.exportLedger({ cursor });
  return new Response(pagedBody(await read(), read), { headers: downloadHeaders("ledger", "csv") });
}
