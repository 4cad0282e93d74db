// Door to the use of a range of days as a file: batches of 500 rows, joined as they come.

import type { LoaderFunctionArgs } from "@remix-run/node";
import { UsageFile } from "../../server/usage/contract";
import { api } from "../api.server";
import { parseSearch } from "../http.server";
import { downloadHeaders, pagedBody } from "../paged-download";
import { requireMember } from "../session.server";

export async function loader(args: LoaderFunctionArgs): Promise<Response> {
  await requireMember(args);
  const query = parseSearch(args.request, UsageFile);
  const read = (cursor?: string) => api(args).usage.export({ ...query, cursor });
  return new Response(pagedBody(await read(), read), { headers: downloadHeaders("usage", query.format) });
}
