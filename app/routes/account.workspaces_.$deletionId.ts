// Door to the certificate of a workspace that was erased, for who owned it.

import type { LoaderFunctionArgs } from "@remix-run/node";
import { api } from "../api.server";
import { requireUser } from "../session.server";

export async function loader(args: LoaderFunctionArgs): Promise<Response> {
  await requireUser(args);
  const deletionId = args.params["deletionId"] ?? "";
  const { fileName, content } = await api(args).tenants.certificate({ deletionId });
  return new Response(content, {
    headers: {
      "Content-Type": "application/json; charset=utf-8",
      "Content-Disposition": `attachment; filename="${fileName}"`,
      "Cache-Control": "no-store",
    },
  });
}
