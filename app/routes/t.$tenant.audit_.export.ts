// Door to a workspace's exported audit log: batches of 500 rows, joined as they come.

import type { LoaderFunctionArgs } from "@remix-run/node";
import { TenantAuditQuery } from "../../server/tenants/contract";
import { api } from "../api.server";
import { parseSearch } from "../http.server";
import { auditFileHeaders, pagedBody } from "../paged-download";
import { requireMember } from "../session.server";

export async function loader(args: LoaderFunctionArgs): Promise<Response> {
  await requireMember(args);
  const query = parseSearch(args.request, TenantAuditQuery);
  const read = (cursor?: string) => api(args).tenants.exportAudit({ ...query, cursor });
  return new Response(pagedBody(await read(), read), { headers: auditFileHeaders() });
}
