// Door to an exported conversation: pages of the transcript, joined as they come.

import type { LoaderFunctionArgs } from "@remix-run/node";
import { EXPORT_FORMATS, type ExportFormat } from "../../server/chat/terms";
import { api } from "../api.server";
import { pagedBody } from "../paged-download";
import { requireMember } from "../session.server";

export async function loader(args: LoaderFunctionArgs): Promise<Response> {
  await requireMember(args);
  const conversationId = args.params["conversationId"] ?? "";
  const wanted = new URL(args.request.url).searchParams.get("format");
  const format: ExportFormat = EXPORT_FORMATS.find((known) => known === wanted) ?? "markdown";
  const read = (cursor?: string) => api(args).conversations.export({ conversationId, format, cursor });
  const first = await read();
  return new Response(pagedBody(first, read), {
    headers: {
      "Content-Type": `${first.mediaType}; charset=utf-8`,
      "Content-Disposition": dispositionOf(first.fileName),
      "Cache-Control": "no-store",
    },
  });
}

/** RFC 6266: a plain name for old clients, the whole name in UTF-8. */
function dispositionOf(fileName: string): string {
  const plain = fileName.replace(/[^\w.-]+/g, "-");
  return `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(fileName)}`;
}
