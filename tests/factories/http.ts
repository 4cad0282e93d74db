// The HTTP server on a free port with a page or two of its own, asked the way no browser could: any header, any method.

import { type IncomingHttpHeaders, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { ServerBuild } from "@remix-run/node";
import { createHttpServer } from "../../server/http";

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  json: () => Record<string, unknown>;
}

export interface Question {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

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

function ask(port: number, path: string, { method = "GET", headers = {}, body }: Question): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: "127.0.0.1",
      port,
      path,
      method,
      headers: { host: "localhost:3000", ...headers },
    });
    let isAnswered = false;
    // A server that has refused closes while the body is still being sent.
    outgoing.on("error", (error) => isAnswered || reject(error));
    outgoing.on("response", (incoming) => {
      isAnswered = true;
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", () => {});
      incoming.on("close", () => {
        const text = Buffer.concat(chunks).toString();
        const { statusCode: status = 0, headers: received } = incoming;
        resolve({ status, headers: received, body: text, json: () => JSON.parse(text) });
      });
    });
    outgoing.end(body);
  });
}

function buildOf(pages: Record<string, { loader?: Handler; action?: Handler }>): ServerBuild {
  const routes = Object.entries(pages).map(([path, module]) => [path, { id: path, path, module }]);
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
