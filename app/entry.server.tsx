// Rendering a page on the server, and the way into the server's modules: `start` is exported here so that the process
// and the pages share one copy of everything in server/.

import type { AppLoadContext, EntryContext, HandleErrorFunction } from "@remix-run/node";
import { RemixServer } from "@remix-run/react";
import { isbot } from "isbot";
import { renderToPipeableStream } from "react-dom/server";
import { logger } from "../server/platform/logger";
import { appErrorOf, logFault } from "../server/refusals";
import { NonceContext } from "./nonce";

export { start } from "../server/index";

/** How long deferred data of a page may take before its stream is closed. */
export const streamTimeout = 10_000;

/** What Remix needs after that to tell the browser so. */
const CLOSING_MS = 1_000;

const log = logger("pages");

/** Renders the page; crawlers wait for everything, people get the shell at once. */
export default function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  remixContext: EntryContext,
  { info }: AppLoadContext,
): Promise<Response> {
  const waitsForAll = isbot(request.headers.get("user-agent") ?? "") || remixContext.isSpaMode;
  headers.set("Content-Type", "text/html; charset=utf-8");
  const page = (
    <NonceContext.Provider value={info.nonce}>
      <RemixServer context={remixContext} url={request.url} nonce={info.nonce} abortDelay={streamTimeout} />
    </NonceContext.Provider>
  );
  return new Promise((resolve, reject) => {
    let hasFailed = false;
    let isSent = false;
    const send = () => {
      isSent = true;
      info.reply.pipePage = pipe;
      resolve(new Response(null, { headers, status: hasFailed ? 500 : status }));
    };
    const { pipe, abort } = renderToPipeableStream(page, {
      nonce: info.nonce,
      onShellReady: () => {
        if (!waitsForAll) send();
      },
      onAllReady: () => {
        clearTimeout(timer);
        if (waitsForAll) send();
      },
      onShellError: reject,
      onError: (error) => {
        hasFailed = true;
        if (isSent && !request.signal.aborted) logFault(log, error);
      },
    });
    const timer = setTimeout(abort, streamTimeout + CLOSING_MS);
    request.signal.addEventListener("abort", () => abort(), { once: true });
  });
}

/** Faults of loaders, actions and rendering. Refusals and clients that went away are none. */
export const handleError: HandleErrorFunction = (error, { request, context }) => {
  if (request.signal.aborted || error instanceof Response || appErrorOf(error)?.code === "not_found") return;
  const path = new URL(request.url).pathname;
  logFault(log.child({ correlation_id: context.info.id }), error, { procedure: `${request.method} ${path}` });
};
