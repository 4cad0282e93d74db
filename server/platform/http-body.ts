// Reading a request's body whole, and never more than allowed.

import type { IncomingMessage } from "node:http";

/** The body as bytes, or null when it is longer than allowed; the caller answers 413 and closes the connection. */
export function readBody(req: IncomingMessage, lengthMax: number): Promise<Buffer | null> {
  const declared = Number(req.headers["content-length"] ?? 0);
  if (declared > lengthMax) return Promise.resolve(null);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const onData = (chunk: Buffer) => {
      length += chunk.length;
      if (length > lengthMax) {
        req.off("data", onData);
        req.pause();
        resolve(null);
        return;
      }
      chunks.push(chunk);
    };
    req.on("data", onData);
    req.once("end", () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    req.once("error", reject);
    req.once("close", () => reject(new ClientGoneError()));
  });
}

/** The client closed the connection before its request was whole; nobody is there to answer. */
export class ClientGoneError extends Error {
  override readonly name = "ClientGoneError";
}
