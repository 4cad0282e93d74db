// Door to the exported audit log: batches of 500 rows, joined as they come.

import type { LoaderFunctionArgs } from "@remix-run/node";
import { AuditQuery } from "../../server/admin/contract";
import { api } from "../api.server";
import { parseSearch } from "../http.server";
import { requireOperator } from "../session.server";

export async function loader(args: LoaderFunctionArgs): Promise<Response> {
  await requireOperator(args, "auditLog.export");
  const query = parseSearch(args.request, AuditQuery);
  const read = (cursor?: string) => api(args).admin.audit.export({ ...query, cursor });
  const first = await read();
  const day = new Date().toISOString().slice(0, 10);
  return new Response(bodyOf(first, read), {
    headers: {
      "Content-Type": "text/csv; charset=utf-8",
      "Content-Disposition": `attachment; filename="parley-audit-${day}.csv"`,
      "Cache-Control": "no-store",
    },
  });
}

interface ExportPage {
  content: string;
  nextCursor: string | null;
}

/** The next batch is read when the last one has left, so the log is never in memory whole. */
function bodyOf(first: ExportPage, read: (cursor: string) => Promise<ExportPage>): ReadableStream {
  const encoder = new TextEncoder();
  let page: ExportPage | null = first;
  return new ReadableStream({
    async pull(controller) {
      if (page === null) return controller.close();
      controller.enqueue(encoder.encode(page.content));
      page = page.nextCursor === null ? null : await read(page.nextCursor);
    },
  });
}
