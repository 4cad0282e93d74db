// The HTTP server on a free port with a page or two of its own.

import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { ServerBuild } from "@remix-run/node";
import { createHttpServer } from "../../server/http";
import { type Answer, ask, type Question } from "./ask";

export interface TestServer {
  server: Server;
  port: number;
  ask(path: string, question?: Question): Promise<Answer>;
  close(): Promise<void>;
}

/** The origin that the configuration of tests calls its own. */
export const OWN_ORIGIN = "http://localhost:3000";

/** Headers of a JSON call from a page of our own. */
export const FROM_OWN_PAGE = { origin: OWN_ORIGIN, "content-type": "application/json" };

type Handler = NonNullable<ServerBuild["routes"][string]>["module"]["loader"];

/** Starts the server; each page is a resource route: path to loader and action. */
export async function startTestServer(
  pages: Record<string, { loader?: Handler; action?: Handler }> = {},
): Promise<TestServer> {
  const build = buildOf(pages);
  const server = createHttpServer({ loadBuild: () => build, isDevServer: false });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    server,
    port,
    ask: (path, question = {}) => ask(port, path, question),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An application of these resource routes and of nothing else. */
export function buildOf(pages: Record<string, { loader?: Handler; action?: Handler }>): ServerBuild {
  const nowhere = { loader: () => new Response("nothing here", { status: 404 }) };
  const routes = Object.entries({ ...pages, "*": nowhere }).map(([path, module]) => [
    path,
    { id: path, path, module },
  ]);
  return {
    mode: "test",
    entry: { module: { default: () => new Response("no pages here"), handleError: () => {} } },
    routes: Object.fromEntries(routes),
    assets: { entry: { imports: [], module: "" }, routes: {}, url: "", version: "" },
    publicPath: "/",
    assetsBuildDirectory: "",
    future: { v3_singleFetch: true },
    isSpaMode: false,
  } as unknown as ServerBuild;
}
