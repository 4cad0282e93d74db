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

/** The headers of an audit log as a file, named after the day. */
export function auditFileHeaders(): Record<string, string> {
  const day = new Date().toISOString().slice(0, 10);
  return {
    "Content-Type": "text/csv; charset=utf-8",
    "Content-Disposition": `attachment; filename="parley-audit-${day}.csv"`,
    "Cache-Control": "no-store",
  };
}
