// Door to an exported conversation: pages of the transcript, joined as they come.

import type { LoaderFunctionArgs } from "@remix-run/node";
import { EXPORT_FORMATS, type ExportFormat } from "../../server/chat/terms";
import { api } from "../api.server";
import { requireMember } from "../session.server";

export async function loader(args: LoaderFunctionArgs): Promise<Response> {
  await requireMember(args);
  const conversationId = args.params["conversationId"] ?? "";
  const wanted = new URL(args.request.url).searchParams.get("format");
  const format: ExportFormat = EXPORT_FORMATS.find((known) => known === wanted) ?? "markdown";
  const read = (cursor?: string) => api(args).conversations.export({ conversationId, format, cursor });
  const first = await read();
  return new Response(bodyOf(first, read), {
    headers: {
      "Content-Type": `${first.mediaType}; charset=utf-8`,
      "Content-Disposition": dispositionOf(first.fileName),
      "Cache-Control": "no-store",
    },
  });
}

type ExportPage = Awaited<ReturnType<ReturnType<typeof api>["conversations"]["export"]>>;

/** The next page is read when the last one has left, so a long conversation is never in memory whole. */
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

/** RFC 6266: a plain name for old clients, the whole name in UTF-8. */
function dispositionOf(fileName: string): string {
  const plain = fileName.replace(/[^\w.-]+/g, "-");
  return `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(fileName)}`;
}
