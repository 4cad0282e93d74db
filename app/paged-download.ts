// A file whose pages are read one after the other: the next one when the last one has left, so that no file is in memory
// whole.

interface FilePage {
  content: string;
  nextCursor: string | null;
}

/** The pages' contents, joined as they come. */
export function pagedBody(first: FilePage, read: (cursor: string) => Promise<FilePage>): ReadableStream {
  const encoder = new TextEncoder();
  let page: FilePage | null = first;
  return new ReadableStream({
    async pull(controller) {
      if (page === null) return controller.close();
      controller.enqueue(encoder.encode(page.content));
      page = page.nextCursor === null ? null : await read(page.nextCursor);
    },
  });
}

const MEDIA_TYPES = { csv: "text/csv; charset=utf-8", json: "application/json; charset=utf-8" };

/** The headers of an audit log as a file, named after the day. */
export function auditFileHeaders(): Record<string, string> {
  return downloadHeaders("audit", "csv");
}

/** The headers of a file of ours, named after what is in it and the day. */
export function downloadHeaders(name: string, format: keyof typeof MEDIA_TYPES): Record<string, string> {
  const day = new Date().toISOString().slice(0, 10);
  return {
    "Content-Type": MEDIA_TYPES[format],
    "Content-Disposition": `attachment; filename="parley-${name}-${day}.${format}"`,
    "Cache-Control": "no-store",
  };
}
