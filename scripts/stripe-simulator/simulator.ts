// A Stripe to build and test against: an HTTP server that speaks the part of Stripe's API which Parley uses. See
// docs/billing-simulator.md.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { readText } from "../request-text";
import { type Api, openApi } from "./api";
import { type Control, openControl } from "./control";
import { openDeliveries } from "./deliveries";
import { makeEndpoint } from "./endpoints";
import type { ApiAnswer, ApiCall } from "./envelope";
import { type Faults, openFaults } from "./faults";
import { answerPage } from "./pages";
import { ROUTES } from "./routes";
import { loadSnapshot, saveSnapshot } from "./snapshot";
import { all, newWorld, type World } from "./world";

const BODY_LENGTH_MAX = 1_000_000;
const TICK_MS = 1_000;

export interface SimulatorOptions {
  /** 0, the default, for a free one. */
  port?: number;
  /** Where every event is delivered; none when absent. */
  webhookUrl?: string;
  webhookSecret?: string;
  /** Keeps the world between starts. */
  stateFile?: string;
  /** When given, the only key that is let in; otherwise every test key is. */
  apiKey?: string;
}

export interface Simulator {
  url: string;
  control: Control;
  stop(): Promise<void>;
}

/** Listens on loopback alone. Rejects with EADDRINUSE when the port is taken. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const server = createServer();
  await listen(server, options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  const world = newWorld(`http://127.0.0.1:${port}`);
  if (options.stateFile) loadSnapshot(world, options.stateFile);
  if (options.webhookUrl && options.webhookSecret)
    setEndpoint(world, options.webhookUrl, options.webhookSecret);
  const deliveries = openDeliveries(world);
  world.onEvent = (event) => deliveries.enqueue(event);
  const faults = openFaults();
  const api = openApi({ world, routes: ROUTES, faults, apiKey: options.apiKey ?? null });
  const save = () => options.stateFile && saveSnapshot(world, options.stateFile);
  const control = openControl({ world, deliveries, faults, received: api.received });
  server.on("request", (request, response) => {
    // A connection that is kept would be found dead by whoever calls the next simulator at this port.
    response.setHeader("connection", "close");
    answer({ world, api, control, faults, save }, request, response).catch(() => response.destroy());
  });
  const ticking = setInterval(() => {
    control.runDue();
    if (world.isDirty) save();
  }, TICK_MS);
  ticking.unref();
  return {
    url: world.url,
    control,
    stop: async () => {
      clearInterval(ticking);
      deliveries.stop();
      save();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** The configured endpoint: the one of the last start, at its new address and with its new secret. */
function setEndpoint(world: World, url: string, secret: string): void {
  const configured = all(world, "webhook_endpoint").find(({ metadata }) => metadata["configured"] === "true");
  const endpoint = configured ?? makeEndpoint(world, { url, secret });
  endpoint.metadata = { configured: "true" };
  endpoint.url = url;
  world.secrets[endpoint.id] = secret;
}

interface Parts {
  world: World;
  api: Api;
  control: Control;
  faults: Faults;
  save(): unknown;
}

async function answer(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!isLocal(request)) {
    response.writeHead(403).end();
    return;
  }
  const body = await readText(request, BODY_LENGTH_MAX);
  const { pathname, search, searchParams } = new URL(request.url ?? "/", "http://127.0.0.1");
  if (pathname.startsWith("/v1/")) {
    const call: ApiCall = {
      method: request.method ?? "GET",
      path: pathname,
      query: search.slice(1),
      headers: request.headers,
      body,
    };
    sendApi(parts, { call, response, given: parts.api.answer(call) });
    return;
  }
  if (pathname.startsWith("/_control/")) {
    const result = await parts.control.answer(
      request.method ?? "GET",
      pathname.slice("/_control/".length),
      body,
    );
    parts.save();
    response.writeHead(result.status, { "content-type": "application/json" });
    response.end(JSON.stringify(result.body));
    return;
  }
  const method = request.method === "POST" ? "POST" : "GET";
  const page = answerPage(parts.world, {
    path: pathname,
    method,
    form: new URLSearchParams(body),
    query: searchParams,
  });
  parts.save();
  if ("redirect" in page) response.writeHead(303, { location: page.redirect }).end();
  else if ("pdf" in page)
    response.writeHead(page.status, { "content-type": "application/pdf" }).end(page.pdf);
  else response.writeHead(page.status, { "content-type": "text/html; charset=utf-8" }).end(page.html);
}

/** A page of the web must not reach it through a visitor's browser: neither under another name nor from another origin. */
function isLocal({ headers }: IncomingMessage): boolean {
  const host = headers.host ?? "";
  const isNamed = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host);
  return isNamed && (headers.origin === undefined || headers.origin === `http://${host}`);
}

interface Sending {
  call: ApiCall;
  response: ServerResponse;
  given: ApiAnswer;
}

function sendApi({ api, faults, save }: Parts, { call, response, given }: Sending): void {
  if (call.method !== "GET") save();
  const send = () => {
    api.finished(call);
    if (given.isLost) response.destroy();
    else response.writeHead(given.status, given.headers).end(given.body);
  };
  if (given.delayMs === Number.POSITIVE_INFINITY) void faults.cleared().then(send);
  else if (given.delayMs > 0) setTimeout(send, given.delayMs).unref();
  else send();
}
