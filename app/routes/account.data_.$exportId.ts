// Door to a copy of one's data: its pieces, joined as they are taken, so that no copy is in memory whole.

import type { LoaderFunctionArgs } from "@remix-run/node";
import { api } from "../api.server";
import { requireUser } from "../session.server";

export async function loader(args: LoaderFunctionArgs): Promise<Response> {
  await requireUser(args);
  const exportId = args.params["exportId"] ?? "";
  const read = (position: number) => api(args).account.exportPiece({ exportId, position });
  const first = await read(0);
  return new Response(bodyOf(first, read), {
    headers: {
      "Content-Type": "application/zip",
      "Content-Length": String(first.sizeBytes),
      "Content-Disposition": `attachment; filename="${first.fileName}"`,
    },
  });
}

interface Piece {
  base64: string | null;
}

function bodyOf(first: Piece, read: (position: number) => Promise<Piece>): ReadableStream {
  let piece = first;
  let position = 0;
  return new ReadableStream({
    async pull(controller) {
      if (piece.base64 === null) return controller.close();
      controller.enqueue(new Uint8Array(Buffer.from(piece.base64, "base64")));
      position += 1;
      piece = await read(position);
    },
  });
}
