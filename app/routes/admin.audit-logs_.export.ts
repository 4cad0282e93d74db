// Door to the exported audit log: batches of 500 rows, joined as they come.

import type { LoaderFunctionArgs } from "@remix-run/node";
import { AuditQuery } from "../../server/admin/contract";
import { api } from "../api.server";
import { parseSearch } from "../http.server";
import { auditFileHeaders, pagedBody } from "../paged-download";
import { requireOperator } from "../session.server";

export async function loader(args: LoaderFunctionArgs): Promise<Response> {
  await requireOperator(args, "auditLog.export");
  const query = parseSearch(args.request, AuditQuery);
  const read = (cursor?: string) => api(args).admin.audit.export({ ...query, cursor });
  return new Response(pagedBody(await read(), read), { headers: auditFileHeaders() });
}
