// Forms and JSON that the small servers of these scripts are sent.

import type { IncomingMessage } from "node:http";
import { readBody } from "../server/platform/http-body";

/** The body as text. One that is too long ends the connection and throws. */
export async function readText(request: IncomingMessage, lengthMax: number): Promise<string> {
  const body = await readBody(request, lengthMax);
  if (body !== null) return body.toString("utf8");
  request.destroy();
  throw new Error("The body is too long.");
}
