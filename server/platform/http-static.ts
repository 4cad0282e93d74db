// Files of the built client. Their names carry a hash of their content under /assets/, so those may be kept for ever.

import type { IncomingMessage, ServerResponse } from "node:http";
import { sep } from "node:path";
import serveStatic from "serve-static";
import { dataHeaders } from "./http-headers";

const ASSETS = `${sep}assets${sep}`;
const HOUR_SECONDS = 3_600;
const YEAR_SECONDS = 31_536_000;

/** Serves files of this folder; calls `next` for everything that is none of them, also for one that has just gone. */
export function staticDoor(
  folder: string,
): (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void {
  return serveStatic(folder, {
    index: false,
    redirect: false,
    cacheControl: false,
    setHeaders: (res: ServerResponse, path: string) => {
      const headers = dataHeaders();
      for (let index = 0; index < headers.length; index += 2) {
        res.setHeader(headers[index] ?? "", headers[index + 1] ?? "");
      }
      const seconds = path.includes(ASSETS) ? `${YEAR_SECONDS}, immutable` : HOUR_SECONDS;
      res.setHeader("Cache-Control", `public, max-age=${seconds}`);
    },
  });
}
